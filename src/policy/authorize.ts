import type { AuthorizationAnswer } from '@cedar-policy/cedar-wasm/nodejs';
import type { Action } from '../domain/action.ts';
import type { PolicyAnswer, PolicyCase } from '../domain/policy_case.ts';
import { describeError } from '../util/errors.ts';
import { cedarCase } from './cedar_case.ts';
import type { Cedar, ParsedPolicy, PolicyInfo } from './cedar_source.ts';
import { leavingOut, undeclared } from './declared.ts';

/** Every policy that applies to a case, permits beside forbids; `errors` as in `PolicyAnswer`. */
export type Matching = { readonly policies: readonly PolicyInfo[]; readonly errors: readonly string[] };

export type Authorization = {
  authorize(action: Action, facts: PolicyCase): PolicyAnswer;
  matching(action: Action, facts: PolicyCase): Matching;
};

/** Prepares checked policies in Cedar once; asking them afterwards costs a tenth of a millisecond. */
export function makeAuthorization(
  cedar: Cedar,
  about: { policies: readonly ParsedPolicy[]; schema: string; digest: string; identitiesDefined: boolean },
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

  const ask = (preparsedPolicySetId: string, action: Action, facts: PolicyCase): Asked => {
    try {
      const { principal, resource, context } = cased(facts);
      const answer = cedar.statefulIsAuthorized({
        principal: principal.uid,
        action: { type: 'Action', id: action },
        resource: resource.uid,
        context,
        // Only these two: Cedar takes 16 µs for each entity it is given.
        entities: [principal, resource],
        preparsedPolicySetId,
        preparsedSchemaName: names.schema,
        validateRequest: true,
      });
      return read(answer);
    } catch (error) {
      return { allow: false, ids: [], errors: [`the policies could not be asked: ${describeError(error)}`] };
    }
  };
  const sentences = (ids: readonly string[]) => ids.map((id) => byId.get(id)?.says ?? '');
  const notes = (ids: readonly string[]) => ({
    notes: ids.map((id) => ({ advice: byId.get(id)?.advice ?? null, next: byId.get(id)?.next ?? null })),
  });

  return {
    authorize(action, facts) {
      const { allow, ids, errors } = ask(names.decide, action, facts);
      // INVARIANT: a policy that fails is skipped by Cedar, so a forbid that fails would forbid nothing. Any error closes
      // the gate, and then the permits that Cedar names are no reason for the answer.
      const allowed = allow && errors.length === 0;
      const basis = allow && !allowed ? [] : ids;
      return { allowed, basis, says: sentences(basis), ...(allowed || basis.length === 0 ? {} : notes(basis)), errors };
    },
    matching(action, facts) {
      const { ids, errors } = ask(names.match, action, facts);
      return { policies: ids.flatMap((id) => byId.get(id) ?? []), errors };
    },
  };
}

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
