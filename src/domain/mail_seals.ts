/**
 * What holds the outbox together: whoever can write to that folder could otherwise have any text sent in our name.
 * `mail/` asks, the ledger answers.
 */
export type MailSeals = {
  /** Enters into the ledger what becomes of a mail. Throws when it could not be entered. */
  enter(kind: 'mail.kept' | 'mail.leaving', digest: string): Promise<void>;
  /** What the ledger says of it: `foreign` when nothing, `unknown` when there is no ledger to ask. */
  known(digest: string): 'kept' | 'leaving' | 'foreign' | 'unknown';
  /** The mark that our key makes for it; null without a key. */
  mark(digest: string): string | null;
};
