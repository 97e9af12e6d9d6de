/** What the ledger notes of a mail. */
export type MailEntry =
  | 'mail.kept' // it surely has not gone out
  | 'mail.leaving' // it is about to go out, or went out and nobody knows whether it arrived
  | 'mail.repeating'; // the same for the second time, which is the last

/**
 * What holds the outbox together: whoever can write to that folder could otherwise have any text sent in our name.
 * `mail/` asks, the ledger answers.
 */
export type MailSeals = {
  /** Enters into the ledger what becomes of a mail. Throws when it could not be entered. */
  enter(kind: MailEntry, digest: string): Promise<void>;
  /** What the ledger says of it: `foreign` when nothing, `unknown` when there is no ledger to ask. */
  known(digest: string): 'kept' | 'leaving' | 'repeating' | 'foreign' | 'unknown';
  /** The mark that our key makes for it; null without a key. */
  mark(digest: string): string | null;
};
