import type { Planned } from './act/act.ts';
import type { Subject } from './decide/decide.ts';
import { capKeys } from './decide/decide_all.ts';
import type { Clock } from './kit/clock.ts';
import { MemoryError, StorageError } from './kit/errors.ts';
import type { Log } from './kit/log.ts';
import type { AccessRequest, MalformedRecord } from './request/access_request.ts';
import type { Action } from './request/action.ts';
import { type Assessment, addUsage, type ModelUsage } from './request/assessment.ts';
import type { Decision, Outcome } from './request/decision.ts';
import type { Dossier } from './request/dossier.ts';
import type { Problem, Recovered, Reviewed, RunRecord } from './request/run_record.ts';
import type { Standing } from './request/standing.ts';
import type { Votes } from './request/vote.ts';
import { addProblem, closeDraft, newDraft, type RunDraft, type RunFacts, timed } from './run_draft.ts';
import type { Memory } from './state/memory.ts';

/** The verbs of one run. `app.ts` puts the concrete parts behind them; nothing here knows a vendor. */
export type Steps = {
  remember(): Promise<Memory>;
  recover(memory: Memory): Promise<Recovered[]>;
  fetch(): Promise<{ requests: readonly AccessRequest[]; malformed: readonly MalformedRecord[] }>;
  enrich(requests: readonly AccessRequest[]): Promise<readonly Dossier[]>;
  score(dossiers: readonly Dossier[]): Promise<Scores>;
  /** What the policy's files say about each request. */
  classify(dossiers: readonly Dossier[]): ReadonlyMap<string, Standing>;
  /** As if the second look agreed: who is in it for an action. */
  prepare(subjects: readonly Subject[], acted: Memory['acted']): readonly Decision[];
  /** The second look at those about to be approved or rejected. */
  confirm(subjects: readonly Subject[], prepared: readonly Decision[]): Promise<Looks>;
  /** With votes and caps; without a memory nothing was acted on before as far as anybody knows. */
  decide(subjects: readonly Subject[], votes: Votes, memory: Memory | null): Promise<readonly Decision[]>;
  comment(action: Action, decision: Decision, assessment: Assessment): string;
  act(planned: readonly Planned[], memory: Memory, reviewed: readonly Reviewed[]): Promise<readonly Outcome[]>;
  /** Writes report and twin; `again` replaces the ones of the same run. */
  report(record: RunRecord, again: boolean): Promise<void>;
  alert(record: RunRecord): Promise<readonly Problem[]>;
  release(): Promise<readonly string[]>;
};

type Scores = { assessments: ReadonlyMap<string, Assessment>; usage: ModelUsage; problems: readonly Problem[] };
type Looks = { votes: Votes; usage: ModelUsage; problems: readonly Problem[] };

export type RunContext = {
  readonly facts: RunFacts;
  readonly steps: Steps;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
};

/**
 * One run: fetch → enrich → score → decide → confirm → act → report → alert. What leads to the actions is `prepared`,
 * what carries them out is `executed`; `plan` stops in between, and `apply` begins there.
 *
 * The report and the mail are made whatever happened before them, from what is known by then. Only a step without which
 * nothing after it makes sense (fetch) ends the run early; a memory that cannot be trusted turns it into an observing
 * one; everything smaller is a line in the report.
 */
