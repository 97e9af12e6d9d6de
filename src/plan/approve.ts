import type { AccessRequest } from '../domain/access_request.ts';
import type { Action } from '../domain/action.ts';
import { type Assessment, NO_USAGE } from '../domain/assessment.ts';
import type { Confirmation } from '../domain/confirmation.ts';
import { decidedAsset, decidedContent } from '../domain/decided_content.ts';
import type { Decision, Outcome } from '../domain/decision.ts';
import { atMost } from '../domain/risk.ts';
import type { Problem, Reviewed, RunRecord } from '../domain/run_record.ts';
import type { ActionHistory } from '../ledger/action_history.ts';
import { isChanged, type RecordCheck } from '../ledger/bindings.ts';
import { plural } from '../phrases/plural.ts';
import { declinedWords, firstReason } from '../phrases/rule_words.ts';
import type { Plan, PlanEntry } from './plan.ts';
import { CLOCK_SLACK_MS } from './refusals.ts';

/** What somebody approved; an action that already has an outcome is not carried out any more. */
type Approved = {
  readonly reviewed: readonly Reviewed[];
  readonly warnings: readonly string[];
  readonly problems?: readonly Problem[];
};

/** In an ordinary run the policy is the approver: it approves everything that was decided on. */
export const approvedByPolicy = (reviewed: readonly Reviewed[]): Approved => ({ reviewed, warnings: [] });

/**
 * The model's part of a prepared run, from its record: what was rated and confirmed is not asked again. What the ledger
 * does not say was rated so counts as unrated.
 */
export function ratingsOf({ reviewed }: RunRecord, checked: () => Promise<RecordCheck>) {
  const trusted = async () => {
    const check = await checked();
    if (check.kind !== 'true' && check.kind !== 'lines-changed') return [];
    return reviewed.filter(({ dossier }) => !isChanged(check, dossier.request.id));
  };
  return {
    async score() {
      const assessments = new Map((await trusted()).map(({ dossier, assessment }) => [dossier.request.id, assessment]));
      return { assessments, usage: NO_USAGE, problems: [] };
    },
    async confirm() {
      const confirmations = new Map<string, Confirmation>();
      for (const { dossier, confirmation } of await trusted())
        if (confirmation !== null) confirmations.set(dossier.request.id, confirmation);
      return { confirmations, usage: NO_USAGE, problems: [] };
    },
  };
}

type Comment = (action: Action, decision: Decision, assessment: Assessment) => string;

type Prepared = {
  readonly plan: Plan;
  readonly record: RunRecord;
  /** What the ledger says about the record; and when it says that its run ended. */
  readonly checked: () => Promise<RecordCheck>;
  readonly finishedAt: (runId: string) => number | null;
  /** Makes the comment anew: what stands in plan and archive is for the reader. */
  readonly comment: Comment;
};

/**
 * A person is the approver: of everything that was prepared anew on the live requests, what their plan names goes on.
 * INVARIANT: an action is carried out only when the sealed ledger says that it was decided so, the plan names it, the
 * request is as it was, and it would be decided in the same way again, caps and policies included; and a plan is carried
 * out once.
 */
export function approvedByPerson({ plan, record, checked, finishedAt, comment }: Prepared) {
  const planned = new Map(record.reviewed.map((one) => [one.dossier.request.id, one]));
  return async (
    prepared: readonly Reviewed[],
    history: Pick<ActionHistory, 'appliedBy' | 'declined'> | null,
  ): Promise<Approved> => {
    const live = new Map(prepared.map((one) => [one.dossier.request.id, one]));
    const check = await checked();
    const late = Date.parse(plan.created) > (finishedAt(plan.run_id) ?? Number.POSITIVE_INFINITY) + CLOCK_SLACK_MS;
    const altered = whyAltered(check, late);
    const earlier = history?.appliedBy(plan.plan_id) ?? null;
    const before = earlier === null ? null : `the plan was carried out before, by run ${earlier}`;
    const reviewed = plan.entries.flatMap((entry) => {
      const then = planned.get(entry.request_id);
      // The plan was compared with this run before.
      if (then === undefined) throw new Error(`request \`${entry.request_id}\` of the plan is not in its record`);
      const now = live.get(entry.request_id);
      const why = altered ?? (isChanged(check, entry.request_id) ? LINE_CHANGED : null);
      if (why !== null) return refused(now, why);
      const no = history?.declined(entry.request_id, entry.action) ?? null;
      return [taken(entry, then, now, before ?? saidNo(no), comment)];
    });
    const warning = `Nothing is done: ${before ?? altered}. For what it left undone, make a new plan.`;
    return {
      reviewed,
      warnings: before === null && altered === null ? [] : [warning],
      problems: check.kind === 'true' && !late ? [] : [problemOf(plan, check, altered)],
    };
  };
}

