import { readFileSync } from 'node:fs';
import { type Screened, screenName, screenText } from '../../../../src/enrich/screening/screen.ts';

/** The public corpus, and how it is to be measured: test/data/README.md. */
export type CorpusText = {
  readonly id: string;
  readonly label: 'benign' | 'attack';
  readonly family: string;
  readonly text: string;
};

export const SELF_ID = 'REQ-20001';
export const OTHER_ID = 'REQ-20002';

export const CORPUS: readonly CorpusText[] = readFileSync(
  new URL('../../../data/justifications.jsonl', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as CorpusText)
  .map((row) => ({ ...row, text: row.text.replaceAll('{{SELF_ID}}', SELF_ID).replaceAll('{{OTHER_ID}}', OTHER_ID) }));

/** The rules were written with the even ids in view; the odd ones were held back. */
export const isHeldBack = ({ id }: CorpusText): boolean => Number(/\d+/.exec(id)?.[0]) % 2 === 1;

/** Benign families that look like pasted tickets, code, quoted attacks or talk of several requests. */
export const HARD_FAMILIES: readonly string[] = [
  'benign_quoted_injection',
  'benign_itsm_paste',
  'benign_multi_request',
  'benign_code_like',
];

/** Names are looked at as names. */
export const screened = ({ family, text }: CorpusText): Screened =>
  family.endsWith('name_field') ? screenName(text) : screenText(text, { selfIds: [SELF_ID], otherIds: [OTHER_ID] });

export type Rate = { readonly texts: number; readonly flagged: number };

/** Flagged texts per family; the halves of a split payload count as one, which is found when either is. */
export function rates(texts: readonly CorpusText[]): Map<string, Rate> {
  const groups = new Map<string, CorpusText[]>();
  for (const text of texts) {
    const key = text.id.replace(/-[12]of2$/, '');
    groups.set(key, [...(groups.get(key) ?? []), text]);
  }
  const counted = new Map<string, Rate>();
  for (const group of groups.values()) {
    const family = group[0]?.family ?? '';
    const { texts: n, flagged } = counted.get(family) ?? { texts: 0, flagged: 0 };
    const found = group.some((text) => screened(text).flags.length > 0);
    counted.set(family, { texts: n + 1, flagged: flagged + (found ? 1 : 0) });
  }
  return counted;
}

export function share(texts: readonly CorpusText[]): number {
  const all = [...rates(texts).values()];
  return all.reduce((sum, { flagged }) => sum + flagged, 0) / all.reduce((sum, { texts: n }) => sum + n, 0);
}
