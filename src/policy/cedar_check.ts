import { ANOMALY_FLAG_NAMES } from '../domain/assessment.ts';
import { didYouMean } from '../text/nearest.ts';
import type { AccessModel } from './access_model.ts';
import { APPROVERS } from './access_shape.ts';
import { type Cedar, findingOf, type ParsedPolicy } from './cedar_source.ts';
import type { PolicyFile } from './folder.ts';
import { type Finding, placeOf } from './place.ts';

/** What is wrong with the schema itself. */
export function checkSchema(cedar: Cedar, { file, text }: PolicyFile): Finding[] {
  const answer = cedar.checkParseSchema(text);
  return answer.type === 'success' ? [] : answer.errors.map((error) => findingOf(error, file, text));
}

/** Whether nothing is wrong with the schema, nor with any policy of all files as they would be found by `checkPolicies`. */
export function areFlawless(cedar: Cedar, files: readonly PolicyFile[], schema: string): boolean {
  const policies = { staticPolicies: files.map(({ text }) => text).join('\n') };
  const answer = cedar.validate({ schema, policies, validationSettings: { mode: 'strict' } });
  if (answer.type === 'failure') return false;
  const { validationErrors, validationWarnings, otherWarnings } = answer;
  return validationErrors.length + validationWarnings.length + otherWarnings.length === 0;
}

/**
 * Holds the policies of one file against the schema, strictly. INVARIANT: warnings count as errors: what Cedar warns of is
 * a policy that can never apply, and a forbid that never applies protects nothing.
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

/** Attribute → the words that it can hold, such as `context.classes` → the classes of access.yml. */
export type Vocabulary = ReadonlyMap<string, Words>;
type Words = { readonly kind: string; readonly words: readonly string[] };

/** What each set of words in a case is drawn from. Sets that are filled by the vault, such as tags, have no such list. */
export function vocabularyOf(model: AccessModel, textFlags: readonly string[] | undefined): Vocabulary {
  const vocabulary = new Map<string, Words>([
    ['context.classes', { kind: 'the classes of access.yml', words: [...model.classes.keys()] }],
    ['context.neverAuto', { kind: 'the classes under never_auto', words: [...model.neverAuto] }],
    ['context.conflicts', { kind: 'the conflicts of access.yml', words: model.sodConflicts.map((p) => p.text) }],
    ['context.approvalsMissing', { kind: 'the approvers', words: APPROVERS }],
    ['context.modelFlags', { kind: 'the flags of the model', words: ANOMALY_FLAG_NAMES }],
    ['principal.roles', { kind: 'the roles of access.yml', words: [...model.roles.keys()] }],
  ]);
  if (textFlags !== undefined) {
    vocabulary.set('context.textFlags', { kind: 'the flags of screening', words: textFlags });
  }
  return vocabulary;
}

/**
 * Words in policies that no request could ever have. Cedar's schema knows attributes, not what their sets hold: without
 * this, `forbid … when { context.classes.contains("prodution") }` would be valid and never forbid anything.
 */
export function strangeWords(policies: readonly ParsedPolicy[], vocabulary: Vocabulary): Finding[] {
  return policies.flatMap(({ json, text, place }) =>
    json.conditions.flatMap(({ body }) =>
      comparisons(body).flatMap(({ attribute, word }) => {
        const known = vocabulary.get(attribute);
        if (known === undefined || known.words.includes(word)) return [];
        const within = placeOf(place.file, text, Math.max(0, text.indexOf(`"${word}"`)));
        const at = {
          file: place.file,
          line: place.line + within.line - 1,
          column: within.line === 1 ? place.column + within.column - 1 : within.column,
        };
        const message = `\`${attribute}\` never holds \`${word}\`; ${known.kind}: ${known.words.join(', ')}${didYouMean(word, known.words)}`;
        return [{ place: at, message }];
      }),
    ),
  );
}

type Comparison = { readonly attribute: string; readonly word: string };

/** Every attribute that an expression compares with a fixed word, wherever in the expression that is. */
function comparisons(expression: unknown): Comparison[] {
  if (Array.isArray(expression)) return expression.flatMap(comparisons);
  if (!isRecord(expression)) return [];
  return Object.entries(expression).flatMap(([operator, operands]) => {
    const below = comparisons(operands);
    if (!isRecord(operands) || !COMPARING.includes(operator)) return below;
    const { left, right } = operands;
    const [path, other] = attributePath(left) === null ? [attributePath(right), left] : [attributePath(left), right];
    return path === null ? below : [...below, ...wordsOf(other).map((word) => ({ attribute: path, word }))];
  });
}

const COMPARING = ['==', '!=', 'contains', 'containsAll', 'containsAny'];

/** `context.classes` from Cedar's nested form of it. */
function attributePath(expression: unknown): string | null {
  if (!isRecord(expression)) return null;
  if (typeof expression.Var === 'string') return expression.Var;
  const access = expression['.'];
  if (!isRecord(access) || typeof access.attr !== 'string') return null;
  const owner = attributePath(access.left);
  return owner === null ? null : `${owner}.${access.attr}`;
}

function wordsOf(expression: unknown): string[] {
  if (typeof expression === 'string') return [expression];
  if (Array.isArray(expression)) return expression.flatMap(wordsOf);
  if (!isRecord(expression)) return [];
  return [...wordsOf(expression.Value), ...wordsOf(expression.Set)];
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
