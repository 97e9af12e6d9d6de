/** What the upstreams have in common as HTTP applications: a log of calls, and faults in front of the routes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import type { FaultPoint, FaultSpec, Faults } from './faults.ts';
import type { Call, Recorder } from './journal.ts';

export type UpstreamEnv = { Bindings: HttpBindings; Variables: { call: Call; user: string } };
export type Upstream = Hono<UpstreamEnv>;
export type UpstreamContext = Context<UpstreamEnv>;

/** What every upstream is given. */
export type SimulatorContext = {
  readonly now: () => number;
  readonly journal: Recorder;
  readonly faults: Faults;
  /** Aborted by close(), so that nothing which waits outlives the simulator. */
  readonly closing: AbortSignal;
};

export function makeUpstream(name: Call['upstream'], { journal }: SimulatorContext): Upstream {
  const app: Upstream = new Hono();
  app.use(async (c, next) => {
    const { pathname, search } = new URL(c.req.url);
    const authorized = c.req.header('authorization') !== undefined;
    const call = journal.heard({ upstream: name, method: c.req.method, url: pathname + search, authorized });
    c.set('call', call);
    await next();
    call.status = c.res.status;
  });
  app.onError((error, c) => c.text(`simulator broke: ${error.message}`, 500));
  return app;
}

/** Lets a planned fault meet the call at this point, before any other check: a broken network asks for no token. */
export function faultPoint(on: FaultPoint, { faults, closing }: SimulatorContext): MiddlewareHandler<UpstreamEnv> {
  return async (c, next) => {
    const fault = faults.meet(on, c.var.call.url);
    if (!fault) return next();
    c.var.call.fault = fault.kind;
    switch (fault.kind) {
      case 'status':
        return refused(fault);
      case 'status-after':
        await next();
        return replace(c, refused(fault));
      case 'hang':
        return never();
      case 'hang-after':
        await next();
        return never();
      case 'reset-before':
        return drop(c);
      case 'reset-after':
        await next();
        return drop(c);
      case 'html':
        return page(fault);
      case 'truncated-json':
        await next();
        return replace(c, await cut(c.res));
      case 'delay':
        await sleep(fault.ms ?? 0, undefined, { signal: closing });
        return next();
    }
  };
}

/** The body exactly as it came, byte order mark included; `text()` would drop that. */
export async function rawBody(c: UpstreamContext): Promise<string> {
  return Buffer.from(await c.req.arrayBuffer()).toString('utf8');
}

/** Parses JSON, giving undefined for what is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Hono would carry the old answer's headers over to the new one, its length among them. */
function replace(c: UpstreamContext, answer: Response): void {
  c.res = undefined;
  c.res = answer;
}

function refused({ status = 503, retryAfter, body }: FaultSpec): Response {
  const type = body?.startsWith('{') === true ? 'application/json' : 'text/plain';
  const headers = { 'content-type': type, ...(retryAfter !== undefined && { 'retry-after': `${retryAfter}` }) };
  return new Response(body ?? `simulated fault: ${status}`, { status, headers });
}

function page({ status = 200, body }: FaultSpec): Response {
  const html = body ?? '<!doctype html><html><head><title>Sign in</title></head><body>Please sign in</body></html>';
  return new Response(html, { status, headers: { 'content-type': 'text/html; charset=utf-8' } });
}

async function cut(whole: Response): Promise<Response> {
  const text = await whole.text();
  const headers = new Headers(whole.headers);
  headers.delete('content-length');
  return new Response(text.slice(0, Math.floor(text.length / 2)), { status: whole.status, headers });
}

/** The client hears nothing until it gives up or close() destroys the socket. */
export function never(): Promise<never> {
  return new Promise(() => {});
}

function drop(c: UpstreamContext): Promise<never> {
  c.env.incoming.socket.destroy();
  return never();
}
