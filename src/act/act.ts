import type { AccessRequest } from '../domain/access_request.ts';
import type { Outcome } from '../domain/decision.ts';
import type { NewIntent } from '../ledger/action_history.ts';
import { describeError, LedgerError, StorageError } from '../util/errors.ts';
import { runPool } from '../util/pool.ts';
import { carryOut, changeOf, freshened } from './carry_out.ts';
import { type ActPorts, LOCK_LOST, type Planned, type Skipped, skipped, skippedBy, TOO_OLD } from './ports.ts';

export type { Ask, Planned } from './ports.ts';

/**
 * Carries out the planned actions, at most `atOnce` at a time, and gives one outcome for each, in the planned
 * order. A stop, a halt and a lost lock take effect before the next action begins and before the next call goes out; a
 * call that is under way is finished. Never throws for one bad action.
 * INVARIANT: what is planned for one request is done one after the other, in the planned order.
 */
export async function act(planned: readonly Planned[], ports: ActPorts): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let end: Skipped | null = null;
  const ended = () => end;

  await runPool(byRequest(planned).values(), ports.atOnce, async (theirs) => {
    for (const [i, one] of theirs) {
      const outcome: Outcome = end ?? (await actOnOne(one, ports, ended).catch(brokenBefore));
      if (outcome.kind === 'skipped' && ENDING.has(outcome.reason)) end ??= outcome;
      outcomes[i] = outcome;
      ports.onOutcome?.(one, outcome);
    }
  });
  return outcomes;
}

/** With the place of each in the plan; those of one request stay together, in their order. */
function byRequest(planned: readonly Planned[]): Map<string, [place: number, one: Planned][]> {
  const groups = new Map<string, [number, Planned][]>();
  for (const [i, one] of planned.entries()) {
    const { id } = one.request;
    groups.set(id, [...(groups.get(id) ?? []), [i, one]]);
  }
  return groups;
}

/**
 * After these nothing more is done: without the lock, a ledger on disk or a token, the next action would meet the same.
 * INVARIANT: a run that met a halt does not act any more, even when somebody resumes while it is still going.
 */
const ENDING: ReadonlySet<Skipped['reason']> = new Set([
  'stopped',
  'halted',
  'ledger',
  'lock-lost',
  'not-recorded',
  'no-token',
]);

/** A fault of our own must not take the outcomes of the other actions with it. */
const brokenBefore = (error: unknown): Outcome => ({
  kind: 'failed',
  why: `a fault in Portcullis before the call: ${describeError(error)}`,
});

async function actOnOne(planned: Planned, ports: ActPorts, ended: () => Skipped | null): Promise<Outcome> {
  const { request, action } = planned;
  const before = await barred(ports, ended);
  if (before !== null) return before;
  if (ports.ask !== undefined) {
    const answer = await ports.ask(planned, ports.signal);
    if (answer === 'no') return skipped('declined', 'the person at the terminal said no');
    if (answer === 'stop') return skipped('stopped', 'the person at the terminal stopped here');
  }
  let live = await checked(planned, ports);
  if ('kind' in live) return live;
  const authority = (await ports.authority?.()) ?? { kind: 'ready', fresh: false };
  if (authority.kind === 'none') {
    return ports.signal?.aborted ? skipped('stopped', authority.why) : skipped('no-token', authority.why);
  }
  if (authority.fresh) live = await checked(planned, ports);
  if ('kind' in live) return live;
  // Asking and looking may have taken long enough for the machine to sleep in between, or for somebody to halt.
  const meanwhile = await barred(ports, ended);
  if (meanwhile !== null) return meanwhile;

  const intent = {
    run: ports.runId,
    request: request.id,
    action,
    created: request.created,
    level: live.level,
    requestor: planned.requestor,
    asset: planned.asset,
    ...ports.signature?.(),
  };
  const intendedAt = ports.clock.now();
  try {
    await ports.history.intend(intent);
  } catch (error) {
    if (error instanceof StorageError)
      return skipped('not-recorded', `the intent could not be written: ${error.message}`);
    // Somebody else wrote to the ledger: they may be acting, and know more than we do.
    if (error instanceof LedgerError) return skipped('ledger', error.message);
    throw error;
  }
  const late = (await barred(ports, ended)) ?? (ports.aged?.(planned) ? skipped('unreadable', TOO_OLD) : null);
  if (late !== null) return notSent(intent, late, ports);
  let outcome: Outcome;
  try {
    outcome = await carryOut(planned, live, intendedAt, ports, () => barred(ports, ended));
  } catch (error) {
    // The intent stays open on purpose: it counts as acted on, and the next run looks it up.
    return { kind: 'unknown', why: `a fault in Portcullis: ${describeError(error)}` };
  }
  const result = outcome.kind === 'done' ? 'done' : outcome.kind === 'unknown' ? 'unknown' : 'not-done';
  try {
    await ports.history.conclude(intent, result, noteOn(outcome));
  } catch (error) {
    // The open intent stays on disk and counts as acted on; the next run looks it up.
    ports.onUnrecorded?.(intent, error);
  }
  return outcome;
}

