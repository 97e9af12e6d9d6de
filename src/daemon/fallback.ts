import { randomUUID } from 'node:crypto';
import type { Problem } from '../domain/run_record.ts';
import { postSigned, type Receiver } from '../http/signed_post.ts';
import type { Clock } from '../util/clock.ts';
import { describeError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import { brokenMessage, messageOf, type Reason, reasonsFor } from './fallback_message.ts';
import type { Around } from './heartbeat.ts';

export type FallbackOptions = {
  /** Null: nobody is told. */
  readonly receiver: Receiver | null;
  /** Whether runs are mailed at all. */
  readonly mails: boolean;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted by a stop: then it is tried once. */
  readonly signal?: AbortSignal | undefined;
};

/** The way to alert that needs neither vault nor mailbox. */
export type Fallback = {
  /** One cycle, and behind it what there is to tell; the problem of not being able to tell is added to its record. */
  readonly around: Around;
  /** No run was begun. */
  broken(error: unknown): Promise<void>;
};

/**
 * Tells of a run that failed, was blind, did not trust the ledger or could not mail, and of one that never was.
 * INVARIANT: what goes wrong here ends nothing: it is a line in the log and a problem beside the others.
 */
export function createFallback({ receiver, mails, version, clock, log, signal }: FallbackOptions): Fallback {
  async function send(to: Receiver, body: string, about: { run: string | null; reasons: readonly Reason[] }) {
    const id = `msg_${randomUUID().replaceAll('-', '')}`;
    const why = await postSigned(to, { id, body }, clock, signal).catch(describeError);
    if (why === null) log.info('fallback.sent', { id, ...about });
    else log.error('fallback.failed', { id, ...about, why });
    return why;
  }

  async function broken(error: unknown): Promise<void> {
    if (receiver === null) return;
    await send(receiver, brokenMessage(error, version, clock.now()), { run: null, reasons: ['not-begun'] });
  }

  return {
    broken,
    async around(cycle) {
      const result = await cycle().catch(async (error: unknown) => {
        await broken(error);
        throw error;
      });
      const { record } = result;
      const reasons = reasonsFor(record, mails);
      if (receiver === null || record.dryRun || reasons.length === 0) return result;
      const about = { run: record.runId, reasons };
      const why = await send(receiver, messageOf(record, reasons, clock.now()), about);
      return why === null ? result : { ...result, record: { ...record, problems: [...record.problems, untold(why)] } };
    },
  };
}

const untold = (why: string): Problem => ({
  where: 'fallback',
  message: `the alert to ALERT_FALLBACK_URL could not be sent: ${why}`,
  advice:
    'look at the receiver behind ALERT_FALLBACK_URL, and with a private authority or a proxy at ALERT_CA_FILE and ALERT_PROXY',
});
