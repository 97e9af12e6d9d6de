import { type Context, GraphClientError, type Middleware } from '@microsoft/microsoft-graph-client';
import { Agent, buildConnector, fetch as undiciFetch } from 'undici';
import { type Deadline, deadline } from '../http/deadline.ts';
import { socketFaultOf } from '../http/socket_errors.ts';
import { tlsOptions } from '../http/tls.ts';
import { plainLine } from '../text/plain_text.ts';
import { UpstreamError } from '../util/errors.ts';

export type TransportOptions = {
  readonly token: string;
  readonly ca: string | undefined;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Resolves when it is on disk that the mail is about to go out. */
  readonly beforePost: () => Promise<void>;
  /** Sends in place of a real connection. */
  readonly fetch?: typeof fetch | undefined;
};

const MAX_ANSWER_BYTES = 64_000;
/** The types of Node's own `fetch` and of undici's differ in the agent, which only the second one reads. */
type Send = (url: string, init: object) => Promise<Response>;

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
  #inTime: Deadline | undefined;

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
      if (answer.status !== ACCEPTED) throw await refusal(answer, host, this.#options.token);
      // The status is the answer; the body is not read, so that it cannot fail.
      context.response = new Response(null, { status: answer.status });
    } catch (error) {
      // The one kind of error that the Graph client hands on as it is; of any other it keeps only the message.
      const carrier = new GraphClientError();
      carrier.customError = error;
      throw carrier;
    } finally {
      // Only now: the explanation of a refusal has to come in time, too.
      this.#inTime?.clear();
      await agent.destroy();
    }
  }

  async #post(agent: Agent, url: string, host: string, { options }: Context): Promise<Response> {
    const { token, timeoutMs, signal } = this.#options;
    const send: Send = this.#options.fetch ?? (undiciFetch as unknown as Send);
    this.#inTime = deadline(timeoutMs);
    const inTime = this.#inTime.signal;
    try {
      return await send(url, {
        method: options?.method ?? 'POST',
        body: String(options?.body),
        headers: { ...(options?.headers as Record<string, string>), Authorization: `Bearer ${token}` },
        // A redirect is an answer like any other; the token and the mail go to nobody else.
        redirect: 'manual',
        dispatcher: agent,
        signal: signal === undefined ? inTime : AbortSignal.any([inTime, signal]),
      });
    } catch (error) {
      // What stands in for a connection does not say when it came about; there the error has to.
      const maybeDone = this.#options.fetch === undefined ? this.#connected : socketFaultOf(error).sent;
      const facts = { maybeDone };
      const at = `could not hand the mail to \`${host}\``;
      if (signal?.aborted) throw new UpstreamError('mail', 'stopped', `${at}: stopped while waiting`, facts);
      if (inTime.aborted) throw new UpstreamError('mail', 'timeout', `${at}: no answer in time`, facts);
      const fault = socketFaultOf(error);
      throw new UpstreamError('mail', fault.code, `${at}: ${fault.says}`, facts);
    }
  }

  #agent(): Agent {
    const timeout = this.#options.timeoutMs;
    // Said explicitly, so that no variable of the environment can take it back.
    const connect = buildConnector({ timeout, rejectUnauthorized: true, ...tlsOptions(this.#options.ca) });
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

/** The only status that Graph accepts a mail with: a log-in wall answers 200, and a mail that it ate must not count as sent. */
const ACCEPTED = 202;

/** Any other answer. What looks like a success may have been one; then the mail is not sent again. */
async function refusal(answer: Response, host: string, token: string): Promise<UpstreamError> {
  const { status } = answer;
  if (status < 400)
    return new UpstreamError(
      'mail',
      'refused',
      `\`${host}\` answered the mail with ${status} instead of accepting it`,
      { status, maybeDone: answer.ok },
    );
  const { vendorCode, message } = graphError(await beginning(answer));
  const code = status === 401 || status === 403 ? 'unauthorized' : status >= 500 ? 'server-error' : 'refused';
  // A proxy that echoes what it got would put the token into the report.
  const says = plainLine(`${status} ${vendorCode ?? ''} ${message}`.replaceAll(token, '[token]'), 300).replace(
    /\.$/,
    '',
  );
  // A failure in Graph's own words is an answer; one without them may come from a gateway that lost the answer.
  const maybeDone = status >= 500 && vendorCode === undefined;
  return new UpstreamError('mail', code, `\`${host}\` refused the mail: ${says}`, { status, vendorCode, maybeDone });
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
async function beginning(answer: Response): Promise<string> {
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
