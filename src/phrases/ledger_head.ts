import type { LedgerHead } from '../domain/run_record.ts';

/** The head as `portcullis ledger verify --head` takes it; null when there is none. */
export const headWords = (head: LedgerHead | null): string | null =>
  head === null || head.seal === null ? null : `${head.entries}:${head.seal}`;

/**
 * The head as `portcullis ledger verify --head` takes it, and what it is worth. Made of our own words, digits and letters only, so
 * that it can stand anywhere unescaped. Null: the ledger could not be read, or not be added to.
 */
export function ledgerWords(head: LedgerHead | null): string {
  if (head === null) return 'not trusted or not writable in this run; `portcullis ledger verify` says why';
  if (head.seal === null) return 'no entries yet';
  const worth = head.keyed ? '' : ' (without a key: shows accidents, not somebody who seals everything anew)';
  return `${headWords(head)}${worth}`;
}
