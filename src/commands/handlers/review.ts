import { loadSettings } from '../../config/load.ts';
import { mayBeSameUser } from '../../domain/account_name.ts';
import type { BreakGlassUse } from '../../domain/run_record.ts';
import { utcMinute } from '../../phrases/time_words.ts';
import { EXITS } from '../../run/exit_codes.ts';
import { addReview } from '../../store/reviews.ts';
import { lastRecord, openRunArchive } from '../../store/run_archive.ts';
import { say, tell } from '../../terminal/say.ts';
import { plainLine } from '../../text/plain_text.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { systemClock } from '../../util/clock.ts';
import type { CommandContext } from '../context/command_context.ts';

/**
 * `portcullis review`: a person writes down that they looked at a use of break-glass access. Takes no lock, so that it
 * works while the daemon runs: one line is appended, and the next run reads it. Gives the exit code.
 */
export async function reviewCommand(
  { env }: CommandContext,
  { requestId, by: given, note: text }: { requestId: string; by: string; note: string },
): Promise<number> {
  const { STATE_DIR, RUN_HISTORY_KEEP } = loadSettings(env, ['STATE_DIR', 'RUN_HISTORY_KEEP']);
  const [by, note] = [plainLine(given, 100), plainLine(text, 2000)];
  if (by === '' || note === '') return refused('--by and --note must say something', EXITS.usage.code);
  const last = await lastRecord(openRunArchive(STATE_DIR, RUN_HISTORY_KEEP));
  if (last === null) return refused('there is no record of a run yet; `portcullis run` makes one');
  const use = (last.breakGlass ?? []).find((one) => one.requestId === requestId);
  if (use === undefined) return refused(notBreakGlass(requestId, last.runId, last.breakGlass ?? []));
  // INVARIANT: whoever used emergency access is not the one who says that it was in order.
  if (mayBeSameUser(by, use.requestor)) return refused(`\`${by}\` used it: somebody else has to review it`);

  const { requestor, subject, status, since } = use;
  const at = systemClock.now();
  await addReview(STATE_DIR, { at, by, request: requestId, what: { requestor, subject, status, since }, note });
  const earlier =
    use.reviewed === null
      ? ''
      : ` (${terminalLine(use.reviewed.by, 100)} reviewed it before, ${utcMinute(use.reviewed.at)})`;
  say(
    `Recorded: ${by} reviewed the break-glass access of ${terminalLine(requestor, 100)} to ${terminalLine(subject, 100)}${earlier}.\n`,
  );
  return EXITS.done.code;
}

function notBreakGlass(requestId: string, runId: string, uses: readonly BreakGlassUse[]): string {
  const open = uses.filter(({ reviewed }) => reviewed === null).map((use) => terminalLine(use.requestId, 100));
  const known = open.length === 0 ? 'none waits for a review' : `these wait for a review: ${open.join(', ')}`;
  return `run \`${terminalLine(runId, 100)}\`, the last one, does not know \`${terminalLine(requestId, 100)}\` as break-glass access; ${known}`;
}

function refused(why: string, code: number = EXITS.failed.code): number {
  tell(`portcullis: ${why}\n  nothing was recorded\n`);
  return code;
}
