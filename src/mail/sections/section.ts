import type { RunRecord } from '../../domain/run_record.ts';
import type { RunTotals } from '../../phrases/run_totals.ts';

/** What every section of the mail is made from. */
export type MailContent = {
  readonly record: RunRecord;
  readonly totals: RunTotals;
  /** Where the full report lies; null when it could not be written. */
  readonly reportFile: string | null;
  /** What the reader has to know about earlier mails. */
  readonly remarks: readonly string[];
};
