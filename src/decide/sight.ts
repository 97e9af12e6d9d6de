import type { AccessRequest, MalformedRecord } from '../domain/access_request.ts';
import type { Problem } from '../domain/run_record.ts';

/**
 * How much of the window a run got to see. What it could not read is said: as a problem when it is new or much, as a line
 * of the report otherwise. Pure.
 * INVARIANT: a run that could not read what it was made to look at is never told as a quiet one.
 */
export type Sight = {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** Those of the warnings that stand on top of each output. */
  readonly notices?: readonly string[];
};

export const NOTHING: Sight = { problems: [], warnings: [] };

/** What came of reading the list. */
export type Listed = {
  readonly requests: readonly AccessRequest[];
  readonly malformed: readonly MalformedRecord[];
  /** How many the vault counts, where it listed none at all. */
  readonly promised?: number | null;
  /** When the newest was asked for, where all that were listed are older than the window. */
  readonly onlyOlder?: number | null;
  /** In milliseconds; negative behind, null when nothing told. */
  readonly clockAhead?: number | null;
  /** The unit of its times, where that is a finer one than milliseconds. */
  readonly timeUnit?: 'microseconds' | 'nanoseconds' | null;
};

export const problem = (where: string, message: string, advice: string, blind: boolean): Problem => ({
  ...{ where, message, advice },
  ...(blind && { blind }),
});

/**
 * Whether so many are more than single ones: above the share, and at least three or all of them, so that one odd thing
 * among few is not told anew for as long as it is listed. A share of 0 wants to hear of each.
 */
export const isMany = (bad: number, all: number, share: number): boolean =>
  bad > share * all && (bad >= 3 || bad === all || share === 0);

const SHOWN = 5;

/** What was found how often, the most frequent first: "`created` is a list of 6 numbers (60)". */
export function tally(said: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const one of said) counts.set(one, (counts.get(one) ?? 0) + 1);
  const sorted = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = sorted.slice(0, SHOWN).map(([one, count]) => `${one} (${count})`);
  return [...shown, ...(sorted.length > SHOWN ? [`and ${sorted.length - SHOWN} more kinds`] : [])].join(', ');
}
