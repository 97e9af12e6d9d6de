import type { Problem } from '../domain/run_record.ts';
import type { Clock } from '../util/clock.ts';
import { describeError, UpstreamError } from '../util/errors.ts';
import { MAX_MAILS, marked, repeated, sortBacklog } from './backlog.ts';
import type { Mailer } from './graph_mailer.ts';
import { type Mail, tellsOfActions } from './mail.ts';
import type { KeptMail, MailState, Outbox } from './outbox.ts';
import { openPatience, type Patience } from './patience.ts';

export type Delivery = {
  readonly outbox: Outbox;
  readonly mailer: Mailer;
  readonly clock: Clock;
  /** Makes this run's mail, with remarks about earlier ones in it; null when no trigger fired. */
  readonly compose: ((remarks: readonly string[]) => Mail) | null;
  /** False once another process may own the state folder, and with it the box. */
  readonly lockHeld: () => boolean;
  readonly signal?: AbortSignal | undefined;
};

export type Delivered = {
  readonly sent: number;
  readonly problems: readonly Problem[];
  /** The sentences about earlier mails that this run's mail carries. */
  readonly remarks: readonly string[];
};

/**
 * Sends what earlier runs could not, then the mail of this run. That one is on disk first: whatever happens to the
 * process while it waits for a credential, the next run will find it. A failure is a value here, never an exception.
 *
 * INVARIANT: a mail whose fate is not known goes out once more, and never again, when it tells of actions: by the next
 * run, marked as possibly repeated. Any other does not; the next mail says that it may be missing.
 * INVARIANT: without the lock nothing is sent and nothing in the box is changed; this run's mail is only put there, for
 * whoever has the lock.
 */
export async function deliver({ outbox, mailer, clock, compose, lockHeld, signal }: Delivery): Promise<Delivered> {
  const found = await outbox.read();
  const problems: Problem[] = [...found.problems];
  const backlog = sortBacklog(found.kept, clock.now(), compose === null ? MAX_MAILS : MAX_MAILS - 1);
  const remarks = compose === null ? [] : backlog.lost.map(({ remark }) => remark);
  const attempt = { outbox, mailer, clock, lockHeld, signal, problems, patience: openPatience(clock) };

  const mail = compose?.(remarks) ?? null;
  const own = mail === null ? null : await keep(outbox, mail, problems);
  // Only now that the remark is on disk, in the mail that carries it.
  if (own !== null) for (const { kept } of backlog.lost) await forget(attempt, kept);

  let sent = 0;
  let result: Result = 'sent';
  for (const due of backlog.due) {
    result = await sendKept(attempt, due, marked(due));
    if (result === 'sent') sent++;
    else if (result !== 'refused') break;
  }
  if (mail === null) return { sent, problems, remarks };
  if (result === 'hopeless' && own !== null) {
    problems.push({
      where: 'alert',
      message: `the mail of run ${mail.runId} was not tried, ${AFTERWARDS.kept}`,
      advice: null,
    });
    return { sent, problems, remarks };
  }
  result = own === null ? await sendUnkept(attempt, mail) : await sendKept(attempt, own, mail);
  if (result === 'sent' && own === null) for (const { kept } of backlog.lost) await forget(attempt, kept);
  return { sent: sent + (result === 'sent' ? 1 : 0), problems, remarks };
}

/**
 * `refused` concerns this mail alone. After `unreachable` no more old mails are tried, but today's is worth one attempt.
 * After `hopeless` (no token, no secret, no disk, no lock) not even that: it could mean waiting for an authorizer a second
 * time.
 */
type Result = 'sent' | 'refused' | 'unreachable' | 'hopeless';
type Attempt = Omit<Delivery, 'compose'> & { readonly problems: Problem[]; readonly patience: Patience };

const NO_LOCK = 'the lock on the state folder was lost';

