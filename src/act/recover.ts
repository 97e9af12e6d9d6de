import type { Clock } from '../kit/clock.ts';
import { describeError } from '../kit/errors.ts';
import type { AccessRequest } from '../request/access_request.ts';
import type { Recovered } from '../request/run_record.ts';
import type { Memory, OpenIntent } from '../state/memory.ts';
import { type Judgement, judge } from './judge.ts';

/** What looking back needs of the world. */
export type RecoverPorts = {
  readonly agentUsers: readonly string[];
  /** The request as it is now, or null when it is gone. @throws {UpstreamError} */
  readonly lookUp: (request: { readonly id: string; readonly created: number }) => Promise<AccessRequest | null>;
  readonly clock: Clock;
  /** How long after its intent a call may still arrive at the vault, in milliseconds: the time-out of a call. */
  readonly settleMs: number;
  /** Requests that were created before are no longer in reach of a run; milliseconds since the epoch. */
  readonly since: number;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Finds out what became of actions whose outcome nobody wrote down, because the process died in between: by looking at
 * the vault, never by doing them again. What cannot be found out counts as acted on and is reported; later runs look
 * again, and tell when they found out.
 *
 * INVARIANT: "not done" is believed only once the call cannot arrive any more; it may have left the dead process and
 * still be on its way while the vault is looked at.
 */
export async function recover(memory: Memory, ports: RecoverPorts): Promise<Recovered[]> {
  const recovered: Recovered[] = [];
  const doubtful = memory.unknown();
  for (const intent of memory.open()) {
    try {
      recovered.push(await concluded(intent, await found(intent, ports), memory));
    } catch (error) {
      recovered.push(recoveredOf(intent, { found: 'unclear', says: describeError(error) }));
    }
  }
  for (const intent of doubtful) {
    if (intent.created < ports.since) continue;
    // Still in doubt: that was told when the doubt arose, and is no news.
    const settled = await found(intent, ports).catch(() => null);
    if (settled === null || settled.found === 'unclear') continue;
    recovered.push(await concluded(intent, settled, memory));
  }
  return recovered;
}

const RESULTS = { done: 'done', 'not done': 'not-done', unclear: 'unknown' } as const;

async function concluded(intent: OpenIntent, settled: Judgement, memory: Memory): Promise<Recovered> {
  await memory.conclude(intent, RESULTS[settled.found], `found by run recovery: ${settled.says}`);
  return recoveredOf(intent, settled);
}

const recoveredOf = ({ request, action, run }: OpenIntent, { found, says }: Judgement): Recovered => ({
  ...{ requestId: request, action, runId: run },
  ...{ found, says },
});

async function found(intent: OpenIntent, ports: RecoverPorts): Promise<Judgement> {
  const first = await seen(intent, ports);
  if (first.found !== 'not done') return first;
  // A clock that was put back since must not make this wait for hours.
  const left = Math.min(intent.at + ports.settleMs - ports.clock.now(), ports.settleMs);
  if (left <= 0) return first;
  await ports.clock.sleep(left, ports.signal);
  if (ports.signal?.aborted) throw new Error('stopped before it was certain; the next run looks again');
  return seen(intent, ports);
}

async function seen(intent: OpenIntent, { agentUsers, lookUp }: RecoverPorts): Promise<Judgement> {
  const { request: id, action, created, level, at, actor } = intent;
  // Whose name the vault has on record, if it was done: the acting user's, which may be another one today.
  const ours = actor === null ? agentUsers : [...agentUsers, actor];
  return judge(action, await lookUp({ id, created }), { agentUsers: ours, level, intendedAt: at });
}
