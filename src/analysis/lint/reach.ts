import { policyCase, type Subject } from '../../decide/decide.ts';
import { ACTIONS, type Action } from '../../domain/action.ts';
import type { PolicyCase } from '../../domain/policy_case.ts';
import type { PolicyInfo } from '../../policy/cedar_source.ts';
import type { Policy } from '../../policy/load.ts';
import { type MadeUp, wordsOf } from './dimensions.ts';
import { casesFor, madeUpCases } from './made_up_cases.ts';

/** What the policies do to made-up requests. */
export type Reach = {
  readonly tried: number;
  /** Policies that were part of no answer, though perhaps they fitted. */
  readonly never: readonly NeverDecides[];
  /** Policies that let something happen that only people may do. */
  readonly opens: readonly { readonly id: string; readonly what: string }[];
  readonly errors: readonly string[];
};
export type NeverDecides = {
  readonly policy: PolicyInfo;
  /** The forbids that outweighed it whenever it fitted; empty when it never fitted. */
  readonly outweighedBy: readonly string[];
};

const MORE = 400;
const MORE_FOR_ONE = 1500;

export function reachOf(policy: Policy, textFlags: readonly string[]): Reach {
  const decided = new Set<string>();
  const outweighed = new Map<string, Set<string>>();
  const opens = new Map<string, { id: string; what: string }>();
  const errors = new Set<string>();
  let tried = 0;
  const { access, policies } = policy;
  // Of no other it is told what outweighs it.
  const somePermitsLeft = () => policies.some(({ id, effect }) => effect === 'permit' && !decided.has(id));

  const ask = (one: MadeUp): void => {
    tried += 1;
    const facts = caseOf(one);
    for (const action of actionsAt(one.subject)) {
      const answer = policy.authorize(action, facts);
      for (const id of answer.basis) decided.add(id);
      for (const error of answer.errors) errors.add(error);
      const what = answer.allowed ? forPeopleOnly(one.subject, action) : null;
      if (what !== null) for (const id of answer.basis) opens.set(`${id} ${what}`, { id, what });
      if (answer.allowed || answer.basis.length === 0 || !somePermitsLeft()) continue;
      for (const { id, effect } of policy.matching(action, facts).policies) {
        if (effect === 'permit') outweighed.set(id, new Set([...(outweighed.get(id) ?? []), ...answer.basis]));
      }
    }
  };

  for (const one of madeUpCases(access, wordsOf(policies), textFlags, MORE)) ask(one);
  // What is left is special: requests that are made of its own words alone come nearer to it.
  for (const left of policies.filter(({ id }) => !decided.has(id))) {
    for (const one of casesFor(left, access, wordsOf([left]), textFlags, MORE_FOR_ONE)) {
      if (decided.has(left.id)) break;
      ask(one);
    }
  }
  const never = policies
    .filter(({ id }) => !decided.has(id))
    .map((one) => ({ policy: one, outweighedBy: [...(outweighed.get(one.id) ?? [])].sort() }));
  return { tried, never, opens: [...opens.values()], errors: [...errors] };
}

const caseOf = ({ subject, settings }: MadeUp): PolicyCase => policyCase(subject, settings);

const actionsAt = ({ dossier }: Subject): Action[] =>
  (Object.keys(ACTIONS) as Action[]).filter((action) => ACTIONS[action].from === dossier.request.status);

/** What no policy may leave to the agent, whatever else holds; null for what it may. */
function forPeopleOnly({ accessContext }: Subject, action: Action): string | null {
  if (accessContext.breakGlass) return 'decide on emergency access';
  if (action !== 'approve') return null;
  if (accessContext.sodConflicts.length > 0) return 'approve what conflicts with what the person holds';
  if (accessContext.neverAuto.length > 0)
    return `approve access of the class ${accessContext.neverAuto.join(', ')} (never_auto)`;
  return accessContext.privileged ? 'approve a privileged entitlement' : null;
}
