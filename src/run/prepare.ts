import type { Subject } from '../decide/decide.ts';
import type { AccessContext } from '../domain/access_context.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import { type Assessment, addUsage } from '../domain/assessment.ts';
import type { Confirmations } from '../domain/confirmation.ts';
import type { Decision } from '../domain/decision.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Reviewed } from '../domain/run_record.ts';
import type { ActionHistory } from '../ledger/action_history.ts';
import type { RunDraft } from './draft.ts';
import { STEP_COUNTS, type StepCounts } from './step_counts.ts';
import type { Looks, PreparingSteps, Scores } from './steps.ts';

/** Does one step under its name, and notes how long it took and what came of it. */
export type Timed = <T>(name: string, work: () => Promise<T> | T, counted: (result: T) => StepCounts) => Promise<T>;

/**
 * The first half of a run: enrich → score → decide → confirm, which decides once more with the votes. Gives every request
 * with its decision, in the order of the list, and changes nothing anywhere: its steps could not if they wanted to.
 */
export async function prepare(
  requests: readonly AccessRequest[],
  steps: PreparingSteps,
  { draft, memory, step }: { draft: RunDraft; memory: ActionHistory | null; step: Timed },
): Promise<Reviewed[]> {
  const dossiers = await step('enrich', () => steps.enrich(requests), STEP_COUNTS.enrich);
  const scored = await step('score', () => steps.score(dossiers), STEP_COUNTS.score);
  note(draft, scored);

  async function decide() {
    const subjects = subjectsOf(dossiers, scored.assessments, await steps.classify(dossiers));
    return { subjects, prepared: await steps.prepare(subjects, memory?.acted ?? (() => false)) };
  }
  const { subjects, prepared } = await step('decide', decide, (decided) => STEP_COUNTS.decide(decided.prepared));

  async function confirm() {
    const looked = await steps.confirm(subjects, prepared);
    note(draft, looked);
    return { looked, decisions: await steps.decide(subjects, looked.confirmations, memory) };
  }
  const { looked, decisions } = await step('confirm', confirm, (confirmed) => STEP_COUNTS.confirm(confirmed.looked));
  return reviewedOf(subjects, decisions, looked.confirmations, steps);
}

function note(draft: RunDraft, { usage, problems, warnings = [], costMet = [] }: Scores | Looks): void {
  draft.usage = addUsage(draft.usage, usage);
  draft.problems.push(...problems);
  draft.warnings.push(...warnings);
  draft.costMet = [...costMet];
}

function subjectsOf(
  dossiers: readonly Dossier[],
  assessments: ReadonlyMap<string, Assessment>,
  accessContexts: ReadonlyMap<string, AccessContext>,
): Subject[] {
  return dossiers.map((dossier) => {
    const { id } = dossier.request;
    const accessContext = accessContexts.get(id);
    if (accessContext === undefined) throw new Error(`request \`${id}\` was not classified`);
    return {
      dossier,
      accessContext,
      assessment: assessments.get(id) ?? { kind: 'unscored', why: 'it was not asked about' },
    };
  });
}

function reviewedOf(
  subjects: readonly Subject[],
  decisions: readonly Decision[],
  confirmations: Confirmations,
  steps: PreparingSteps,
): Reviewed[] {
  return subjects.map((subject, i) => {
    const decision = decisions[i];
    if (decision === undefined) throw new Error('a request was not decided on');
    const { dossier, accessContext, assessment } = subject;
    const { verdict } = decision;
    const comment = verdict === 'hold' ? null : steps.comment(verdict, decision, assessment);
    const confirmation = confirmations.get(dossier.request.id) ?? null;
    // Field by field: a spread keeps what comes after it in a second object of its own, for each request of the window.
    return { dossier, accessContext, assessment, decision, confirmation, outcome: null, comment };
  });
}
