import { isBlind, type RunRecord } from '../domain/run_record.ts';
import { faultIn } from '../http/faults.ts';
import { openUpstream } from '../http/upstream.ts';
import type { Log } from '../util/log.ts';

/**
 * What the monitor hears at the end of a cycle: success for exit code 0, failure for every other one, because this is
 * the way that still works when the mail does not. A stopped cycle counts as failed: what it was for was not done, and
 * whoever stopped it by intention knows why the monitor complains. When the process is killed nothing is sent, and the
 * silence is the alarm.
 */
export const PINGS = {
  done: 'success',
  'done-with-problems': 'fail',
  failed: 'fail',
  stopped: 'fail',
  'ledger-not-trusted': 'fail',
} as const satisfies Record<RunRecord['verdict'], Ping>;

type Ping = 'start' | 'success' | 'fail';
const SUFFIXES = { start: '/start', success: '', fail: '/fail' } as const satisfies Record<Ping, string>;

/** What is done around each cycle, so that somebody outside notices when there are no more of them. */
export type Around = <T extends { readonly record: RunRecord }>(cycle: () => Promise<T>) => Promise<T>;

const TIMEOUT_MS = 10_000;
const MONITOR = { title: 'the monitor', proxy: [] };

/**
 * A dead-man's switch in the way of healthchecks.io: a POST at the start of a cycle and one at its end. The cycle does
 * not wait for the first; the last one is awaited, for as long as its time-out. A ping that fails is a warning in the
 * log and nothing else. INVARIANT: the address never reaches the log: whoever knows its path can keep the monitor silent.
 */
export function createHeartbeat(url: string | undefined, log: Log, timeoutMs = TIMEOUT_MS): Around {
  if (url === undefined) return (cycle) => cycle();

  async function ping(what: Ping, body: string): Promise<void> {
    const why = await post(url + SUFFIXES[what], body, timeoutMs);
    if (why !== null) log.warn('heartbeat.failed', { ping: what, why });
  }
  return async (cycle) => {
    const started = ping('start', 'started\n');
    let end: readonly [Ping, string] = ['fail', 'ended with an exception\n'];
    try {
      const result = await cycle();
      end = endOf(result.record);
      return result;
    } finally {
      // In this order: a start that arrives last would look like a cycle that never ends.
      await started;
      await ping(...end);
    }
  };
}

const endOf = (record: RunRecord): readonly [Ping, string] => {
  const { runId, verdict, halt } = record;
  const also = `${isBlind(record) ? ', not everything seen' : ''}${halt === null ? '' : ', halted'}`;
  return [PINGS[verdict], `run ${runId}: ${verdict}${also}\n`];
};

/** Null when the monitor took it, or why it did not, in words that hold nothing of the address. Never throws. */
async function post(url: string, body: string, timeoutMs: number): Promise<string | null> {
  // Straight there, whatever proxy the environment names; what it says does not matter, and how long it takes even less.
  const monitor = openUpstream({ upstream: MONITOR, url, timeoutMs, ca: undefined, maxAnswerBytes: 0 });
  try {
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'user-agent': 'portcullis' };
    const { status, ok } = await monitor.fetch(url, { method: 'POST', headers, body });
    if (status >= 300 && status < 400) return 'it answered with a redirect, which is not followed';
    return ok ? null : `it answered ${status}`;
  } catch (error) {
    return faultIn(error).message;
  } finally {
    monitor.close();
  }
}