export async function run({ facts, steps, clock, log, signal }: RunContext): Promise<RunRecord> {
  const draft = newDraft(facts);
  const step = <T>(name: string, work: () => Promise<T> | T) => timed(draft, name, log, clock, work);
  let memory: Memory | null = null;
  let lost = false;
  log.info('run.started', { run: facts.runId, mode: facts.mode, dryRun: facts.dryRun });
  try {
    memory = await remember(draft, steps, log);
    const listing = await step('fetch', () => steps.fetch());
    draft.malformed.push(...listing.malformed);
    if (memory !== null) draft.recovered.push(...(await steps.recover(memory)));
    const dossiers = await step('enrich', () => steps.enrich(listing.requests));
    const scored = await step('score', () => steps.score(dossiers));
    note(draft, scored);
    const subjects = subjectsOf(dossiers, scored.assessments, steps);
    const prepared = await step('decide', () => steps.prepare(subjects, memory?.acted ?? (() => false)));
    const looked = await step('confirm', () => steps.confirm(subjects, prepared));
    note(draft, looked);
    const decisions = await steps.decide(subjects, looked.votes, memory);
    draft.reviewed = reviewedOf(subjects, decisions, looked.votes, steps);
    draft.reviewed = await step('act', () => executed(draft, steps, memory));
  } catch (error) {
    lost = true;
    if (!signal.aborted) addProblem(draft, 'run', error, log);
  }
  await memory?.save(!lost).catch((error: unknown) => addProblem(draft, 'state', error, log));

  const close = () =>
    closeDraft(draft, {
      lost,
      stopped: signal.aborted,
      memoryTrusted: memory !== null || lost,
      finishedAt: clock.now(),
    });
  const noted = (where: string) => (error: unknown) => addProblem(draft, where, error, log);
  await step('report', () => steps.report(close(), false)).catch(noted('report'));
  const reported = draft.problems.length;
  draft.problems.push(...((await step('alert', () => steps.alert(close())).catch(noted('alert'))) ?? []));
  for (const failure of (await steps.release().catch(noted('credentials'))) ?? []) noted('credentials')(failure);
  // What went wrong after the report was written belongs into it all the same.
  if (draft.problems.length > reported) await steps.report(close(), true).catch(() => {});
  return close();
}

/** Null when the past cannot be read or not be trusted. INVARIANT: nothing is acted on then, and the run still reports. */
async function remember(draft: RunDraft, steps: Steps, log: Log): Promise<Memory | null> {
  try {
    return await steps.remember();
  } catch (error) {
    if (!(error instanceof MemoryError || error instanceof StorageError)) throw error;
    addProblem(draft, 'state', error, log);
    draft.mode = 'observing';
    draft.observingBecause = 'memory';
    return null;
  }
}

function note(draft: RunDraft, { usage, problems }: Scores | Looks): void {
  draft.usage = addUsage(draft.usage, usage);
  draft.problems.push(...problems);
}

function subjectsOf(
  dossiers: readonly Dossier[],
  assessments: ReadonlyMap<string, Assessment>,
  steps: Steps,
): Subject[] {
  const standings = steps.classify(dossiers);
  return dossiers.map((dossier) => {
    const { id } = dossier.request;
    const standing = standings.get(id);
    if (standing === undefined) throw new Error(`request \`${id}\` was not classified`);
    return {
      dossier,
      standing,
      assessment: assessments.get(id) ?? { kind: 'unscored', why: 'it was not asked about' },
    };
  });
}

function reviewedOf(
  subjects: readonly Subject[],
  decisions: readonly Decision[],
  votes: Votes,
  steps: Steps,
): Reviewed[] {
  return subjects.map((subject, i) => {
    const decision = decisions[i];
    if (decision === undefined) throw new Error('a request was not decided on');
    const { verdict } = decision;
    const comment = verdict === 'hold' ? null : steps.comment(verdict, decision, subject.assessment);
    return { ...subject, decision, vote: votes.get(subject.dossier.request.id) ?? null, outcome: null, comment };
  });
}

async function executed(draft: RunDraft, steps: Steps, memory: Memory | null): Promise<Reviewed[]> {
  const planned: Planned[] = [];
  for (const { dossier, decision, comment } of draft.reviewed) {
    if (decision.verdict === 'hold') continue;
    const { request } = dossier;
    planned.push({ request, action: decision.verdict, comment: comment ?? '', ...capKeys(request) });
  }
  const outcomes =
    memory === null || draft.mode === 'observing'
      ? planned.map((): Outcome => ({ kind: 'skipped', reason: 'observing', why: 'this run only observes' }))
      : await steps.act(planned, memory, draft.reviewed);
  const byId = new Map(planned.map(({ request }, i) => [request.id, outcomes[i]]));
  return draft.reviewed.map((reviewed) => ({ ...reviewed, outcome: byId.get(reviewed.dossier.request.id) ?? null }));
}
