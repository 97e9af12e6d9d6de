import type { AccessRequest } from '../domain/access_request.ts';
import { decidedContent } from '../domain/decided_content.ts';
import type { Outcome } from '../domain/decision.ts';
import { commentLine } from '../text/plain_text.ts';
import { describeError } from '../util/errors.ts';
import { freshened, isOld } from './live_request.ts';
import { type ActPorts, type Planned, type Step, skipped, TOO_OLD } from './ports.ts';
import { type Before, type Reconciled, reconcile } from './reconcile.ts';
import { isShutOut, tokenRefused } from './refused_token.ts';

type Done = Extract<Outcome, { kind: 'done' }>;
type Ports = Pick<ActPorts, 'aged' | 'agentUsers' | 'clock' | 'freshen' | 'objection' | 'send' | 'signal'>;

/** A look-up after a lost answer is repeated with these pauses: the vault may still be working on the call. */
const SETTLING_MS = [0, 1_000, 3_000] as const;

/** What of a request is no longer as it was; null when nothing is. */
export function changeOf(before: AccessRequest, live: AccessRequest): string | null {
  if (live.status !== before.status) return `its status went from ${before.status} to ${live.status} meanwhile`;
  return decidedContent(live) === decidedContent(before) ? null : 'it was changed meanwhile';
}

/**
 * The call, and finding out what it did. `before` is the live request that the call was decided on.
 */
export async function carryOut(
  planned: Planned,
  before: AccessRequest,
  intendedAt: number,
  ports: Ports,
  step: Step,
): Promise<Outcome> {
  const { request, action } = planned;
  // INVARIANT: whatever made the comment, what leaves for the vault is one line of ordinary words.
  const comment = commentLine(planned.comment);
  const known = { agentUsers: ports.agentUsers, level: before.level, intendedAt };
  let late = false;
  for (let attempt = 1; ; attempt++) {
    const answer = await ports.send(action, request.id, comment);
    if (answer.kind === 'accepted') {
      step.accepted();
      return { ...(await accepted(planned, before, step)), answer: answer.says };
    }
    const refused = answer.kind === 'refused';
    const credential = answer.kind === 'refused' ? answer.credential : undefined;
    const seen = await settled(planned, known, refused ? SETTLING_MS.slice(0, 1) : SETTLING_MS, ports, step);
    const says = `${answer.says}; ${seen.says}`;
    late ||= answer.kind === 'unanswered' && answer.heard !== true;

    // A refused call did nothing, so that somebody else moved the request on, unless the list of approvals names us. It
    // is different when an earlier call of ours is still unaccounted for.
    if (refused && attempt === 1 && seen.live !== 'unread' && !seen.namesUs && seen.live?.status !== before.status) {
      return skipped('changed', says);
    }
    // INVARIANT: who was not let in did nothing, also when nobody can look: no other call of ours is on its way.
    if (credential !== undefined && attempt === 1 && seen.live === 'unread') {
      return seen.shutOut ? tokenRefused(answer.says) : { kind: 'failed', why: says, unauthorized: true };
    }
    if (seen.found === 'unclear' || seen.live === 'unread' || seen.live === null) return { kind: 'unknown', why: says };
    if (seen.found === 'done') {
      const note = refused ? seen.says : `found by looking again after ${answer.says}: ${seen.says}`;
      return { kind: 'done', statusAfter: seen.live.status, note };
    }
    if (seen.live.status !== before.status) return skipped('changed', says);
    // INVARIANT: only an unchanged request is tried again, once, and never an approval of one level of several: if the
    // lost call arrives late after all, the second would approve the next level too.
    const levels = action === 'approve' ? moreLevelsThanOne(seen.live) : null;
    if (!refused && levels !== null) return { kind: 'unknown', why: `${answer.says}; not repeated, because ${levels}` };
    const change = changeOf(before, seen.live);
    // INVARIANT: while a call of ours may still arrive, nobody says that nothing was done; the next run looks again.
    if (late && (change !== null || refused || attempt > 1)) {
      return { kind: 'unknown', why: `${answer.says}; ${change ?? 'the request is unchanged so far'}` };
    }
    if (change !== null) return skipped('changed', `${answer.says}; ${change}`);
    if (credential === 'refused') return tokenRefused(answer.says);
    if (refused) {
      const why = `${answer.says}; the request is unchanged`;
      return { kind: 'failed', why, ...(credential !== undefined && { unauthorized: true }) };
    }
    if (attempt > 1) return { kind: 'failed', why: `${answer.says}, twice; the request is unchanged` };
    // The second call is a write like the first: what it rests on is looked at again.
    const stale = await freshened(planned, ports, step.lookUp);
    // INVARIANT: what keeps an action from beginning keeps a call from going out a second time.
    const bar = await step.barred();
    if (bar !== null) {
      const why = bar.reason === 'halted' ? `it is ${bar.why}` : bar.why;
      return { kind: 'unknown', why: `${answer.says}; not repeated, because ${why}` };
    }
    const old = isOld(planned, { live: seen.live, at: seen.at }, ports) ? TOO_OLD : null;
    const against = stale?.why ?? old ?? ports.objection(planned, seen.live, true);
    if (against !== null) return { kind: 'unknown', why: `${answer.says}; not repeated, because ${against}` };
  }
}

/** Why a second approval might be one too many; null when the vault says that there is one level only. */
function moreLevelsThanOne({ levels }: AccessRequest): string | null {
  if (levels === 1) return null;
  return levels === null ? 'the vault does not say how many levels it has' : 'it has several levels';
}

/** What looking again found; `live` is null when the request is gone, and `unread` when the vault could not be asked. */
type Settled = Reconciled & {
  readonly live: AccessRequest | null | 'unread';
  readonly at: number;
  /** The vault does not let us read either. */
  readonly shutOut?: boolean;
};

async function settled(
  { request, action }: Planned,
  known: Before,
  pauses: readonly number[],
  { clock, signal }: Pick<Ports, 'clock' | 'signal'>,
  { lookUp }: Step,
): Promise<Settled> {
  let last: Settled = { found: 'unclear', live: 'unread', at: clock.now(), says: 'it was not looked up' };
  for (const pause of pauses) {
    // After a stop there is no time to wait: what stays unknown is looked up by the next run.
    await clock.sleep(pause, signal);
    try {
      const live = await lookUp(request);
      last = { ...reconcile(action, live, known), live, at: clock.now() };
      if (last.found === 'done') return last;
    } catch (error) {
      const says = `it could not be looked up: ${describeError(error)}`;
      last = { ...last, found: 'unclear', live: 'unread', says, shutOut: isShutOut(error) };
    }
  }
  return last;
}

/** "200 on approve" does not mean Approved; the reader is told what the request is now. */
async function accepted({ request, action }: Planned, before: AccessRequest, step: Step): Promise<Done> {
  let after: AccessRequest | null = null;
  try {
    after = await step.lookUp(request);
  } catch {
    // The action was accepted; not being able to look again changes nothing about that.
  }
  step.looked();
  const statusAfter = after?.status ?? null;
  if (statusAfter === null) return { kind: 'done', statusAfter, note: 'could not be looked up afterwards' };
  if (action !== 'approve' || statusAfter !== 'Active') return { kind: 'done', statusAfter, note: '' };
  if (before.levels === 1) return { kind: 'done', statusAfter, note: 'accepted; the vault still lists it as Active' };
  const level = before.level === null ? 'one level' : `level ${before.level}`;
  const of = before.levels === null ? '' : ` of ${before.levels}`;
  return { kind: 'done', statusAfter, note: `approved ${level}${of}; other authorizers have to approve the rest` };
}
