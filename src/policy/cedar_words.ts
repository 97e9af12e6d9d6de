import type { ParsedPolicy } from './cedar_source.ts';
import { didYouMean } from './nearest.ts';
import { type Finding, placeOf } from './place.ts';
import type { Vocabulary } from './vocabulary.ts';

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
