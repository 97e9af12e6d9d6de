import type { Planned } from '../act/act.ts';
import { credentialProblem } from '../act/refused_token.ts';
import { heldByClock } from '../decide/clock_sight.ts';
import type { Subject } from '../decide/decide.ts';
import { capKeys } from '../decide/decide_all.ts';
import { withDeclined } from '../decide/run_mode.ts';
import type { AccessContext } from '../domain/access_context.ts';
import { addUsage } from '../domain/assessment.ts';
import type { Confirmations } from '../domain/confirmation.ts';
import type { Decision, Outcome } from '../domain/decision.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Reviewed } from '../domain/run_record.ts';
import { haltAdvice, haltWords } from '../phrases/halt_words.ts';
import { isolatedLine } from '../phrases/held_back.ts';
import { tokenProblem } from '../phrases/token_words.ts';
import { plainLine } from '../text/plain_text.ts';
import { weighClasses } from './class_bounds.ts';
import type { Notes } from './notes.ts';
import type { Asked, Confirmed, Fetched, Mailed, Scores, Steps } from './steps.ts';

/** The verbs of a run that take more than one call: what each asks for, in which order, and what is noted of it. */

/**
 * The list, and then what became of actions of earlier runs: the vault as this run finds it.
 * @throws {BlindError} when nothing on the list could be read
 */
export async function fetch(steps: Pick<Steps, 'fetch' | 'seenOfList' | 'recover'>, notes: Notes): Promise<Fetched> {
  const { draft, history } = notes;
  draft.warnings.push(...(history?.orders ?? []));
  // Before anything can fail: this run is the one that tells of them.
  const untold = history?.untold ?? [];
  draft.recovered = [...untold];
  const fetched = await steps.fetch();
  draft.malformed = [...fetched.malformed];
  if (history !== null) {
    const found = await steps.recover(history);
    const keys = new Set(found.map(({ action, requestId }) => `${action} ${requestId}`));
    draft.recovered = [...untold.filter(({ action, requestId }) => !keys.has(`${action} ${requestId}`)), ...found];
  }
  const sight = await steps.seenOfList(fetched);
  notes.saw(sight);
  if (sight.lost !== null) throw sight.lost;
  return fetched;
}

/** Facts of each request, what our own action history says among them. */
export async function enrich(
  steps: Pick<Steps, 'enrich' | 'seenOfAssets'>,
  notes: Notes,
  requests: Fetched['requests'],
): Promise<readonly Dossier[]> {
  const found = await steps.enrich(requests, notes.history?.acted ?? (() => false));
  const { history } = notes;
  const dossiers = history === null ? found : withDeclined(found, notes.draft.mode, history.declined);
  notes.saw(await steps.seenOfAssets(dossiers));
  return dossiers;
}

/** What the policy knows about each request, which the model is told as well, and what the model says. */
type Rated = Scores & { readonly accessContexts: ReadonlyMap<string, AccessContext> };

export async function score(
  steps: Pick<Steps, 'classify' | 'foresee' | 'rejects' | 'score'>,
  notes: Notes,
  dossiers: readonly Dossier[],
): Promise<Rated> {
  const accessContexts = await steps.classify(dossiers);
  const acted = actedIn(notes);
  const scored = await steps.score(dossiers, accessContexts, {
    foresee: async (known) => steps.foresee(dossiers, accessContexts, known, acted),
    acted: (id) => acted(id, 'approve') || acted(id, 'reject') || acted(id, 'close'),
    rejects(dossier, assessment) {
      const accessContext = accessContexts.get(dossier.request.id);
      return accessContext !== undefined && steps.rejects({ dossier, accessContext, assessment }, acted);
    },
  });
  noteAsked(notes, scored);
  return { ...scored, accessContexts };
}

/** Every request with all that is known about it, and what would be done if it were confirmed. */
export type Proposed = {
  readonly subjects: readonly Subject[];
  readonly decisions: readonly Decision[];
  /** Those that there are already. */
  readonly confirmations: Confirmations;
};

/** Without a ledger nothing was acted on before, as far as anybody knows. */
const actedIn = ({ history }: Notes) => history?.acted ?? (() => false);

export async function decide(
  steps: Pick<Steps, 'weighClasses' | 'enterClasses' | 'prepare'>,
  notes: Notes,
  dossiers: readonly Dossier[],
  { assessments, accessContexts, confirmations = new Map() }: Omit<Rated, keyof Asked>,
): Promise<Proposed> {
  const subjects = dossiers.map((dossier): Subject => {
    const { id } = dossier.request;
    const accessContext = accessContexts.get(id);
    if (accessContext === undefined) throw new Error(`request \`${id}\` was not classified`);
    const assessment = assessments.get(id) ?? { kind: 'unscored', why: 'it was not asked about' };
    return { dossier, accessContext, assessment };
  });
  const weighed = await weighClasses(steps, notes, subjects);
  const decisions = await steps.prepare(weighed, actedIn(notes));
  return { subjects: weighed, decisions, confirmations };
}

