import { readFileSync } from 'node:fs';
import { NO_IDS } from '../../../../src/enrich/screening/ids.ts';
import { screenText } from '../../../../src/enrich/screening/screen.ts';

/** Tricky honest texts: what they are, and what each `use` means, stands in test/data/README.md. */
export type HonestText = {
  readonly id: string;
  readonly kind: string;
  readonly use: 'given' | 'tuned' | 'tuned_later' | 'held_back';
  readonly text: string;
};

export const HONEST: readonly HonestText[] = readFileSync(
  new URL('../../../data/honest.jsonl', import.meta.url),
  'utf8',
)
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as HonestText);

export const flaggedHonest = (use: HonestText['use']): { readonly flagged: readonly string[]; readonly of: number } => {
  const texts = HONEST.filter((one) => one.use === use);
  const flagged = texts.filter(({ text }) => screenText(text, NO_IDS).flags.length > 0);
  return { flagged: flagged.map(({ id }) => id), of: texts.length };
};
