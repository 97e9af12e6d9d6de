import type { Planned } from '../act/act.ts';
import { capKeys } from '../decide/decide_all.ts';
import type { Outcome } from '../domain/decision.ts';
import { haltAdvice, haltWords } from '../domain/halt.ts';
import type { Reviewed } from '../domain/run_record.ts';
import type { ActionHistory } from '../ledger/action_history.ts';
import { plainLine } from '../text/plain_text.ts';
import type { RunDraft } from './draft.ts';
import type { ExecutingSteps } from './steps.ts';

/**
 * The second half of a run: carries out what was prepared and approved, and says what became of each. INVARIANT: without
 * a memory, and in a run that only observes, nothing is carried out.
 */
export async function execute(
  draft: Pick<RunDraft, 'mode' | 'halt' | 'reviewed' | 'problems'>,
  steps: Pick<ExecutingSteps, 'act' | 'halt'>,
  memory: ActionHistory | null,
): Promise<Reviewed[]> {
  const planned: Planned[] = [];
  for (const { dossier, decision, comment, outcome } of draft.reviewed) {
    if (decision.verdict === 'hold' || outcome !== null) continue;
    const { request } = dossier;
    planned.push({ request, action: decision.verdict, comment: comment ?? '', ...capKeys(request) });
  }
  const outcomes =
    memory === null || draft.mode === 'observing'
      ? planned.map((): Outcome => ({ kind: 'skipped', reason: 'observing', why: 'this run only observes' }))
      : await steps.act(planned, memory, draft.reviewed, (problem) => draft.problems.push(problem));
  const without = outcomes.find((outcome) => outcome.kind === 'skipped' && outcome.reason === 'no-token');
  if (without?.kind === 'skipped') draft.problems.push({ where: 'act', message: without.why, advice: NO_TOKEN_ADVICE });
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

const NO_TOKEN_ADVICE =
  'every action was left undone and stays eligible: look at the asset of VAULT_ACTION_ASSET_ID and at the credential requests that wait for somebody';
