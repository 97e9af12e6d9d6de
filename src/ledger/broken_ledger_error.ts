import { LedgerError } from '../util/errors.ts';

/** What can be wrong with the ledger: the word, what it means, and what to do. */
export const FINDINGS = {
  altered: {
    about:
      'the line, or the one that the next line was chained to, is not what was written: a byte or more was changed',
    todo: 'find out who could write to the state folder, and bring the ledger back from a backup',
  },
  missing: {
    about: 'entries between others, or the beginning, are gone; the numbers are named. A whole month file may be gone',
    todo: 'bring the missing lines or files back from a backup',
  },
  reordered: {
    about: 'the entries are all there, but not in the order or the file in which they were written',
    todo: 'bring the ledger back from a backup, or put the lines back into the order of `seq`',
  },
  doubled: {
    about: 'an entry stands there twice',
    todo: 'remove the second copy, if both are the same; otherwise two copies of the folder were at work, and the ledger of one has to be left out',
  },
  cut: {
    about: 'the end is gone: a report, the snapshot or the head that was typed in knows of entries that are not there',
    todo: 'bring the ledger back from a backup that holds the named entry; an older state folder was restored, perhaps, or the report is of another installation and does not belong into this REPORT_DIR',
  },
  'not-readable': {
    about: 'the line is no entry, or one of a kind or with a field that this version does not know',
    todo: 'after a step back to an older version, go forward again; otherwise bring the ledger back from a backup',
  },
  unbound: {
    about: 'a decision is not bound to the record in the archive, although decisions before it are',
    todo: 'find out who could write to the state folder, and bring the ledger back from a backup',
  },
  'wrong-key': {
    about: 'no entry fits the key, or the entries carry a key and none was given',
    todo: 'give the key with which the ledger was written (LEDGER_KEY_ASSET_ID, LEDGER_KEY, or --key-file)',
  },
  'no-key': {
    about:
      'a key is given and no entry carries one: either the key is new, or somebody wrote the ledger anew without it',
    todo: 'hold the head of a mail against it (--head); if it agrees and the key is new, say so once: `portcullis ledger repair --reason …` seals from here on; otherwise bring the ledger back from a backup',
  },
  foreign: {
    about: 'somebody else wrote to the ledger while a run was at work with it',
    todo: 'let only one process work with the state folder; the next run reads the ledger anew',
  },
} as const satisfies Record<string, { about: string; todo: string }>;
export type Finding = keyof typeof FINDINGS;

/** What only a new ledger ends when there is no backup. */
const WITHOUT: ReadonlySet<Finding> = new Set([
  'altered',
  'missing',
  'reordered',
  'doubled',
  'cut',
  'not-readable',
  'unbound',
]);

/** Where an entry stands or should stand; lines count from 1. */
export type Place = { readonly file: string; readonly line: number };

/**
 * The ledger was read and does not hold together: what is wrong and the first place of it. Every other reason why it cannot
 * be used is a plain {@link LedgerError}. Nothing may be acted on. Exit code 5.
 */
export class BrokenLedgerError extends LedgerError {
  override readonly name = 'BrokenLedgerError';
  readonly finding: Finding;
  /** Null when it is about a file as a whole. */
  readonly line: number | null;
  constructor(finding: Finding, { file, line }: { file: string; line: number | null }, what: string) {
    super(file, `the ledger is broken: ${line === null ? '' : `line ${line} of `}\`${file}\`: ${what}`);
    this.finding = finding;
    this.line = line;
  }

  override get advice(): string {
    const again = this.finding === 'foreign' ? '' : '; `portcullis ledger verify` looks again';
    // Where nothing is lost there is nothing to go on without.
    const without = WITHOUT.has(this.finding) ? ', `portcullis ledger repair` goes on without what is lost' : '';
    return `nothing is acted on until it is put right: ${FINDINGS[this.finding].todo}${again}${without} (see "The ledger" in docs/operating.md)`;
  }
}
