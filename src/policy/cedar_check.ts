import type { Cedar } from './cedar.ts';
import { findingOf } from './cedar_source.ts';
import type { PolicyFile } from './folder.ts';
import type { Finding } from './place.ts';

/** What is wrong with the schema itself. */
export function checkSchema(cedar: Cedar, { file, text }: PolicyFile): Finding[] {
  const answer = cedar.checkParseSchema(text);
  return answer.type === 'success' ? [] : answer.errors.map((error) => findingOf(error, file, text));
}

/**
 * Holds the policies of one file against the schema, strictly. INVARIANT: warnings count as errors: what Cedar warns of is
 * a policy that can never apply, and a forbid that never applies is a hole.
 */
export function checkPolicies(cedar: Cedar, { file, text }: PolicyFile, schema: string): Finding[] {
  const policies = { staticPolicies: text };
  const answer = cedar.validate({ schema, policies, validationSettings: { mode: 'strict' } });
  // "success" only means that Cedar could look; what it found stands in the lists.
  if (answer.type === 'failure') return answer.errors.map((error) => findingOf(error, file, text));
  const wrong = new Set(answer.validationErrors.map(({ policyId }) => policyId));
  // A mistyped action also makes its policy "impossible": once is enough.
  const warnings = answer.validationWarnings.filter(({ policyId }) => !wrong.has(policyId));
  return [...answer.validationErrors, ...warnings, ...answer.otherWarnings.map((error) => ({ error }))].map(
    ({ error }) => findingOf(error, file, text),
  );
}
