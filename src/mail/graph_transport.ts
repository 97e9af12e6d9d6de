import { type Context, GraphClientError, type Middleware } from '@microsoft/microsoft-graph-client';
import type { ConnectionOptions } from '../http/connections.ts';
import { faultIn } from '../http/faults.ts';
import type { Network } from '../http/network.ts';
import { type Fetch, openUpstream, type UpstreamClient } from '../http/upstream.ts';
import { duration } from '../phrases/time_words.ts';
import { plainLine } from '../text/plain_text.ts';
import { UPSTREAMS, UpstreamError } from '../util/errors.ts';
import { againAfter, MicrosoftError } from './microsoft_error.ts';
import { LONGEST_PAUSE_MS } from './patience.ts';
import { adviceOn, GRAPH_REFUSALS } from './refusals.ts';

type GraphOptions = Pick<ConnectionOptions, 'ca' | 'proxy'> & {
  readonly graphBaseUrl: string;
  readonly timeoutMs: number;
  readonly network?: Network | undefined;
};

const MAX_ANSWER_BYTES = 64_000;

/**
 * The way to Graph, with a connection of its own for each mail: one that was kept open may be closed by the other side in
 * the very moment in which the mail is written to it, and then nobody knows whether it went out.
 */
export const openGraph = ({ ca, proxy, timeoutMs, network, graphBaseUrl: url }: GraphOptions): UpstreamClient =>
  openUpstream({
    ...{ upstream: UPSTREAMS.mail, url, ca, proxy, timeoutMs, network },
    maxAnswerBytes: MAX_ANSWER_BYTES,
    keepAlive: false,
  });

export type TransportOptions = {
  readonly token: string;
  readonly signal: AbortSignal | undefined;
  /** Resolves when it is on disk that the mail is about to go out. */
  readonly beforePost: () => Promise<void>;
  readonly fetch: Fetch;
  readonly now: () => number;
};

/**
 * The last and only step of the Graph client's chain: one request, one answer. The chain that comes with the client
 * drops the Authorization header for hosts it does not know and sends a POST again after a 503; here neither can happen.
 */
export class OneShotTransport implements Middleware {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  async execute(context: Context): Promise<void> {
    const url = String(context.request);
    const host = new URL(url).host;
    try {
      await this.#options.beforePost();
      const answer = await this.#post(url, host, context);
      if (answer.status !== ACCEPTED) throw await refusal(answer, host, this.#options);
      // The status is the answer; the body is not read, so that it cannot fail.
      context.response = new Response(null, { status: answer.status });
    } catch (error) {
      // The one kind of error that the Graph client hands on as it is; of any other it keeps only the message.
      const carrier = new GraphClientError();
      carrier.customError = error;
      throw carrier;
    }
  }

  async #post(url: string, host: string, { options }: Context): Promise<Response> {
    const { token, signal = null } = this.#options;
    const headers = { ...(options?.headers as Record<string, string>), Authorization: `Bearer ${token}` };
    const post = { method: options?.method ?? 'POST', body: String(options?.body), headers, signal };
    try {
      return await this.#options.fetch(url, post);
    } catch (error) {
      const { code, message, sent: maybeDone, certificate } = faultIn(error);
      throw new UpstreamError('mail', code, `could not hand the mail to \`${host}\`: ${message}`, {
        ...{ maybeDone, certificate },
      });
    }
  }
}

/** The only status that Graph accepts a mail with: a log-in wall answers 200, and a mail that it ate must not count as sent. */
const ACCEPTED = 202;

/** Any other answer. What looks like a success may have been one; then nobody knows whether the mail went out. */
async function refusal(answer: Response, host: string, { token, now }: TransportOptions): Promise<UpstreamError> {
  const { status } = answer;
  if (status < 400)
    return new UpstreamError(
      'mail',
      'refused',
      `\`${host}\` answered the mail with ${status} instead of accepting it`,
      { status, maybeDone: answer.ok },
    );
  // One that does not come whole explains nothing, and the status is the answer all the same.
  const { vendorCode, message } = graphError(await answer.text().catch(() => ''));
  const code = status === 401 || status === 403 ? 'unauthorized' : status >= 500 ? 'server-error' : 'refused';
  const again = againAfter(status, answer.headers.get('retry-after'), now());
  const asked = again?.afterMs ?? null;
  const later = asked !== null && asked > LONGEST_PAUSE_MS ? ` (asks to wait ${duration(asked)})` : '';
  // A proxy that echoes what it got would put the token into the report.
  const says = plainLine(`${status} ${vendorCode ?? ''} ${message}`.replaceAll(token, '[token]'), 300).replace(
    /\.$/,
    '',
  );
  return new MicrosoftError('mail', code, `\`${host}\` refused the mail: ${says}${later}`, {
    ...{ status, vendorCode, again, advice: adviceOn(GRAPH_REFUSALS, status, vendorCode) },
    maybeDone: mayHavePassed(status, vendorCode, asked !== null),
  });
}

/** What Graph says when something behind it gave no answer: the mail may lie there. */
const LOST_BEHIND: readonly string[] = ['UnknownError', 'generalException', 'BadGateway', 'GatewayTimeout'];

/**
 * Whether a mail may have gone out although the answer is a failure. One in the words of Exchange is an answer, and so is
 * one that says when to come back; any other may come from a gateway that lost the answer.
 */
function mayHavePassed(status: number, vendorCode: string | undefined, saysWhen: boolean): boolean {
  if (status < 500) return false;
  if (status === 503) return vendorCode === undefined && !saysWhen;
  return status === 504 || vendorCode === undefined || LOST_BEHIND.includes(vendorCode);
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
