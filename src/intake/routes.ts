import { createHash, timingSafeEqual } from 'node:crypto';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Config } from '../config/config.ts';
import { isBlind, type RunRecord } from '../domain/run_record.ts';
import { isOwnHost } from '../http/own_host.ts';
import { TOLERANCE_MS, verifyWebhook } from '../http/webhook_signature.ts';
import { type AgentazForm, agentazForm } from '../report/agentaz_form.ts';
import { jsonText } from '../text/json.ts';
import { plainLine } from '../text/plain_text.ts';
import type { Clock } from '../util/clock.ts';
import { describeError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import type { Asks } from './asks.ts';
import { addressIn, createRateLimit, createSeenIds, sourceOf } from './limits.ts';
import { createRefusalLog, problemAnswer } from './refusals.ts';
import { Asked, DECISIONS, decisionAt, HANDLE, type ProblemName } from './wire.ts';

export type IntakeSettings = NonNullable<Config['intake']>;

/** What is recorded about a request; see `findRecorded` of explain. */
export type Known =
  | { readonly kind: 'found'; readonly form: AgentazForm }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'not-believed'; readonly says: string };

export type RouteOptions = {
  readonly settings: Omit<IntakeSettings, 'tls' | 'port' | 'host'>;
  readonly asks: Asks;
  readonly lookUp: (id: string) => Promise<Known>;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted once the program is about to end. */
  readonly signal: AbortSignal;
};

type Env = { Bindings: HttpBindings; Variables: { source: string } };
type Ctx = Context<Env>;

export const MOST_BYTES = 64 * 1024;
export const LONGEST_WAIT_S = 60;
/** More do not wait at a time: they are told where to look. */
const MOST_WAITING = 64;
/** Each look may read a whole run. */
const MOST_LOOKING = 16;
const LOOK_AGAIN_S = '5';

/**
 * The two routes of the intake. INVARIANT: nothing is looked at before Host and rate, and nothing of a message before its
 * signature; what it says can begin a run and nothing else.
 */
export function intakeRoutes({ settings, asks, lookUp, clock, log, signal }: RouteOptions): Hono<Env> {
  const app = new Hono<Env>();
  const rate = createRateLimit(settings.perMinute);
  const seen = createSeenIds();
  const tell = createRefusalLog(log);
  let [waiting, looking] = [0, 0];

  const refuse = (c: Ctx, why: ProblemName, detail: string, headers?: Record<string, string>): Response => {
    tell(why, c.get('source'), clock.now());
    return problemAnswer(why, detail, headers);
  };

  app.use('*', async (c, next) => {
    const { incoming } = c.env;
    const source = sourceOf(addressOf(c, settings.behindProxy));
    c.set('source', source);
    const wait = rate(source, clock.now());
    if (!isOwnHost({ host: incoming.headers.host, rawHeaders: incoming.rawHeaders }, settings.names)) {
      c.res = refuse(c, 'foreign', 'ask by an IP address, as localhost, or by a name in INTAKE_NAMES');
    } else if (wait > 0) {
      c.res = refuse(c, 'too-many', 'too many requests from this address', { 'retry-after': String(wait) });
    } else await next();
    c.res.headers.set('cache-control', 'no-store');
    c.res.headers.set('x-content-type-options', 'nosniff');
  });

  const tooLarge = (c: Context) => refuse(c as Ctx, 'too-large', `at most ${MOST_BYTES} bytes are read`);
  app.post(HANDLE, bodyLimit({ maxSize: MOST_BYTES, onError: tooLarge }), async (c) => {
    // Whoever breaks off while sending is no fault of ours.
    const body = await c.req.arrayBuffer().then(
      (bytes) => new Uint8Array(bytes),
      () => null,
    );
    if (body === null) return refuse(c, 'bad-request', 'the message did not arrive as a whole');
    const now = clock.now();
    const message = verifyWebhook(settings.secrets, claimedBy(c), body, now);
    if (message.kind !== 'good') return refuse(c, message.kind, UNVERIFIED[message.kind]);
    if (!isJson(c.req.header('content-type'))) return refuse(c, 'wrong-type', 'send application/json');
    const ids = idsIn(body);
    if (ids === null)
      return refuse(c, 'bad-request', 'send `request_id` or `request_ids`, and ids as the vault has them');
    if (signal.aborted) return refuse(c, 'stopping', 'send it again in a minute', { 'retry-after': '60' });

    const digest = createHash('sha256').update(body).digest('hex');
    const before = seen.look(message.id, digest, now);
    if (before === 'other') return refuse(c, 'id-taken', 'another message had this webhook-id');
    // The same message once more is answered, and asks for nothing more.
    const asked = before === 'new' ? asks.ask(ids.all) : null;
    if (before === 'full' || (before === 'new' && asked === null)) {
      return refuse(c, 'too-many', 'too many messages are remembered', { 'retry-after': '60' });
    }
    seen.remember(message.id, digest, message.at + TOLERANCE_MS);
    const about = { message: plainLine(message.id, 80), requests: ids.all.length, from: c.get('source') };
    log.info('intake.asked', { ...about, again: before === 'known' });

    const seconds = waitIn(c.req.header('prefer'));
    if (asked === null || seconds === 0 || waiting >= MOST_WAITING) return accepted(ids.all);
    waiting++;
    const record = await within(asked.ended, seconds * 1000, clock).finally(() => {
      waiting--;
    });
    return record === 'not-yet' ? accepted(ids.all) : decided(c, ids, record, seconds);
  });

  app.get(`${DECISIONS}/:id`, async (c) => {
    const { token } = settings;
    if (token === undefined) return refuse(c, 'not-found', 'decisions cannot be read here: INTAKE_TOKEN is not set');
    if (!isBearer(c.req.header('authorization'), token)) {
      return refuse(c, 'no-token', 'send the bearer token', { 'www-authenticate': 'Bearer' });
    }
    const id = c.req.param('id');
    if (asks.isPending(id)) return accepted([id]);
    if (looking >= MOST_LOOKING) return refuse(c, 'too-many', 'too many are looking', { 'retry-after': LOOK_AGAIN_S });
    looking++;
    const known = await lookUp(id).finally(() => {
      looking--;
    });
    if (known.kind === 'found') return json(known.form);
    if (known.kind === 'not-believed') return refuse(c, 'not-believed', known.says);
    return refuse(c, 'not-found', 'no recorded run knows a request with this id');
  });

  app.all(HANDLE, (c) => refuse(c, 'not-allowed', 'only POST', { allow: 'POST' }));
  app.all(`${DECISIONS}/:id`, (c) => refuse(c, 'not-allowed', 'only GET', { allow: 'GET, HEAD' }));
  app.notFound((c) => refuse(c, 'not-found', `only POST ${HANDLE} and GET ${DECISIONS}/{id}`));
  app.onError((error) => {
    log.error('intake.failed', { message: describeError(error) });
    return problemAnswer('broken', 'look at the log');
  });
  return app;

  function decided(c: Ctx, { all, one }: Ids, record: RunRecord | null, seconds: number): Response {
    if (record === null || record.verdict === 'failed' || record.verdict === 'stopped') {
      return refuse(c, 'no-decision', 'the run ended before it had decided; the next one looks at all requests again');
    }
    const reviewed = new Map(record.reviewed.map((line) => [line.dossier.request.id, line]));
    const forms = all.flatMap((id) => {
      const line = reviewed.get(id);
      return line === undefined ? [] : [agentazForm(line)];
    });
    const headers = { 'preference-applied': `wait=${seconds}` };
    if (!one) return json({ decisions: forms, unknown: all.filter((id) => !reviewed.has(id)) }, headers);
    if (forms[0] !== undefined) return json(forms[0], headers);
    const blind = isBlind(record) ? ', and not everything could be read' : '';
    return refuse(c, 'not-found', `the run read no request with this id in its window${blind}`);
  }
}

