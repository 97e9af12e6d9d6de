import type { AccessRequest } from '../domain/access_request.ts';
import { lastWordIsOurs, ourDecision } from '../domain/recorded_decisions.ts';
import type { Reviewed } from '../domain/run_record.ts';
import type { ActionHistory } from '../ledger/action_history.ts';
import { plural } from '../phrases/plural.ts';
import { firstReason } from '../phrases/rule_words.ts';

type History = Pick<ActionHistory, 'approvedBefore' | 'approvalsOf'>;

/**
 * Which run approved a request, where that can be taken back; null where it cannot. `wanted` says which requests somebody
 * wants back, by the id and the run that approved them.
 * INVARIANT: only what the ledger says that we approved (or the vault does, where the ledger is not sure), and nobody else
 * after us: a decision of a person is theirs to take back.
 */
export function takeBack(
  wanted: (requestId: string, run: string) => boolean,
  history: Pick<History, 'approvedBefore'>,
  accounts: () => readonly string[],
): (request: AccessRequest) => string | null {
  return (request) => {
    const before = history.approvedBefore(request.id);
    if (before === null || !wanted(request.id, before.run)) return null;
    const ours = before.sure || ourDecision(request, accounts()) === 'approve';
    return ours && lastWordIsOurs(request, accounts()) ? before.run : null;
  };
}

/** What the run approved and the plan does not close, in words; empty when it closes all of it. */
export function leftAlone(run: string, history: History, reviewed: readonly Reviewed[]): string[] {
  const approved = history.approvalsOf(run);
  if (approved.length === 0) return [`run ${run} approved nothing, as far as the ledger says`];
  const found = new Map(reviewed.map((one) => [one.dossier.request.id, one]));
  const reasons = approved.flatMap((id) => {
    const why = whyLeft(found.get(id));
    return why === null ? [] : [{ id, why }];
  });
  return [...Map.groupBy(reasons, ({ why }) => why)].map(([why, some]) => {
    const few = some.slice(0, MOST_NAMED).map(({ id }) => id);
    const more = some.length - few.length;
    const which = `${few.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    return `${plural(some.length, 'request')} that run ${run} approved ${some.length === 1 ? 'is' : 'are'} left alone: ${why} (${which})`;
  });
}
const MOST_NAMED = 5;

function whyLeft(one: Reviewed | undefined): string | null {
  if (one === undefined) return 'not in the list of this window (REQUEST_LOOKBACK_DAYS)';
  const { decision, dossier } = one;
  const { status } = dossier.request;
  if (decision.verdict === 'close') return null;
  if (status === 'Active') return 'still waiting for other authorizers, who can refuse it';
  if (status !== 'Approved') return `${status} already`;
  const held = decision.rules.some(({ kind }) => kind === 'gate' || kind === 'policy' || kind === 'policy-error');
  return held ? firstReason(decision, 'it cannot be closed') : 'somebody else approved it too, after us';
}