/** Why no call may go out, nor anything begin that leads to one; null when nothing is in the way. */
async function barred(ports: ActPorts, ended: () => Skipped | null): Promise<Skipped | null> {
  if (ports.signal?.aborted) return skipped('stopped', 'the run was stopped before');
  const halt = await ports.halted();
  if (halt !== null) return skippedBy(halt);
  // Asked last: nothing may lie between the look at the lock and the call.
  if (!ports.lockHeld()) return skipped('lock-lost', LOCK_LOST);
  return ended();
}

/** The intent is on disk, and then something came in the way: its turn may have come behind others, on a slow disk. */
async function notSent(intent: NewIntent, why: Skipped, ports: ActPorts): Promise<Skipped> {
  const { history, lockHeld, onUnrecorded } = ports;
  // Whoever has the lock now looks the intent up; the ledger is theirs, so that nothing more is written there.
  if (!lockHeld()) return skipped('lock-lost', LOCK_LOST);
  try {
    await history.conclude(intent, 'not-done', `no call was made: ${why.why}`);
  } catch (error) {
    // The open intent counts as acted on; the next run looks it up.
    onUnrecorded?.(intent, error);
  }
  return why;
}

/**
 * The live request, when the action may be taken on it. INVARIANT: checked in code, right before the call, on what was read
 * within a minute; what has grown older while the request was looked up is read once more.
 */
async function checked(planned: Planned, ports: ActPorts): Promise<AccessRequest | Outcome> {
  let live: AccessRequest | Outcome;
  for (let again = false; ; again = true) {
    const stale = await freshened(planned, ports);
    if (stale !== null) return stale;
    live = await lookedUp(planned.request, ports);
    if ('kind' in live) return live;
    if (!ports.aged?.(planned)) break;
    if (again) return skipped('unreadable', TOO_OLD);
  }
  const objection = changeOf(planned.request, live) ?? ports.objection(planned, live, false);
  return objection === null ? live : skipped('changed', objection);
}

async function lookedUp(request: AccessRequest, ports: ActPorts): Promise<AccessRequest | Outcome> {
  try {
    return (await ports.lookUp(request)) ?? skipped('changed', 'it is no longer in the list');
  } catch (error) {
    return skipped('unreadable', `it could not be read right before the call: ${describeError(error)}`);
  }
}

/** What the ledger says of an outcome: what the vault answered to the call, and what the request was found to be then. */
function noteOn(outcome: Outcome): string {
  if (outcome.kind !== 'done') return outcome.why;
  const { answer, statusAfter, note } = outcome;
  const now = statusAfter === null ? undefined : `the request is ${statusAfter} now`;
  return [answer, now, note].filter((part) => part !== undefined && part !== '').join('; ');
}
