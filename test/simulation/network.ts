/**
 * The network of one simulated process: what its clients send goes to the simulator in memory, as slow and as faulty as drawn.
 * A call is carried out in one go at the moment of its arrival, and what comes back is delivered to the process alone:
 * later to one that is frozen, never to one that is dead.
 */
import type { InMemoryApp, InMemorySimulator, UpstreamName } from '../../simulator/in_memory.ts';
import type { Network } from '../../src/http/network.ts';
import { type Call, type Conditions, type Fate, wordsOf } from './faults.ts';
import type { Owner } from './time.ts';

export type NetworkParts = {
  readonly apps: InMemorySimulator['apps'];
  readonly conditions: (call: Call) => Conditions;
  /** Calls `what` after so many milliseconds, whatever has become of the process by then. */
  readonly after: (ms: number, what: () => void) => void;
  readonly owner: Owner;
  /** The call has left and cannot be called back, also if the process dies in here. `late`: after a long sleep. */
  readonly onLeft?: (call: Call, late: boolean) => void;
  readonly say: (what: string) => void;
};

type Answer = { readonly status: number; readonly headers: Record<string, string>; readonly text: string };

/** How a connection fails. */
class Broken extends Error {
  readonly code: 'ECONNREFUSED' | 'ECONNRESET' | 'ENOTFOUND';
  constructor(code: Broken['code']) {
    super(`simulated ${code}`);
    this.code = code;
  }
}

export function makeNetwork(parts: NetworkParts): Network {
  const { apps, conditions, after, owner, onLeft, say } = parts;
  let calls = 0;

  function exchange(request: Request, signal: AbortSignal, left: () => void): Promise<Answer> {
    const { origin, pathname, search } = new URL(request.url);
    const [to, app] = whoseIs(origin, apps);
    // The sign-in library draws an id for each call, and not by our dice.
    const url = pathname + search.replace(/client-request-id=[\w-]+/, '');
    const call: Call = { n: ++calls, to, method: request.method, url };
    return new Promise((resolve, reject) => {
      if (owner.dead) return;
      let over = false;
      const end = (said: string, how: () => void) =>
        owner.deliver(() => {
          if (over) return;
          over = true;
          signal.removeEventListener('abort', giveUp);
          say(`#${call.n} ${said}`);
          how();
        });
      const fail = (code: Broken['code']) => end(`fails: ${code}`, () => reject(new Broken(code)));
      const giveUp = () => end('is given up', () => reject(signal.reason));
      const arrive = async (): Promise<void> => {
        if (app === null) return fail('ENOTFOUND');
        const given = isLost(fate) ? null : await carriedOut(app, request);
        say(`#${call.n} ${given === null ? 'is lost' : `arrives: ${given.status}`}`);
        if (fate.kind === 'hang' || fate.kind === 'late') return;
        after(back, () => {
          if (fate.kind === 'reset') return fail('ECONNRESET');
          const answer = spoilt(fate, given);
          end(`is answered: ${answer.status}`, () => resolve(answer));
        });
      };

      const { connect, there, back, fate } = conditions(call);
      say(`#${call.n} ${to ?? origin} ${call.method} ${call.url} (${wordsOf(fate)}, ${connect}+${there}+${back} ms)`);
      if (signal.aborted) return giveUp();
      signal.addEventListener('abort', giveUp);
      after(connect, () => {
        // A process that is frozen before its call has left sends it when it wakes up.
        let late = false;
        owner.deliver(() => {
          // What has not left never leaves: the process died, or the client did not want to wait.
          if (over) return;
          if (fate.kind === 'refused') return fail('ECONNREFUSED');
          left();
          after(there, () => void arrive());
          if (fate.kind === 'late') after(back, () => fail('ECONNRESET'));
          onLeft?.(call, late);
        });
        late = true;
      });
    });
  }

  return async ({ url, method, headers, body }, signal, left) => {
    const init = { method, headers: { ...headers }, ...(body !== null && { body }) };
    const answer = await exchange(new Request(url, init), signal, left);
    return { ...answer, body: Buffer.from(answer.text) };
  };
}

function whoseIs(origin: string, apps: NetworkParts['apps']): [UpstreamName, InMemoryApp] | [null, null] {
  const found = Object.entries(apps).find(([, app]) => app.origin === origin);
  return found === undefined ? [null, null] : [found[0] as UpstreamName, found[1]];
}

const isLost = (fate: Fate): boolean => 'when' in fate && fate.when === 'before';

/** Needs no turn of the event loop: everything has happened before time goes on. */
async function carriedOut(app: InMemoryApp, request: Request): Promise<Answer> {
  const answer = await app.answer(request);
  const text = await answer.text();
  if (text.startsWith('simulator broke')) throw new Error(text);
  return { status: answer.status, headers: Object.fromEntries(answer.headers), text };
}

const WHOLE: Answer = { status: 200, headers: { 'content-type': 'application/json' }, text: '{}' };
const PAGE = '<!doctype html><html><head><title>Sign in</title></head><body>Please sign in</body></html>';

/** What the client gets to see. `given` is null when the application never heard of the call. */
function spoilt(fate: Fate, given: Answer | null): Answer {
  const answer = given ?? WHOLE;
  const { 'content-length': _, ...headers } = answer.headers;
  if (fate.kind === 'status') {
    const later = fate.retryAfter === undefined ? {} : { 'retry-after': `${fate.retryAfter}` };
    const text = `simulated fault: ${fate.status}`;
    return { status: fate.status, headers: { 'content-type': 'text/plain', ...later }, text };
  }
  if (fate.kind === 'html') {
    return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, text: PAGE };
  }
  const { text } = answer;
  if (fate.kind === 'truncated') return { ...answer, headers, text: text.slice(0, Math.floor(text.length / 2)) };
  if (fate.kind === 'wrong-shape') return { ...answer, headers, text: '{"outlook":["cloudy"]}' };
  return answer;
}
