/** The public corpus as it stands in the file, placeholders and all. */
import { readFileSync } from 'node:fs';

export type CorpusRow = {
  readonly id: string;
  readonly label: 'benign' | 'attack';
  readonly family: string;
  readonly text: string;
};

export const CORPUS_ROWS: readonly CorpusRow[] = readFileSync(
  new URL('../../data/justifications.jsonl', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as CorpusRow);

export const ATTACKS = CORPUS_ROWS.filter(({ label }) => label === 'attack');
