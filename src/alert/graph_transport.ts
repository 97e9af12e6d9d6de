import { type Context, GraphClientError, type Middleware } from '@microsoft/microsoft-graph-client';
import { Agent, buildConnector, fetch, type Response as UndiciResponse } from 'undici';
import { UpstreamError } from '../kit/errors.ts';
import { plainLine } from '../kit/plain_text.ts';
import { socketFaultOf } from '../kit/socket_faults.ts';
import { trustedAuthorities } from './trust.ts';

export type TransportOptions = {
  readonly token: string;
  readonly ca: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Resolves when it is on disk that the mail is about to go out. */
  readonly beforePost: () => Promise<void>;
};

const MAX_ANSWER_BYTES = 64_000;

/**
 * The last and only step of the Graph client's chain: one request, one answer. The chain that comes with the client
 * drops the Authorization header for hosts it does not know and sends a POST again after a 503; here neither can happen.
 *
 * One per mail: the connection is fresh, so that a failure can be told apart by a fact and not by a guess. If no
 * connection came about, nothing can have been sent; from then on, until an answer is there, the mail may have gone out.
 */
export class OneShotTransport implements Middleware {
  readonly #options: TransportOptions;
  #connected = false;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  async execute(context: Context): Promise<void> {
    const url = String(context.request);
    const host = new URL(url).host;
    const agent = this.#agent();
    try {
      await this.#options.beforePost();
      const answer = await this.#post(agent, url, host, context);
      if (!answer.ok) throw await refusal(answer, host, this.#options.token);
      // Whatever the body says, the mail is accepted: it is not read, so that it cannot fail.
      context.response = new Response(null, { status: answer.status });
    } catch (error) {
      // The one kind of error that the Graph client hands on as it is; of any other it keeps only the message.
      const carrier = new GraphClientError();
      carrier.customError = error;
      throw carrier;
    } finally {
      await agent.destroy();
    }
  }

  async #post(agent: Agent, url: string, host: string, { options }: Context): Promise<UndiciResponse> {
    const { token, timeoutMs, signal } = this.#options;
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      return await fetch(url, {
        method: options?.method ?? 'POST',
        body: String(options?.body),
        headers: { ...(options?.headers as Record<string, string>), Authorization: `Bearer ${token}` },
        // A redirect is an answer like any other; the token and the mail go to nobody else.
        redirect: 'manual',
        dispatcher: agent,
        signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
      });
    } catch (error) {
      const facts = { maybeDone: this.#connected };
      const at = `could not hand the mail to \`${host}\``;
      if (signal?.aborted) throw new UpstreamError('mail', 'stopped', `${at}: stopped while waiting`, facts);
      if (deadline.aborted) throw new UpstreamError('mail', 'timeout', `${at}: no answer in time`, facts);
      const fault = socketFaultOf(error);
      throw new UpstreamError('mail', fault.code, `${at}: ${fault.says}`, facts);
    }
  }

  #agent(): Agent {
    const ca = trustedAuthorities(this.#options.ca);
    const timeout = this.#options.timeoutMs;
    const connect = buildConnector({ timeout, ...(ca && { ca }) });
    return new Agent({
      headersTimeout: timeout,
      bodyTimeout: timeout,
      connect: (target, callback) =>
        connect(target, (...result) => {
          // Called with a socket only after the TLS handshake, the check of the certificate included.
          if (result[0] === null) this.#connected = true;
          callback(...result);
        }),
    });
  }
}

/** An answer that is not 2xx: the mail was not accepted. */
async function refusal(answer: UndiciResponse, host: string, token: string): Promise<UpstreamError> {
  const { status } = answer;
  if (status < 400)
    return new UpstreamError(
      'mail',
      'refused',
      `\`${host}\` answered the mail with ${status} instead of accepting it`,
      { status },
    );
  const { vendorCode, message } = graphError(await beginning(answer));
  const code = status === 401 || status === 403 ? 'unauthorized' : status >= 500 ? 'server-error' : 'refused';
  // A proxy that echoes what it got would put the token into the report.
  const says = plainLine(`${status} ${vendorCode ?? ''} ${message}`.replaceAll(token, '[token]'), 300).replace(
    /\.$/,
    '',
  );
  return new UpstreamError('mail', code, `\`${host}\` refused the mail: ${says}`, { status, vendorCode });
}

function graphError(body: string): { vendorCode: string | undefined; message: string } {
  try {
    const { error } = JSON.parse(body) as { error?: { code?: unknown; message?: unknown } };
    const text = (value: unknown) => (typeof value === 'string' ? value : '');
    // A code is one word; anything else is not shown under that name.
    return { vendorCode: /^[\w.]{1,60}$/.exec(text(error?.code))?.[0], message: text(error?.message) };
  } catch {
    return { vendorCode: undefined, message: '' };
  }
}

/** At most the first part of an answer; one that breaks off or never ends counts as what came until then. */
async function beginning(answer: UndiciResponse): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of answer.body ?? []) {
      parts.push(part as Uint8Array);
      size += (part as Uint8Array).length;
      if (size > MAX_ANSWER_BYTES) break;
    }
  } catch {
    // The status is the answer; its explanation is only nice to have.
  }
  return Buffer.concat(parts).toString('utf8');
}
