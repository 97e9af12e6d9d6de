import type { Outcome } from '../domain/decision.ts';
import type { NewIntent } from '../ledger/action_history.ts';
import { describeError, LedgerError, StorageError } from '../util/errors.ts';
import { yieldEvery } from '../util/event_loop.ts';
import { carryOut, changeOf } from './carry_out.ts';
import { openLine } from './line.ts';
import { freshened, isOld, type Seen, seen } from './live_request.ts';
import {
  type ActPorts,
  LOCK_LOST,
  type Planned,
  type Skipped,
  type Step,
  skipped,
  skippedBy,
  TOO_OLD,
} from './ports.ts';
import { openRounds } from './rounds.ts';

export type { Answer, Ask, Planned, Question } from './ports.ts';

/**
 * Carries out the planned actions, at most `atOnce` at a time, and gives one outcome for each, in the planned
 * order. A stop, a halt and a lost lock take effect before the next action begins and before the next call goes out; a
 * call that is under way is finished. Never throws for one bad action.
 *
 * Those under way go in step: they look, write and look again together, and the look behind one call is the look before
 * the next: as soon as a call is accepted, somebody else's action begins.
 */
export async function act(planned: readonly Planned[], ports: ActPorts): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const line = openLine(planned);
  const rounds = openRounds(ports);
  const yieldTurn = yieldEvery(BEGUN_IN_A_ROW);
  const done = Promise.withResolvers<void>();
  let [places, underWay] = [Math.max(1, ports.atOnce), 0];
  let end: Skipped | null = null;

  function begin(): void {
    while (places > 0) {
      const place = line.next();
      if (place === undefined) break;
      places -= 1;
      underWay += 1;
      doOne(place).catch(done.reject);
    }
    if (underWay === 0) done.resolve();
  }

  async function doOne(place: number): Promise<void> {
    const one = planned[place] as Planned;
    const seat = rounds.join();
    const moveOn = once(() => {
      places += 1;
      begin();
    });
    const step: Step = {
      lookUp: async (request) => {
        await seat.ready();
        return ports.lookUp(request);
      },
      barred: () => barred(ports, () => end),
      // A person reads one question at a time, and wants to know what became of the one before.
      accepted: ports.ask === undefined ? moveOn : () => {},
      looked: seat.leave,
    };
    await yieldTurn();
    const outcome: Outcome = end ?? (await actOnOne(one, ports, step).catch(brokenBefore));
    seat.leave();
    if (outcome.kind === 'skipped' && ENDING.has(outcome.reason)) end ??= outcome;
    outcomes[place] = outcome;
    ports.onOutcome?.(one, outcome);
    underWay -= 1;
    line.over(place);
    moveOn();
    begin();
  }

  begin();
  await done.promise;
  return outcomes;
}

const BEGUN_IN_A_ROW = 500;

function once(what: () => void): () => void {
  let left = 1;
  return () => {
    if (left-- > 0) what();
  };
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
  'token-refused',
]);

/** A fault of our own must not take the outcomes of the other actions with it. */
const brokenBefore = (error: unknown): Outcome => ({
  kind: 'failed',
  why: `a fault in Portcullis before the call: ${describeError(error)}`,
});

async function actOnOne(planned: Planned, ports: ActPorts, step: Step): Promise<Outcome> {
  const { request, action } = planned;
  const before = await step.barred();
  if (before !== null) return before;
  if (ports.ask !== undefined) {
    const answer = await ports.ask(planned, ports.signal);
    if (answer === 'no') return declined(planned, ports);
    if (answer === 'skip') return skipped('passed-over', 'the person at the terminal left it for later');
    if (answer === 'stop') return skipped('stopped', 'the person at the terminal stopped here');
  }
  let last = await checked(planned, ports, step);
  if ('kind' in last) return last;
  const authority = (await ports.authority?.()) ?? { kind: 'ready', fresh: false };
  if (authority.kind === 'none') {
    return ports.signal?.aborted ? skipped('stopped', authority.why) : skipped('no-token', authority.why);
  }
  if (authority.fresh) last = await checked(planned, ports, step);
  if ('kind' in last) return last;
  const { live } = last;
  // Asking and looking may have taken long enough for the machine to sleep in between, or for somebody to halt.
  const meanwhile = await step.barred();
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
  const unwritten = await entered('the intent', () => ports.history.intend(intent));
  if (unwritten !== null) return unwritten;
  const late = (await step.barred()) ?? (isOld(planned, last, ports) ? skipped('unreadable', TOO_OLD) : null);
  if (late !== null) return notSent(intent, late, ports);
  let outcome: Outcome;
  try {
    outcome = await carryOut(planned, live, intendedAt, ports, step);
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

/** INVARIANT: a no is in the ledger before the next question, so that no plan that names the action overrules it. */
async function declined({ request, action }: Planned, ports: ActPorts): Promise<Skipped> {
  const by = ports.signature?.().approvedBy ?? null;
  const data = { request: request.id, action, by };
  const entry = { kind: 'action.declined', run: ports.runId, data } as const;
  const unwritten = await entered('the no of the person at the terminal', () => ports.history.note([entry]));
  return unwritten ?? skipped('declined', 'the person at the terminal said no');
}

/** Why something could not be entered into the ledger; null when it was. */
async function entered(what: string, work: () => Promise<void>): Promise<Skipped | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof StorageError) return skipped('not-recorded', `${what} could not be written: ${error.message}`);
    // Somebody else wrote to the ledger: they may be acting, and know more than we do.
    if (error instanceof LedgerError) return skipped('ledger', error.message);
    throw error;
  }
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
 * within seconds, and on asset and container of at most a minute ago; what has grown older meanwhile is read once more.
 */
async function checked(planned: Planned, ports: ActPorts, { lookUp }: Step): Promise<Seen | Outcome> {
  let last: Seen;
  for (let again = false; ; again = true) {
    const [stale, found] = await Promise.all([freshened(planned, ports, lookUp), seen(planned, ports, lookUp)]);
    // What else could not be read then does not matter.
    if ('kind' in found && found.reason === 'token-refused') return found;
    if (stale !== null) return stale;
    if ('kind' in found) return found;
    last = found;
    if (!isOld(planned, last, ports)) break;
    if (again) return skipped('unreadable', TOO_OLD);
  }
  const objection = changeOf(planned.request, last.live) ?? ports.objection(planned, last.live, false);
  return objection === null ? last : skipped('changed', objection);
}

/** What the ledger says of an outcome: what the vault answered to the call, and what the request was found to be then. */
function noteOn(outcome: Outcome): string {
  if (outcome.kind !== 'done') return outcome.why;
  const { answer, statusAfter, note } = outcome;
  const now = statusAfter === null ? undefined : `the request is ${statusAfter} now`;
  return [answer, now, note].filter((part) => part !== undefined && part !== '').join('; ');
}
