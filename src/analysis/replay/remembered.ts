import type { PolicyAnswer, PolicyEngine } from '../../domain/policy_case.ts';
import { cedarCase } from '../../policy/cedar_case.ts';
import type { Policy } from '../../policy/load.ts';

/**
 * The policy with its answers kept: most requests look to it as they did a run ago, and months of runs are replayed.
 * INVARIANT: the key is all that a policy can see, so an answer is never another request's.
 */
export function remembered({ authorize, access }: Policy): Pick<PolicyEngine, 'authorize'> {
  const answers = new Map<string, PolicyAnswer>();
  const identitiesDefined = access.identities.length > 0;
  return {
    authorize(action, facts) {
      const key = JSON.stringify([action, cedarCase(facts, identitiesDefined)]);
      const known = answers.get(key);
      if (known !== undefined) return known;
      const answer = authorize(action, facts);
      answers.set(key, answer);
      return answer;
    },
  };
}
