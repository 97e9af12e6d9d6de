import type { AuthorizationAnswer } from '@cedar-policy/cedar-wasm/nodejs';
import type { Action } from '../domain/action.ts';
import type { PolicyAnswer, PolicyCase } from '../domain/policy_case.ts';
import { describeError } from '../util/errors.ts';
import { type CedarCase, cedarCase } from './cedar_case.ts';
import type { Cedar, ParsedPolicy, PolicyInfo } from './cedar_source.ts';
import { leavingOut, undeclared } from './declared.ts';
import { keyOfCases, remembering } from './remembered_answers.ts';

/** Every policy that applies to a case, permits beside forbids; `errors` as in `PolicyAnswer`. */
export type Matching = { readonly policies: readonly PolicyInfo[]; readonly errors: readonly string[] };

export type Authorization = {
  authorize(action: Action, facts: PolicyCase): PolicyAnswer;
  matching(action: Action, facts: PolicyCase): Matching;
};

/**
 * Prepares checked policies in Cedar once; asking them afterwards costs a tenth of a millisecond, and a hundredth where an
 * answer is remembered.
 * @param mostKept how much is remembered, see there
 */
export function makeAuthorization(
  cedar: Cedar,
  about: { policies: readonly ParsedPolicy[]; schema: string; digest: string; identitiesDefined: boolean },
  mostKept?: number,
): Authorization {
  const { schema, digest, identitiesDefined } = about;
  // Under the digest, so that two policies under comparison never take each other's place.
  const names = { schema: `schema ${digest}`, decide: `policies ${digest}`, match: `matching ${digest}` };
  const byId = new Map(about.policies.map((policy) => [policy.id, policy]));
  const prepared = [
    cedar.preparseSchema(names.schema, schema),
    cedar.preparsePolicySet(names.decide, {
      staticPolicies: Object.fromEntries(about.policies.map((p) => [p.id, p.text])),
    }),
    // Cedar names the forbids alone when one of them applies. With every effect a permit, it names all that apply.
    cedar.preparsePolicySet(names.match, {
      staticPolicies: Object.fromEntries(about.policies.map((p) => [p.id, p.asPermit])),
    }),
  ];
  const failed = prepared.flatMap((answer) => (answer.type === 'failure' ? answer.errors.map((e) => e.message) : []));
  // Unreachable after the checks of loading; a Cedar that disagrees with itself must not decide anything.
  if (failed.length > 0) throw new Error(`checked policies could not be prepared: ${failed.join('; ')}`);

  // A request is asked about for several actions in a row; its facts are put into Cedar's words once.
  const cases = new WeakMap<PolicyCase, ReturnType<typeof cedarCase>>();
  const unknown = undeclared(cedar, schema);
  const cased = (facts: PolicyCase) => {
    const made = cases.get(facts) ?? leavingOut(unknown, cedarCase(facts, identitiesDefined));
    cases.set(facts, made);
    return made;
  };

  const ask = (preparsedPolicySetId: string, action: Action, { principal, resource, context }: CedarCase): Asked =>
    read(
      cedar.statefulIsAuthorized({
        principal: principal.uid,
        action: { type: 'Action', id: action },
        resource: resource.uid,
        context,
        // Only these two: Cedar takes 16 µs for each entity it is given.
        entities: [principal, resource],
        preparsedPolicySetId,
        preparsedSchemaName: names.schema,
        validateRequest: true,
      }),
    );
  const sentences = (ids: readonly string[]) => ids.map((id) => byId.get(id)?.says ?? '');
  const notes = (ids: readonly string[]) => ({
    notes: ids.map((id) => ({ advice: byId.get(id)?.advice ?? null, next: byId.get(id)?.next ?? null })),
  });
  const keyOf = keyOfCases(cedar, about.policies, schema);
  const decide = (action: Action, made: CedarCase): PolicyAnswer => {
    const { allow, ids, errors } = ask(names.decide, action, made);
    // INVARIANT: a policy that fails is skipped by Cedar, so a forbid that fails would forbid nothing. Any error closes
    // the gate, and then the permits that Cedar names are no reason for the answer.
    const allowed = allow && errors.length === 0;
    const basis = allow && !allowed ? [] : ids;
    return { allowed, basis, says: sentences(basis), ...(allowed || basis.length === 0 ? {} : notes(basis)), errors };
  };
  const match = (action: Action, made: CedarCase): Matching => {
    const { ids, errors } = ask(names.match, action, made);
    return { policies: ids.flatMap((id) => byId.get(id) ?? []), errors };
  };
  const decided = remembering(keyOf, decide, mostKept);
  const matched = remembering(keyOf, match, mostKept);

  return {
    authorize(action, facts) {
      try {
        return decided(action, cased(facts));
      } catch (error) {
        return { allowed: false, basis: [], says: [], errors: couldNot(error) };
      }
    },
    matching(action, facts) {
      try {
        return matched(action, cased(facts));
      } catch (error) {
        return { policies: [], errors: couldNot(error) };
      }
    },
  };
}

const couldNot = (error: unknown): string[] => [`the policies could not be asked: ${describeError(error)}`];

type Asked = { readonly allow: boolean; readonly ids: readonly string[]; readonly errors: readonly string[] };

function read(answer: AuthorizationAnswer): Asked {
  if (answer.type === 'failure') return { allow: false, ids: [], errors: answer.errors.map(({ message }) => message) };
  const { decision, diagnostics } = answer.response;
  return {
    allow: decision === 'allow',
    ids: [...diagnostics.reason].sort(),
    errors: diagnostics.errors.map(({ policyId, error }) => `policy \`${policyId}\` failed: ${error.message}`),
  };
}
