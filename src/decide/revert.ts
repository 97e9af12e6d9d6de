import type { AccessRequest } from '../domain/access_request.ts';
import type { Action } from '../domain/action.ts';
import type { PolicyAnswer } from '../domain/policy_case.ts';

/** Stands in the place of a policy where a person takes an approval of ours back. */
export const REVERT_BASIS = 'revert-approval';

/** Which run approved what is to be taken back; null for a request that is not. */
export type Reverting = (request: AccessRequest) => string | null;

/** How a request is decided on while approvals are taken back: nothing else is done, and no switch is asked. */
type TakenBack = {
  readonly active: boolean;
  readonly skips: (action: Action) => boolean;
  readonly permits: (answer: PolicyAnswer) => PolicyAnswer;
};

/**
 * INVARIANT: without a person who says yes nothing is closed for that reason; and with one, what a policy forbids to close
 * stays forbidden, as what a gate holds stays held. A person stands for the permit, and for nothing more.
 */
export function takenBack(
  request: AccessRequest,
  {
    reverting,
    byPerson = false,
  }: { readonly reverting: Reverting | undefined; readonly byPerson: boolean | undefined },
): TakenBack {
  if (reverting === undefined) return NOTHING;
  const run = byPerson ? reverting(request) : null;
  return {
    active: true,
    skips: (action) => action !== 'close' || run === null,
    permits(answer) {
      const forbidden = !answer.allowed && answer.basis.length > 0;
      if (run === null || forbidden || answer.errors.length > 0) return answer;
      const says = [`run ${run} approved it, and a person takes that back`];
      return { allowed: true, basis: [REVERT_BASIS], says, errors: [] };
    },
  };
}

const NOTHING: TakenBack = { active: false, skips: () => false, permits: (answer) => answer };
