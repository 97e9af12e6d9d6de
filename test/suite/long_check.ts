/**
 * What waits for the long check (`npm run test:long`): rows and tests that show once more, with another signal, key or file, what
 * the short check shows already. Each of them starts the program several times, which takes seconds.
 */
import { test } from 'vitest';

/** In the acceptance tests, `ACCEPTANCE` also says how many vaults are drawn. */
export const LONG = process.env.LONG_CHECK === '1' || Number(process.env.ACCEPTANCE ?? 0) > 0;

/** A row of a table of cases; `long` ones wait for the long check. */
export type Row = { readonly long?: true };

/** A test that waits for the long check. */
export const testInLongCheck: (name: string, body: () => Promise<void>) => void = LONG ? test : () => {};

/** The rows of a table that are due in this check. */
export const due = <T extends object>(rows: readonly T[]): readonly T[] =>
  rows.filter((row) => LONG || !('long' in row && row.long));

/** For tables whose rows are lists: the first ones, and the rest in the long check alone. */
export const dueRows = <T>(first: readonly T[], inLongCheck: readonly T[]): readonly T[] =>
  LONG ? [...first, ...inLongCheck] : first;
