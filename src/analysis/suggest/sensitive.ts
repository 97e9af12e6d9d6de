import type { Dossier } from '../../domain/dossier.ts';
import { onePath } from '../../policy/container_path.ts';
import { AT_THE_ENDS, HARMLESS_VALUES, INSIDE, SENSITIVE_KINDS, SENSITIVE_WORDS, type SensitiveKind } from './words.ts';

/** Where somebody may have marked an asset. */
export type MarkedKey = 'tag' | 'container' | 'asset_type' | 'asset';
export type Mark = {
  readonly key: MarkedKey;
  readonly value: string;
  readonly kind: SensitiveKind;
  readonly word: string;
};

type Known = {
  readonly kind: SensitiveKind;
  readonly word: string;
  readonly parts: readonly string[];
  readonly whole: string;
};

/** Letters without accents and case, as words are compared. */
export const plainLetters = (text: string): string =>
  text
    .replaceAll('ß', 'ss')
    .replaceAll(/[łŁ]/g, 'l')
    .replaceAll(/[øØ]/g, 'o')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase();

/** `DB-Prod01` is db, prod and 01; `payrollServer` is payroll and server, and as a whole too (`ESXi`). */
function partsOf(text: string): string[] {
  const plain = text.normalize('NFKC');
  const apart = plain
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replaceAll(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replaceAll(/(\p{L})(\p{N})/gu, '$1 $2')
    .replaceAll(/(\p{N})(\p{L})/gu, '$1 $2');
  return splitIn(apart);
}

const splitIn = (text: string): string[] =>
  plainLetters(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '');

const KNOWN: readonly Known[] = SENSITIVE_KINDS.flatMap((kind) =>
  SENSITIVE_WORDS[kind].map((word) => {
    const parts = partsOf(word);
    return { kind, word, parts, whole: parts.join('') };
  }),
);

type Found = { readonly kind: SensitiveKind; readonly word: string };
/** A window names the same things over and over. */
const found = new Map<string, Found | null>();
const MOST_KEPT = 20_000;

/** The first sensitive word in a text; null for none. INVARIANT: accents, case, separators and digits hide nothing. */
export function sensitiveWord(text: string): Found | null {
  const before = found.get(text);
  if (before !== undefined) return before;
  const [parts, whole] = [partsOf(text), splitIn(text.normalize('NFKC'))];
  const known = KNOWN.find((one) => isIn(one, parts) || isIn(one, whole));
  const answer = known === undefined ? null : { kind: known.kind, word: known.word };
  if (found.size >= MOST_KEPT) found.clear();
  found.set(text, answer);
  return answer;
}

function isIn({ parts: its, whole }: Known, parts: readonly string[]): boolean {
  if (whole.length >= INSIDE) return parts.join('').includes(whole);
  if (whole.length >= AT_THE_ENDS && parts.some((part) => part.startsWith(whole) || part.endsWith(whole))) return true;
  return stands(its, parts);
}

/** Of `criticality=low` the value counts, and the key only where the value does not take it back. */
function wordInTag(tag: string): Found | null {
  const [key = '', ...values] = tag.split(/::|[:=/]/).map((part) => part.trim());
  if (values.length === 0) return sensitiveWord(tag);
  const last = partsOf(values.at(-1) ?? '').join('');
  return HARMLESS_VALUES.includes(last)
    ? (values
        .slice(0, -1)
        .map(sensitiveWord)
        .find((one) => one !== null) ?? null)
    : (sensitiveWord(values.join(' ')) ?? sensitiveWord(key) ?? sensitiveWord(tag));
}

/** The short words one after the other, each a part of its own. */
const stands = (word: readonly string[], parts: readonly string[]): boolean =>
  parts.some((_, at) => word.every((one, i) => parts[at + i] === one));

/**
 * Everything about a request that marks it as sensitive: what the vault recorded of the asset and of its containers, and the name
 * under which it was asked for.
 */
export function marksOf({ asset, request }: Pick<Dossier, 'asset' | 'request'>): Mark[] {
  const values: [MarkedKey, string | null | undefined][] = [
    ['asset', asset?.name],
    ['asset', request.asset?.name],
    ['asset_type', asset?.type],
    // The root container of every vault is called so, and marks nothing.
    ['container', asset?.containerPath],
    ...(asset?.tags ?? []).map((tag): [MarkedKey, string] => ['tag', tag]),
  ];
  return values.flatMap(([key, value]) => {
    if (value === null || value === undefined) return [];
    const word = key === 'tag' ? wordInTag(value) : sensitiveWord(key === 'container' ? onePath(value) : value);
    return word === null ? [] : [{ key, value, ...word }];
  });
}

/** Holds letters that none of the words has: nobody here can tell what it says. */
export const isUnreadable = (text: string): boolean => /[^\p{Script=Latin}\P{L}]/u.test(text);
