import type { Config } from '../config/config.ts';
import type { Halt } from '../domain/halt.ts';
import { tryWriting } from '../report/write.ts';
import type { RunFacts } from '../run/draft.ts';
import type { ExecutingSteps } from '../run/steps.ts';
import type { Disk } from '../store/disk.ts';
import { readHaltLog } from '../store/halt.ts';
import { readReviews } from '../store/reviews.ts';
import type { Clock } from '../util/clock.ts';
import type { Progress } from '../util/progress.ts';
import type { VaultParts } from '../vault/vault.ts';
import { type ActionHistory, openActionHistory } from './action_history.ts';
import { anchorsIn } from './anchors.ts';
import { ledgerKeyForRun } from './key.ts';
import { decidedEntries, endEntry, saidEntries, startEntries } from './run_entries.ts';

type LedgerParts = {
  readonly config: Config;
  readonly facts: RunFacts;
  readonly vault: Pick<VaultParts, 'secret'>;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly progress: Progress;
  readonly lockHeld: () => boolean;
  readonly signal: AbortSignal;
};

/** The newest ones show that the whole state folder was put back; two of one second are not in order by name. */
const REPORTS_LOOKED_AT = 3;

/** Decisions that are written together: a large window is not one text, and the lock is renewed in between. */
const DECIDED_AT_ONCE = 1000;

/** The record as one run keeps it: its start, its decisions, its end. */
export function ledgerStep(parts: LedgerParts): Pick<ExecutingSteps, 'remember' | 'noteDecided' | 'noteEnd'> {
  const { config, facts, vault, clock, disk, progress, lockHeld, signal } = parts;
  const { runId, mode } = facts;
  const { state: stateDir, reports: reportDir } = config.places;
  let unchanged = 0;

  const said = async (memory: ActionHistory, halt: Halt | null) =>
    saidEntries(runId, memory.past, {
      reviews: (await readReviews(stateDir, disk)).all,
      halts: await readHaltLog(stateDir, disk),
      halt,
    });

  return {
    async remember() {
      const outside = await anchorsIn({ stateDir, reportDir }, disk, REPORTS_LOOKED_AT);
      const key = await ledgerKeyForRun(config.record, vault, runId, signal);
      const memory = await openActionHistory(stateDir, clock, { disk, key, mayWrite: lockHeld, outside });
      await memory.note([...startEntries(facts, memory.past), ...(await said(memory, facts.halt))]);
      return memory;
    },
    async noteDecided(reviewed, memory) {
      // Nobody could read about what is done: found out before it is done.
      if (mode !== 'observing') await tryWriting(reportDir, disk);
      unchanged = reviewed.length;
      for (let from = 0; from < reviewed.length; from += DECIDED_AT_ONCE) {
        const some = reviewed.slice(from, from + DECIDED_AT_ONCE);
        const decided = decidedEntries({ ...facts, model: config.model.model }, memory.past, some);
        unchanged -= decided.length;
        await memory.note(decided);
        progress.update('act', from + some.length, reviewed.length);
      }
    },
    async noteEnd(record, mails, memory) {
      const recipients = config.mail?.recipients.length ?? 0;
      await memory.note([
        ...(mails > 0 ? [{ kind: 'mail.sent', run: runId, data: { mails, recipients } } as const] : []),
        ...(await said(memory, record.halt)),
        endEntry(record, unchanged),
      ]);
      // The snapshot says how far the record goes.
      await memory.save(false);
    },
  };
}
