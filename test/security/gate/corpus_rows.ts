/** The public corpus and the adaptive texts as they stand in their files, placeholders and all. */
import { readFileSync } from 'node:fs';

export type CorpusRow = {
  readonly id: string;
  readonly label: 'benign' | 'attack';
  readonly family: string;
  readonly text: string;
};

const rowsOf = <Row>(file: string): Row[] =>
  readFileSync(new URL(`../../data/${file}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);

export const CORPUS_ROWS: readonly CorpusRow[] = rowsOf<CorpusRow>('justifications.jsonl');

export const ATTACKS = CORPUS_ROWS.filter(({ label }) => label === 'attack');

/** Written with the source of the screening at hand: nearly all pass it. */
export const ADAPTIVE_ROWS: readonly CorpusRow[] = rowsOf<Pick<CorpusRow, 'family' | 'text'>>('adaptive.jsonl').map(
  (row, n) => ({ ...row, id: `a-${`${n + 1}`.padStart(2, '0')}`, label: 'attack' }),
);
