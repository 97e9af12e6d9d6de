/** The public corpus as it stands in the file, placeholders and all. */
import { readFileSync } from 'node:fs';
import { NO_IDS } from '../../src/screen/ids.ts';
import { type Screened, screenText } from '../../src/screen/screen.ts';
import { screenName } from '../../src/screen/screen_name.ts';

export type CorpusRow = {
  readonly id: string;
  readonly label: 'benign' | 'attack';
  readonly family: string;
  readonly text: string;
};

export const CORPUS_ROWS: readonly CorpusRow[] = readFileSync(
  new URL('../data/justifications.jsonl', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as CorpusRow);

export const ATTACKS = CORPUS_ROWS.filter(({ label }) => label === 'attack');
/** Attacks as they are counted: the halves of a split payload are one. */
export const ATTACK_COUNT = new Set(ATTACKS.map(({ id }) => id.replace(/-[12]of2$/, ''))).size;

/** Without any id that it could name: what the text itself gives away. */
export const screenedRow = ({ family, text }: CorpusRow): Screened =>
  family.endsWith('name_field') ? screenName(text) : screenText(text, NO_IDS);
