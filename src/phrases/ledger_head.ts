/** Where the record of all runs ends: whoever wrote this down elsewhere can tell later whether its end was cut off. */
export type LedgerHead = {
  /** How many entries there are; the last one has this number. */
  readonly entries: number;
  /** The seal of the last entry; null as long as there is none. */
  readonly seal: string | null;
  /** Whether the last entry is sealed with a key, so that nobody without the key could have written it. */
  readonly keyed: boolean;
};

/** The head as `portcullis verify --head` takes it; null when there is none. */
export const headWords = (head: LedgerHead | null): string | null =>
  head === null || head.seal === null ? null : `${head.entries}:${head.seal}`;

/**
 * The head as `portcullis verify --head` takes it, and what it is worth. Made of our own words, digits and letters only, so
 * that it can stand anywhere unescaped. Null: the record could not be read, or not be added to.
 */
export function recordWords(head: LedgerHead | null): string {
  if (head === null) return 'not trusted or not writable in this run; `portcullis verify` says why';
  if (head.seal === null) return 'no entries yet';
  const worth = head.keyed ? '' : ' (without a key: shows accidents, not somebody who seals everything anew)';
  return `${headWords(head)}${worth}`;
}
