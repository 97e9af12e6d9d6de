import type { AccessRequest } from '../domain/access_request.ts';
import type { Recovered } from '../domain/run_record.ts';
import type { ActionHistory, OpenIntent } from '../ledger/action_history.ts';
import type { Clock } from '../util/clock.ts';
import { DAY_MS } from '../util/durations.ts';
import { describeError } from '../util/errors.ts';
import { type Reconciled, reconcile } from './reconcile.ts';

/** What looking back needs of the world. */
export type RecoverPorts = {
  readonly agentUsers: readonly string[];
  /** The request as it is now, or null when it is gone. @throws {UpstreamError} */
  readonly lookUp: (request: { readonly id: string; readonly created: number }) => Promise<AccessRequest | null>;
  readonly clock: Clock;
  /** How long a call that left a process which died may still take to take effect, in milliseconds. */
  readonly settleMs: number;
  /** Requests that were created before are no longer in reach of a run; milliseconds since the epoch. */
  readonly since: number;
  readonly signal?: AbortSignal | undefined;
};

/** On top of a call's time-out: between its intent and the call there is the disk, and after it the vault's own work. */
const SETTLING_SLACK_MS = 10_000;

/** How long a call that left a process which died may still take, when calls are given up after `timeoutMs`. */
export const settleMsFor = (timeoutMs: number): number => timeoutMs + SETTLING_SLACK_MS;

/**
 * Finds out what became of actions without an outcome in the ledger, because the process died in between: by looking at
 * the vault, never by doing them again. What cannot be found out counts as acted on and is reported; later runs look
 * again, and tell when they found out.
 *
 * INVARIANT: "not done" is believed only once the call cannot arrive any more; it may have left the dead process and
 * still be on its way while the vault is looked at. The wait is measured by this process alone: between two processes the
 * clock may have been put forward.
 */
export async function recover(history: ActionHistory, ports: RecoverPorts): Promise<Recovered[]> {
  const recovered: Recovered[] = [];
  const doubtful = history.unknown();
  const once = settling(ports);
  for (const intent of history.open()) {
    try {
      recovered.push(await concluded(intent, await found(intent, ports, once), history));
    } catch (error) {
      recovered.push(unclear(intent, error));
    }
  }
  for (const intent of doubtful) {
    if (intent.created < ports.since) continue;
    // Still in doubt: that was told when the doubt arose, and is no news.
    const settled = await found(intent, ports, once).catch(() => null);
    if (settled === null || settled.found === 'unclear') continue;
    recovered.push(await concluded(intent, settled, history).catch((error: unknown) => unclear(intent, error)));
  }
  return recovered;
}

const RESULTS = { done: 'done', 'not done': 'not-done', unclear: 'unknown' } as const;

async function concluded(intent: OpenIntent, settled: Reconciled, history: ActionHistory): Promise<Recovered> {
  await history.conclude(intent, RESULTS[settled.found], `found by run recovery: ${settled.says}`);
  return recoveredOf(intent, settled);
}

const unclear = (intent: OpenIntent, error: unknown): Recovered =>
  recoveredOf(intent, { found: 'unclear', says: describeError(error) });

const recoveredOf = ({ request, action, run }: OpenIntent, { found, says }: Reconciled): Recovered => ({
  ...{ requestId: request, action, runId: run },
  ...{ found, says },
});

/** No call takes so long, whatever the clocks say. */
const LONG_OVER_MS = DAY_MS;

/** One pause serves all intents. */
function settling({ clock, settleMs, signal }: RecoverPorts): () => Promise<void> {
  let pause: Promise<void> | null = null;
  return () => {
    pause ??= clock.sleep(settleMs, signal);
    return pause;
  };
}

async function found(intent: OpenIntent, ports: RecoverPorts, once: () => Promise<void>): Promise<Reconciled> {
  const first = await seen(intent, ports);
  if (first.found !== 'not done' || ports.clock.now() - intent.at > LONG_OVER_MS) return first;
  await once();
  if (ports.signal?.aborted) throw new Error('stopped before it was certain; the next run looks again');
  return seen(intent, ports);
}

async function seen(intent: OpenIntent, { agentUsers, lookUp }: RecoverPorts): Promise<Reconciled> {
  const { request: id, action, created, level, at, actor } = intent;
  // The name in the list of approvals, if it was done: the acting user's, which may be another one today.
  const ours = actor === null ? agentUsers : [...agentUsers, actor];
  return reconcile(action, await lookUp({ id, created }), { agentUsers: ours, level, intendedAt: at });
}
