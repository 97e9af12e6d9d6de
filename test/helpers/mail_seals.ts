/** The seals of an outbox without a ledger: what was entered is known for as long as the object lives. */
import type { MailSeals } from '../../src/domain/mail_seals.ts';

type Known = ReturnType<MailSeals['known']>;

export function memorySeals({
  mark = () => null,
  takes = () => true,
}: {
  readonly mark?: MailSeals['mark'];
  /** Whether the ledger can be written to. */
  readonly takes?: () => boolean;
} = {}) {
  const entries: string[] = [];
  const known = new Map<string, Known>();
  const seals: MailSeals = {
    async enter(kind, digest) {
      if (!takes()) throw new Error('the ledger takes nothing');
      entries.push(kind);
      known.set(
        digest,
        ({ 'mail.kept': 'kept', 'mail.leaving': 'leaving', 'mail.repeating': 'repeating' } as const)[kind],
      );
    },
    known: (digest) => known.get(digest) ?? 'foreign',
    mark,
  };
  return { ...seals, entries, forget: () => known.clear() };
}