/** A plan is approved as a whole; whoever was asked about this one looked at it alone. */
const saidNo = (no: ReturnType<ActionHistory['declined']>): string | null => (no === null ? null : declinedWords(no));

const LINE_CHANGED =
  'the ledger says that something else was decided: the line of the archive was changed after the run';

/** Why nothing of the plan is carried out; null when the ledger says what its run decided. */
function whyAltered(check: RecordCheck, late: boolean): string | null {
  if (check.kind === 'changed') return 'the record of the run that prepared the plan was changed after the run';
  if (check.kind === 'early' || check.kind === 'unbound')
    return 'the ledger does not say what the run that prepared the plan decided';
  return late ? 'the plan is dated later than the end of the run that prepared it' : null;
}

function problemOf({ run_id }: Plan, check: RecordCheck, altered: string | null): Problem {
  const lines = check.kind === 'lines-changed' ? [...check.requests] : [];
  const which = `${plural(lines.length, 'line')} of the record of run \`${run_id}\` (${lines.slice(0, 5).join(', ')}) changed after the run`;
  return {
    where: 'plan',
    message: altered ?? which,
    advice:
      check.kind === 'early'
        ? 'it was made by an earlier version, or before the ledger began: make a new plan'
        : 'find out who could write to the state folder (`portcullis ledger verify` names all that was changed), and make a new plan',
  };
}

/** A forged line says nothing, not even in the report: only what was found out now is told. */
function refused(now: Reviewed | undefined, why: string): Reviewed[] {
  return now === undefined ? [] : [{ ...now, outcome: skipped('held', why) }];
}

/** The planned decision on the request as it is now, with an outcome when it is not to be carried out. */
function taken(
  entry: PlanEntry,
  then: Reviewed,
  now: Reviewed | undefined,
  before: string | null,
  commentOn: Comment,
): Reviewed {
  const { decision, confirmation, assessment } = then;
  const comment = commentOn(entry.action, decision, assessment);
  const same = { ...(now ?? then), decision, comment, confirmation };
  const changed = changeSince(then.dossier.request, now?.dossier.request);
  if (before !== null) return { ...same, outcome: skipped('held', before) };
  if (changed !== null || now === undefined) return { ...same, outcome: skipped('changed', changed ?? 'it is gone') };
  if (now.decision.verdict !== entry.action) {
    return { ...same, outcome: skipped('held', firstReason(now.decision, 'it would be decided otherwise now')) };
  }
  const worse = worseSince(then, now);
  return { ...same, outcome: worse === null ? null : skipped('changed', worse) };
}

/** What was rated is what is carried out: the facts of the asset, and what facts alone give, are those of the plan. */
function worseSince(then: Reviewed, now: Reviewed): string | null {
  if (then.decision.verdict !== 'close' && decidedAsset(then.dossier.asset) !== decidedAsset(now.dossier.asset)) {
    return 'its asset was changed since the plan was made';
  }
  if (then.decision.verdict !== 'approve' || atMost(now.decision.floor, then.decision.floor)) return null;
  return `facts alone make it ${now.decision.floor} now, and made it ${then.decision.floor} when the plan was made`;
}

const skipped = (reason: 'changed' | 'held', why: string): Outcome => ({ kind: 'skipped', reason, why });

/**
 * What became of a planned request since the plan was made, in words; null when it is as it was. Compared with the
 * archived request itself: the digest of a plan of version 0.1 knows no recorded approvals.
 */
export function changeSince(planned: AccessRequest, live: AccessRequest | undefined): string | null {
  if (live === undefined) return 'it is no longer in the list';
  if (live.status !== planned.status) {
    return `its status went from ${planned.status} to ${live.status} since the plan was made`;
  }
  return decidedContent(live) === decidedContent(planned) ? null : 'it was changed since the plan was made';
}