async function sendKept(attempt: Attempt, kept: KeptMail, mail: Mail): Promise<Result> {
  const { outbox, mailer, lockHeld, signal, problems, patience } = attempt;
  const leaving = kept.state === 'pending' ? 'sending' : 'repeating';
  let current = kept;
  for (let tried = 1; ; tried++) {
    try {
      if (!lockHeld()) throw new Error(NO_LOCK);
      await mailer.send(mail, signal, async () => {
        // Signing in may have taken long enough for the machine to sleep in between.
        if (!lockHeld()) throw new Error(NO_LOCK);
        current = await outbox.update(current, { state: leaving });
      });
    } catch (error) {
      const unknown = current.state === leaving && mayHaveGoneOut(error);
      const change = {
        state: stateAfter(kept.state, unknown),
        attempts: kept.attempts + tried,
        reason: describeError(error),
      };
      // When even this cannot be written the file says that it left, which the next run believes: the careful side.
      if (lockHeld()) {
        current = await outbox.update(current, change).catch((e: unknown) => {
          problems.push(storageProblem(e));
          return current;
        });
      }
      if (!unknown && (await patience.pause(error, tried, signal))) continue;
      problems.push(problemOf(mail, error, afterwards(change.state, mail)));
      return resultOf(error);
    }
    await forget(attempt, current);
    return 'sent';
  }
}

/** What a mail is after it did not surely arrive, by what it was before. */
function stateAfter(before: MailState, unknown: boolean): MailState {
  if (before === 'pending') return unknown ? 'unknown' : 'pending';
  return unknown ? 'repeating' : 'unknown';
}

/** The disk is full or read-only: better a mail without a safety net than no mail about it. */
async function sendUnkept(
  { mailer, clock, lockHeld, signal, problems, patience }: Attempt,
  own: Mail,
): Promise<Result> {
  let mail = own;
  for (let tried = 1; ; tried++) {
    let leaving = false;
    try {
      if (!lockHeld()) throw new Error(NO_LOCK);
      await mailer.send(mail, signal, async () => {
        leaving = true;
      });
      return 'sent';
    } catch (error) {
      const unknown = leaving && mayHaveGoneOut(error);
      if (!unknown && (await patience.pause(error, tried, signal))) continue;
      // No next run will find it: the second time is now.
      if (unknown && mail === own && tellsOfActions(own) && signal?.aborted !== true) {
        mail = repeated(own, clock.now());
        continue;
      }
      problems.push(problemOf(mail, error, unknown || mail !== own ? 'lost' : 'gone'));
      return resultOf(error);
    }
  }
}

async function keep(outbox: Outbox, mail: Mail, problems: Problem[]): Promise<KeptMail | null> {
  try {
    return await outbox.add(mail);
  } catch (error) {
    problems.push(storageProblem(error));
    return null;
  }
}

async function forget({ outbox, lockHeld, problems }: Attempt, kept: KeptMail): Promise<void> {
  if (!lockHeld()) return;
  await outbox.remove(kept).catch((error: unknown) => problems.push(storageProblem(error)));
}

/** An error that nobody foresaw, after the mail was on its way, counts as "may have". */
function mayHaveGoneOut(error: unknown): boolean {
  return error instanceof UpstreamError ? error.upstream === 'mail' && error.maybeDone : true;
}

function resultOf(error: unknown): Result {
  if (!(error instanceof UpstreamError) || error.upstream !== 'mail') return 'hopeless';
  // Who is throttled is so with every mail.
  if (error.status === THROTTLED) return 'unreachable';
  return error.code === 'refused' || error.code === 'server-error' ? 'refused' : 'unreachable';
}

const THROTTLED = 429;

const AFTERWARDS = {
  kept: 'it is kept and sent by the next run',
  repeat: 'it may or may not have arrived and is sent once more by the next run, marked as possibly repeated',
  lost: 'it may or may not have arrived and is not sent again',
  gone: 'it could not be kept either',
} as const;

function afterwards(state: MailState, mail: Mail): keyof typeof AFTERWARDS {
  if (state === 'pending') return 'kept';
  return state === 'unknown' && tellsOfActions(mail) ? 'repeat' : 'lost';
}

function problemOf({ runId }: Mail, error: unknown, then: keyof typeof AFTERWARDS): Problem {
  return {
    where: 'alert',
    message: `the mail of run ${runId} failed, ${AFTERWARDS[then]}: ${describeError(error)}`,
    advice: error instanceof UpstreamError ? error.advice : null,
  };
}

const storageProblem = (error: unknown): Problem => ({
  where: 'alert',
  message: describeError(error),
  advice: 'look at the rights and the free space of the state folder',
});
