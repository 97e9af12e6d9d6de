import type { Config } from '../config/config.ts';
import type { NewOfClasses } from '../domain/class_evidence.ts';
import type { Halt } from '../domain/halt.ts';
import type { MailEntry, MailSeals } from '../domain/mail_seals.ts';
import type { Reviewed, RunFacts, RunRecord } from '../domain/run_record.ts';
import type { SecretReader } from '../domain/secret_reader.ts';
import type { Disk } from '../store/disk.ts';
import { readHaltLog } from '../store/halt.ts';
import { readReviews } from '../store/reviews.ts';
import type { Clock } from '../util/clock.ts';
import { LedgerError } from '../util/errors.ts';
import type { Progress } from '../util/progress.ts';
import { type ActionHistory, openActionHistory } from './action_history.ts';
import { anchorsIn } from './anchors.ts';
import type { Bindings } from './bindings.ts';
import { boundLine, RecordDigest } from './bound_record.ts';
import { ledgerKeyForRun } from './key.ts';
import { classEntries, decidedEntries, endEntry, saidEntries, startEntry } from './run_entries.ts';
import { keyedMark, type LedgerKey } from './seal.ts';
import { changesSince, type WhatDecides } from './what_changed.ts';

type LedgerParts = {
  readonly config: Config;
  readonly facts: RunFacts;
  readonly whatDecides: WhatDecides;
  /** The key of the ledger may lie in the vault. */
  readonly vault: SecretReader;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly progress: Progress;
  readonly lockHeld: () => boolean;
  /** Told of every entry that was there before, where the record of an earlier run is to be checked. */
  readonly bindings?: Bindings | undefined;
  /** Tries whether a report could be written. @throws {StorageError} */
  readonly tryReporting: () => Promise<void>;
  readonly signal: AbortSignal;
};

/** The newest ones show that the whole state folder was put back; two of one second are not in order by name. */
const REPORTS_LOOKED_AT = 3;

/** Decisions that are written together: a large window is not one text, and the lock is renewed in between. */
const DECIDED_AT_ONCE = 1000;

/** The ledger as one run keeps it: opened, its decisions, its end. */
export function ledgerStep(parts: LedgerParts) {
  const { config, facts, whatDecides, vault, clock, disk, progress, lockHeld, bindings, tryReporting, signal } = parts;
  const { runId, mode } = facts;
  const { state: stateDir, reports: reportDir } = config.places;
  let unchanged = 0;
  /** Once the ledger was opened. */
  let opened: { readonly key: LedgerKey | null; readonly history: ActionHistory | null } = { key: null, history: null };

  const said = async (history: ActionHistory, halt: Halt | null) =>
    saidEntries(runId, history.facts, {
      reviews: (await readReviews(stateDir, disk)).all,
      halts: await readHaltLog(stateDir, disk),
      halt,
    });

  return {
    /** @throws {LedgerError | StorageError} then nothing may be acted on */
    async openLedger(): Promise<ActionHistory> {
      const outside = await anchorsIn({ stateDir, reportDir }, disk, REPORTS_LOOKED_AT);
      const key = await ledgerKeyForRun(config.ledger, vault, runId, signal);
      opened = { key, history: null };
      const history = await openActionHistory(stateDir, clock, { disk, key, mayWrite: lockHeld, outside, bindings });
      opened = { key, history };
      const changes = changesSince(facts, history.facts, whatDecides);
      await history.note([startEntry(facts), ...changes.entries, ...(await said(history, facts.halt))]);
      // Both are told in the same place: what people did since the last run.
      return { ...history, orders: [...history.orders, ...changes.words] };
    },
    /** `kept` is what the archive will hold: another list than what was decided only where a plan is carried out. */
    async enterDecisions(
      reviewed: readonly Reviewed[],
      kept: readonly Reviewed[],
      history: ActionHistory,
    ): Promise<void> {
      // Nobody could read about what is done: found out before it is done.
      if (mode !== 'observing') await tryReporting();
      unchanged = reviewed.length;
      const record = new RecordDigest(facts);
      for (let from = 0; from < reviewed.length; from += DECIDED_AT_ONCE) {
        const some = reviewed.slice(from, from + DECIDED_AT_ONCE);
        const lines = some.map(boundLine);
        if (kept === reviewed) for (const line of lines) record.add(line);
        const digests = lines.map(({ digest }) => digest);
        const decided = decidedEntries({ ...facts, model: config.model.model }, history.facts, some, digests);
        unchanged -= decided.length;
        await history.note(decided);
        progress.update('act', from + some.length, reviewed.length);
      }
      if (kept !== reviewed) for (const one of kept) record.add(boundLine(one));
      const data = { requests: record.requests, digest: record.value() };
      await history.note([{ kind: 'run.decided', run: runId, data }]);
    },
    /** @throws {StorageError | LedgerError} then nothing may be done */
    async enterClasses({ evidence, demoted }: NewOfClasses, history: ActionHistory): Promise<void> {
      const entries = classEntries(runId, evidence, demoted);
      for (let from = 0; from < entries.length; from += DECIDED_AT_ONCE) {
        await history.note(entries.slice(from, from + DECIDED_AT_ONCE));
      }
    },
    /** Once the ledger was opened; null without one. */
    key: () => opened.key,
    /** The seals of the outbox: an entry of the ledger for each mail in it, and with a key also one in the file itself. */
    mailSeals: {
      async enter(kind: MailEntry, digest: string): Promise<void> {
        if (opened.history === null) throw new LedgerError('ledger', 'the ledger is not open');
        // Whoever has the lock now keeps the ledger, and would take an entry of ours for somebody else's.
        if (!lockHeld()) throw new LedgerError('ledger', 'the lock on the state folder was lost');
        await opened.history.note([{ kind, run: runId, data: { digest } }]);
      },
      known: (digest: string) =>
        opened.history === null ? 'unknown' : (opened.history.facts.mails.get(digest) ?? 'foreign'),
      mark: (digest: string) => (opened.key === null ? null : keyedMark(digest, opened.key)),
    } satisfies MailSeals,
    async enterEnd(record: RunRecord, mails: number, history: ActionHistory): Promise<void> {
      const recipients = config.mail?.recipients.length ?? 0;
      await history.note([
        ...(mails > 0 ? [{ kind: 'mail.sent', run: runId, data: { mails, recipients } } as const] : []),
        ...(await said(history, record.halt)),
        endEntry(record, unchanged),
      ]);
      // The snapshot says how far the ledger goes.
      await history.save(false);
    },
  };
}
