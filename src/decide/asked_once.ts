import type { Action } from '../domain/action.ts';
import type { PolicyAnswer, PolicyCase, PolicyEngine } from '../domain/policy_case.ts';

export type AskedOnce = Pick<PolicyEngine, 'authorize'> & {
  /** The answers are no longer needed: they would be held for as long as the requests are. */
  forget(): void;
};

type Kept = { readonly facts: PolicyCase; readonly answer: PolicyAnswer };

/**
 * The same engine, asked once per request and action: a run decides before and after the confirmations, and what the
 * policies say does not change in between. An answer is used again only for the very same facts; the live request right
 * before a call is another object, and so is asked about anew.
 */
export function askedOnce(engine: Pick<PolicyEngine, 'authorize'>): AskedOnce {
  let known = new WeakMap<PolicyCase['dossier'], Map<Action, Kept>>();
  return {
    authorize(action, facts) {
      const answers = known.get(facts.dossier) ?? new Map<Action, Kept>();
      const kept = answers.get(action);
      if (kept !== undefined && sameFacts(kept.facts, facts)) return kept.answer;
      const answer = engine.authorize(action, facts);
      // A copy: what the engine made of these facts may go with them, and is many times as large.
      known.set(facts.dossier, answers.set(action, { facts: { ...facts }, answer }));
      return answer;
    },
    forget() {
      known = new WeakMap();
    },
  };
}

function sameFacts(a: PolicyCase, b: PolicyCase): boolean {
  const settings = Object.keys(a.settings) as (keyof PolicyCase['settings'])[];
  return (
    a.accessContext === b.accessContext &&
    a.assessment === b.assessment &&
    a.history === b.history &&
    a.text === b.text &&
    a.floor === b.floor &&
    a.risk === b.risk &&
    settings.every((name) => a.settings[name] === b.settings[name])
  );
}
