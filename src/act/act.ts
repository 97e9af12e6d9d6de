import type { Clock } from '../kit/clock.ts';
import { describeError, StorageError } from '../kit/errors.ts';
import type { AccessRequest } from '../request/access_request.ts';
import type { Action } from '../request/action.ts';
import type { Outcome } from '../request/decision.ts';
import { judgedContent } from '../request/judged_content.ts';
import type { WriteAnswer } from '../request/write_answer.ts';
import type { Memory } from '../state/memory.ts';
import { type Before, type Judgement, judge } from './judge.ts';

/** One action that was decided on. */
export type Planned = {
  readonly request: AccessRequest;
  readonly action: Action;
  readonly comment: string;
};

export type Ask = (planned: Planned, signal?: AbortSignal) => Promise<'yes' | 'no' | 'stop'>;

export type ActPorts = {
  readonly runId: string;
  readonly agentUsers: readonly string[];
  readonly clock: Clock;
  readonly memory: Memory;
  /** The request as it is now, or null when it is gone. @throws {UpstreamError} */
  readonly lookUp: (request: { readonly id: string; readonly created: number }) => Promise<AccessRequest | null>;
  readonly send: (action: Action, requestId: string, comment: string) => Promise<WriteAnswer>;
  /** Why the live request may not get the action after all; null when it may. The same gates as in deciding. */
  readonly objection: (planned: Planned, live: AccessRequest) => string | null;
  /** A person at the terminal; absent in autonomous mode. */
  readonly ask?: Ask | undefined;
  /** False once another process may own the state folder. */
  readonly lockHeld: () => boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onOutcome?: (planned: Planned, outcome: Outcome) => void;
};

/** A look-up after a lost answer is repeated with these pauses: the vault may still be working on the call. */
const SETTLING_MS = [0, 1_000, 3_000] as const;

/**
 * Carries out the planned actions, one after the other, and gives one outcome for each, in the same order. A stop takes
 * effect between two actions. Never throws for one bad action.
 */
export async function act(planned: readonly Planned[], ports: ActPorts): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let halt: Outcome | null = null;
  for (const one of planned) {
    if (ports.signal?.aborted) halt ??= skipped('stopped', 'the run was stopped before');
    if (!ports.lockHeld()) halt ??= skipped('memory', 'the lock on the state folder was lost');
    const outcome: Outcome = halt ?? (await actOnOne(one, ports).catch(broken));
    // Without a record on disk nothing may be done, and the next action would find the same disk.
    if (outcome.kind === 'skipped' && (outcome.reason === 'not-recorded' || outcome.reason === 'stopped'))
      halt ??= outcome;
    outcomes.push(outcome);
    ports.onOutcome?.(one, outcome);
  }
  return outcomes;
}

/** A fault of our own half-way must not take the outcomes of the other actions with it. */
const broken = (error: unknown): Outcome => ({
  kind: 'unknown',
  why: `a fault in Portcullis: ${describeError(error)}`,
});

async function actOnOne(planned: Planned, ports: ActPorts): Promise<Outcome> {
  const { request, action } = planned;
  if (ports.ask !== undefined) {
    const answer = await ports.ask(planned, ports.signal);
    if (answer === 'no') return skipped('declined', 'the person at the terminal said no');
    if (answer === 'stop') return skipped('stopped', 'the person at the terminal stopped here');
  }
  const live = await lookedUp(request, ports);
  if ('kind' in live) return live;
  // INVARIANT: checked in code on the live request, right before the call.
  const objection = changeOf(request, live) ?? ports.objection(planned, live);
  if (objection !== null) return skipped('changed', objection);

  const intent = { run: ports.runId, request: request.id, action, created: request.created, level: live.level };
  const intendedAt = ports.clock.now();
  try {
    await ports.memory.intend(intent);
  } catch (error) {
    if (error instanceof StorageError)
      return skipped('not-recorded', `the intent could not be written: ${error.message}`);
    throw error;
  }
  const outcome = await carryOut(planned, live, intendedAt, ports);
  const result = outcome.kind === 'done' ? 'done' : outcome.kind === 'unknown' ? 'unknown' : 'not-done';
  try {
    await ports.memory.conclude(intent, result, outcome.kind === 'done' ? outcome.note : outcome.why);
  } catch {
    // The open intent stays on disk and counts as acted on; the next run looks it up.
  }
  return outcome;
}