const UNVERIFIED = {
  unsigned: 'send webhook-id, webhook-timestamp and webhook-signature, as Standard Webhooks says',
  forged: 'no secret that is known here signed these bytes',
  late: 'the webhook-timestamp is more than five minutes from the time here',
} as const;

const json = (body: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): Response =>
  new Response(jsonText(body), { status, headers: { 'content-type': 'application/json', ...headers } });

const accepted = (ids: readonly string[]): Response =>
  json(
    { status: 'accepted', request_ids: ids, decisions: ids.map(decisionAt) },
    { location: decisionAt(ids[0] ?? ''), 'retry-after': LOOK_AGAIN_S },
    202,
  );

/** Behind a proxy the last address is the one that the proxy saw; whoever asks can write those before it. */
function addressOf(c: Ctx, behindProxy: boolean): string {
  const last = behindProxy ? (c.req.header('x-forwarded-for')?.split(',').at(-1) ?? '') : '';
  return addressIn(last.trim()) ?? c.env.incoming.socket.remoteAddress ?? 'unknown';
}

const claimedBy = (c: Ctx) => ({
  id: c.req.header('webhook-id'),
  timestamp: c.req.header('webhook-timestamp'),
  signature: c.req.header('webhook-signature'),
});

const isJson = (type = ''): boolean => type.split(';', 1)[0]?.trim().toLowerCase() === 'application/json';

/** `one`: asked for by `request_id`, and answered without a list. */
type Ids = { readonly all: readonly string[]; readonly one: boolean };

function idsIn(body: Uint8Array): Ids | null {
  try {
    const { request_id, request_ids = [] } = Asked.parse(
      JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)),
    );
    return { all: request_id === undefined ? [...new Set(request_ids)] : [request_id], one: request_id !== undefined };
  } catch {
    return null;
  }
}

/** Seconds by `Prefer: wait=30`, at most a minute; 0 without it. */
function waitIn(prefer = ''): number {
  const given = /(?:^|[,; ])wait=(\d{1,6})(?:$|[,; ])/i.exec(prefer)?.[1];
  return given === undefined ? 0 : Math.min(LONGEST_WAIT_S, Number(given));
}

async function within<T>(ended: Promise<T>, ms: number, clock: Clock): Promise<T | 'not-yet'> {
  const stop = new AbortController();
  const late = clock.sleep(ms, stop.signal).then(
    () => 'not-yet' as const,
    () => 'not-yet' as const,
  );
  return Promise.race([ended, late]).finally(() => stop.abort());
}

/** Compared as digests, so that the time it takes tells nothing. */
function isBearer(header: string | undefined, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return (
    header !== undefined && timingSafeEqual(digest(header.replace(/^bearer /i, 'Bearer ')), digest(`Bearer ${token}`))
  );
}