/** Asks once more about what is about to be done, and decides with the answers, in the order of the list. */
export async function confirm(
  steps: Pick<Steps, 'toConfirm' | 'confirm' | 'reread' | 'decide' | 'switchedOff' | 'missingConfidence' | 'comment'>,
  notes: Notes,
  proposed: Proposed,
): Promise<Confirmed & { readonly reviewed: readonly Reviewed[] }> {
  const { subjects: scored, decisions: prepared, confirmations: known } = proposed;
  const candidates = steps.toConfirm(scored, prepared, known, actedIn(notes));
  const confirmed = await steps.confirm(candidates);
  noteAsked(notes, confirmed);
  const asked = new Map([...known, ...confirmed.confirmations]);
  const { subjects, confirmations } = steps.reread(scored, asked, candidates, confirmed.second ?? new Map());
  const missing = steps.missingConfidence(subjects, confirmations);
  if (missing !== null) notes.draft.problems.push(missing);
  const decisions = await steps.decide(subjects, confirmations, notes.history);
  notes.draft.switchedOff = [...steps.switchedOff()];
  notes.prepared = reviewedOf(subjects, decisions, confirmations, steps);
  const clock = heldByClock(notes.prepared);
  if (clock !== null) notes.found(clock);
  const isolated = isolatedLine(notes.prepared);
  if (isolated !== null) notes.draft.warnings.push(isolated);
  return { ...confirmed, reviewed: notes.prepared };
}

function noteAsked({ draft }: Notes, { usage, problems, warnings = [], costMet = [] }: Asked): void {
  draft.usage = addUsage(draft.usage, usage);
  draft.problems.push(...problems);
  draft.warnings.push(...warnings);
  draft.costMet = [...costMet];
}

function reviewedOf(
  subjects: readonly Subject[],
  decisions: readonly Decision[],
  confirmations: Confirmations,
  { comment: commentOn }: Pick<Steps, 'comment'>,
): Reviewed[] {
  return subjects.map((subject, i) => {
    const decision = decisions[i];
    if (decision === undefined) throw new Error('a request was not decided on');
    const { dossier, accessContext, assessment } = subject;
    const { verdict } = decision;
    const comment = verdict === 'hold' ? null : commentOn(verdict, decision, assessment);
    const confirmation = confirmations.get(dossier.request.id) ?? null;
    // Field by field: a spread keeps what comes after it in a second object of its own, for each request of the window.
    return { dossier, accessContext, assessment, decision, confirmation, outcome: null, comment };
  });
}

/**
 * Asks who says yes to what was decided, enters it, and carries it out.
 * INVARIANT: what was decided is in the ledger before anything is done about it; without a trusted ledger, and in a run
 * that only observes, nothing is done.
 */
export async function act(
  steps: Pick<Steps, 'enterDecisions' | 'approve' | 'act' | 'halt'>,
  notes: Notes,
  prepared: readonly Reviewed[],
): Promise<readonly Reviewed[]> {
  const { draft } = notes;
  const { reviewed, warnings, problems = [] } = await steps.approve(prepared, notes.history);
  draft.warnings.push(...warnings);
  draft.problems.push(...problems);
  await notes.trusting(async (history) => {
    if (history !== null) await steps.enterDecisions(prepared, reviewed, history);
    return history;
  });
  draft.reviewed = [...reviewed];
  draft.reviewed = await carriedOut(steps, notes);
  return draft.reviewed;
}

async function carriedOut(steps: Pick<Steps, 'act' | 'halt'>, { draft, history }: Notes): Promise<Reviewed[]> {
  const planned: Planned[] = [];
  for (const { dossier, decision, comment, outcome } of draft.reviewed) {
    if (decision.verdict === 'hold' || outcome !== null) continue;
    const { request } = dossier;
    planned.push({ request, action: decision.verdict, comment: comment ?? '', ...capKeys(request) });
  }
  const outcomes =
    history === null || draft.mode === 'observing'
      ? planned.map((): Outcome => ({ kind: 'skipped', reason: 'observing', why: 'this run only observes' }))
      : await steps.act(planned, history, draft.reviewed, (problem) => draft.problems.push(problem));
  const credential = credentialProblem(outcomes);
  if (credential !== null) draft.problems.push(credential);
  draft.halt = steps.halt();
  // A halt that a person gave is no fault; one that nobody can read is.
  if (draft.halt?.source === 'unreadable') {
    draft.problems.push({ where: 'halt', message: haltWords(draft.halt, plainLine), advice: haltAdvice(draft.halt) });
  }
  const byId = new Map(planned.map(({ request }, i) => [request.id, outcomes[i]]));
  return draft.reviewed.map((one) => {
    const outcome = one.outcome ?? byId.get(one.dossier.request.id) ?? null;
    return outcome === one.outcome ? one : { ...one, outcome };
  });
}

/** Behind what ended the run, if anything did: that comes first, and may well be the end of the token. */
export function tokenEnds({ draft, found }: Notes): void {
  const problem = tokenProblem(draft);
  if (problem !== null) found(problem);
}

/** Also of a run that broke off: a use of emergency access leaves the list by being reviewed and by nothing else. */
export async function breakGlass(steps: Pick<Steps, 'breakGlass'>, { draft, prepared }: Notes): Promise<void> {
  const { uses, problems } = await steps.breakGlass(prepared);
  draft.breakGlass = uses;
  draft.problems.push(...problems);
}

/**
 * Behind report and mail: what was borrowed goes back, the end goes into the ledger, and what went wrong since the report
 * was written (`told` problems stand in it) goes into the report all the same.
 */
export async function finish(
  steps: Pick<Steps, 'release' | 'enterEnd' | 'report' | 'keepSeen'>,
  notes: Notes,
  mailed: Mailed | undefined,
  told: number,
): Promise<void> {
  const { draft, history } = notes;
  draft.problems.push(...(mailed?.problems ?? []));
  if (notes.wasWhole()) await notes.attempt('state', () => steps.keepSeen());
  const left = await notes.attempt('credentials', () => steps.release());
  for (const failure of left ?? []) notes.problem('credentials', failure);
  if (history !== null) {
    await notes.attempt('state', () => steps.enterEnd(notes.record(), mailed?.sent ?? 0, history));
  }
  if (draft.problems.length > told) await steps.report(notes.record(), true).catch(() => {});
}
