import type { SecretReader } from '../domain/secret_reader.ts';
import type { TicketSystem } from '../domain/ticket.ts';
import { faultIn } from '../http/faults.ts';
import type { Network } from '../http/network.ts';
import { openUpstream } from '../http/upstream.ts';
import { UPSTREAMS, UpstreamError } from '../util/errors.ts';
import { type Read, readTicket } from './record.ts';

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 128_000;
/** Of one system, after which the others of the run are not asked about: it is down, or tired of us. */
const MOST_FAILURES = 3;

type Parts = {
  readonly vault: SecretReader;
  readonly runId: string;
  readonly ca: string | undefined;
  readonly network?: Network | undefined;
  readonly signal: AbortSignal;
};

/** One system, as one run asks it. `failure` is the first error, and null while there is none. */
export type LookUp = {
  of(number: string): Promise<Read>;
  failure(): unknown;
  close(): void;
};

export function openLookUp(system: TicketSystem, { vault, runId, ca, network, signal }: Parts): LookUp {
  const upstream = openUpstream({
    ...{ upstream: UPSTREAMS.tickets, url: system.url.replaceAll('{number}', ''), ca, network },
    ...{ timeoutMs: TIMEOUT_MS, maxAnswerBytes: MAX_ANSWER_BYTES },
  });
  let failures = 0;
  let first: unknown = null;
  let secret: Promise<string> | null = null;

  async function read(number: string): Promise<Read> {
    const purpose = `Portcullis looks tickets up for run ${runId}`;
    secret ??= vault.secret(system.credentialAsset, purpose, signal);
    const headers = { accept: 'application/json', authorization: authorization(system, await secret) };
    const response = await upstream.fetch(addressOf(system, number), { headers, signal }).catch((error: unknown) => {
      const { code, message, certificate } = faultIn(error);
      throw failed(code, message, { certificate });
    });
    const { status } = response;
    if (status === 404 && system.kind !== 'servicenow') return { missing: true };
    if (status === 401 || status === 403) throw failed('unauthorized', `it answered ${status}`, { status });
    if (status !== 200) throw failed(status >= 500 ? 'server-error' : 'refused', `it answered ${status}`, { status });
    const text = await response.text().catch((error: unknown) => {
      const { code, message } = faultIn(error);
      throw failed(code, message, { status });
    });
    const answer = parsed(text);
    if (answer === undefined) throw failed('not-json', 'its answer is no whole JSON', { status });
    return readTicket(answer, number, system);
  }

  type Facts = ConstructorParameters<typeof UpstreamError>[3];
  const failed = (code: UpstreamError['code'], message: string, facts: Facts) =>
    new UpstreamError('tickets', code, `tickets of \`${system.name}\` could not be looked up: ${message}`, facts);

  return {
    async of(number) {
      if (failures >= MOST_FAILURES) return { unknown: 'could not be asked' };
      try {
        return await read(number);
      } catch (error) {
        failures += 1;
        first ??= error;
        return { unknown: 'could not be asked' };
      }
    },
    failure: () => first,
    close: upstream.close,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const authorization = ({ user }: TicketSystem, secret: string): string =>
  user === null ? `Bearer ${secret}` : `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

/** A number is capitals, digits, `_` and `-`: see `citationsIn`. */
function addressOf({ kind, url, table, fields }: TicketSystem, number: string): string {
  const wanted = [fields.number, fields.open, ...fields.persons, fields.asset, fields.from, fields.to];
  const named = wanted.filter((path) => path !== null);
  const base = url.endsWith('/') ? url.slice(0, -1) : url;
  switch (kind) {
    case 'servicenow': {
      const query = new URLSearchParams({
        sysparm_query: `number=${number}`,
        sysparm_fields: named.join(','),
        ...{ sysparm_limit: '2', sysparm_exclude_reference_link: 'true' },
      });
      return `${base}/api/now/table/${encodeURIComponent(table)}?${query}`;
    }
    case 'jira': {
      const names = named.flatMap((path) => (path.startsWith('fields.') ? (path.split('.')[1] ?? []) : []));
      return `${base}/rest/api/2/issue/${encodeURIComponent(number)}?${new URLSearchParams({ fields: names.join(',') })}`;
    }
    case 'json':
      return url.replaceAll('{number}', encodeURIComponent(number));
  }
}