async function lookedUp(request: AccessRequest, ports: ActPorts): Promise<AccessRequest | Outcome> {
  try {
    return (await ports.lookUp(request)) ?? skipped('changed', 'it is no longer in the list');
  } catch (error) {
    return skipped('unreadable', `it could not be read right before the call: ${describeError(error)}`);
  }
}

function changeOf(listed: AccessRequest, live: AccessRequest): string | null {
  if (live.status !== listed.status) return `its status went from ${listed.status} to ${live.status} meanwhile`;
  return judgedContent(live) === judgedContent(listed) ? null : 'it was changed meanwhile';
}

/** The call, and finding out what it did. */
async function carryOut(planned: Planned, live: AccessRequest, intendedAt: number, ports: ActPorts): Promise<Outcome> {
  const { request, action, comment } = planned;
  const before = { agentUsers: ports.agentUsers, level: live.level, intendedAt };
  for (let attempt = 1; ; attempt++) {
    const answer = await ports.send(action, request.id, comment);
    if (answer.kind === 'accepted') return accepted(planned, live, ports);
    const settling = answer.kind === 'refused' ? SETTLING_MS.slice(0, 1) : SETTLING_MS;
    const seen = await settled(planned, before, settling, ports);
    if (seen.found === 'unclear') return { kind: 'unknown', why: `${answer.says}; ${seen.says}` };
    if (seen.found === 'done' && answer.kind === 'unanswered') {
      return {
        kind: 'done',
        statusAfter: seen.status,
        note: `found by looking again after ${answer.says}: ${seen.says}`,
      };
    }
    // The vault refused our call, so that somebody else brought the request there, unless its record names us.
    if (seen.found === 'done') {
      return seen.namesUs
        ? { kind: 'done', statusAfter: seen.status, note: seen.says }
        : skipped('changed', `${answer.says}; ${seen.says}`);
    }
    if (seen.status !== live.status) return skipped('changed', `${answer.says}; ${seen.says}`);
    if (answer.kind === 'refused') return { kind: 'failed', why: `${answer.says}; the request is unchanged` };
    // INVARIANT: only an unchanged request is tried again, once, and never an approval of one level of several: if the
    // lost call arrives late after all, the second would approve the next level too.
    const severalLevels = action === 'approve' && (live.levels ?? 1) > 1;
    if (severalLevels) return { kind: 'unknown', why: `${answer.says}; not repeated, because it has several levels` };
    if (attempt > 1) return { kind: 'failed', why: `${answer.says}, twice; the request is unchanged` };
  }
}

type Settled = Judgement & { readonly status: string | null };

async function settled(
  { request, action }: Planned,
  before: Before,
  pauses: readonly number[],
  ports: ActPorts,
): Promise<Settled> {
  let last: Settled = { found: 'unclear', status: null, says: 'it was not looked up' };
  for (const pause of pauses) {
    await ports.clock.sleep(pause);
    try {
      const live = await ports.lookUp(request);
      last = { ...judge(action, live, before), status: live?.status ?? null };
      if (last.found === 'done') return last;
    } catch (error) {
      last = { found: 'unclear', status: null, says: `it could not be looked up: ${describeError(error)}` };
    }
  }
  return last;
}

/** "200 on approve" does not mean Approved; the reader is told what the request is now. */
async function accepted({ request, action }: Planned, before: AccessRequest, ports: ActPorts): Promise<Outcome> {
  let after: AccessRequest | null = null;
  try {
    after = await ports.lookUp(request);
  } catch {
    // The action was accepted; not being able to look again changes nothing about that.
  }
  const statusAfter = after?.status ?? null;
  if (statusAfter === null) return { kind: 'done', statusAfter, note: 'could not be looked up afterwards' };
  if (action === 'approve' && statusAfter === 'Active') {
    const level = before.level === null ? 'one level' : `level ${before.level}`;
    const of = before.levels === null ? '' : ` of ${before.levels}`;
    return { kind: 'done', statusAfter, note: `approved ${level}${of}; other authorizers have to approve the rest` };
  }
  return { kind: 'done', statusAfter, note: '' };
}

function skipped(
  reason: Extract<Outcome, { kind: 'skipped' }>['reason'],
  why: string,
): Extract<Outcome, { kind: 'skipped' }> {
  return { kind: 'skipped', reason, why };
}
