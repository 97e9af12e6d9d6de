import { backtest } from '../../analysis/backtest/backtest.ts';
import { backtestText, evidenceText } from '../../analysis/backtest/backtest_text.ts';
import type { Rescore } from '../../analysis/backtest/rescored.ts';
import { lastStandings } from '../../analysis/last_standings.ts';
import { rangeOf } from '../../analysis/replay/archived_runs.ts';
import { checkedArchive, leftOutWords } from '../../analysis/replay/checked_archive.ts';
import { readPastActions } from '../../analysis/replay/past_actions.ts';
import { onStopSignals } from '../../daemon/signals.ts';
import { TEXT_FLAG_NAMES } from '../../enrich/screening/text_flags.ts';
import { classLines } from '../../phrases/class_words.ts';
import { loadPolicy } from '../../policy/load.ts';
import { EXITS } from '../../run/exit_codes.ts';
import { agentUsersOf } from '../../run/facts.ts';
import { modelPrice, openBudget } from '../../score/budget/open_budget.ts';
import { loadPrompts } from '../../score/prompts.ts';
import { systemRandom } from '../../score/random.ts';
import { scoreStep } from '../../score/step.ts';
import { realDisk } from '../../store/disk.ts';
import { say, tell } from '../../terminal/say.ts';
import { jsonText } from '../../text/json.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { systemClock } from '../../util/clock.ts';
import { ConfigError } from '../../util/errors.ts';
import { openVault } from '../../vault/vault.ts';
import type { CommandContext } from '../context/command_context.ts';
import { offline } from '../context/offline.ts';
import { lockState, prepared } from '../context/prepared.ts';

export type BacktestChoices = {
  readonly range: string;
  readonly policy: string | null;
  readonly reasons: boolean;
  readonly rescore: boolean;
  readonly json: boolean;
};

export type EvidenceChoices = { readonly range: string; readonly policy: string | null; readonly json: boolean };

/** `portcullis policy evidence`: the part of a backtest that is about classes. Gives the exit code. */
export async function policyEvidenceCommand(context: CommandContext, choices: EvidenceChoices): Promise<number> {
  const { policyDir, stateDir, archive, settings, caps, promoteAt } = offline(context);
  const span = spanOf(choices.range);
  const policy = await loadPolicy(choices.policy ?? policyDir, { textFlags: TEXT_FLAG_NAMES });
  const { archive: checked, leftOut } = checkedArchive(archive, await readPastActions(stateDir));
  const about = { policy, trial: null, settings, caps, promoteAt, rescore: null };
  const result = await backtest({ archive: checked, span, leftOut, ...about });
  if (result === null) {
    tell(await nothingToReplay(archive.ids(), stateDir, choices.range));
    return EXITS.failed.code;
  }
  const { history, classes, measures } = result;
  const { recalled, unrated, unread } = measures;
  // Of the policy in use alone: a folder on trial was never enforced.
  const demoted =
    choices.policy === null ? (await lastStandings(archive)).filter(({ demotion }) => demotion !== null) : [];
  say(
    choices.json
      ? jsonText({
          history,
          promoteAt,
          recalled,
          unrated,
          unread,
          classes,
          demoted: demoted.map(({ demotion }) => demotion),
        })
      : evidenceText(result),
  );
  if (!choices.json) for (const line of classLines(demoted)) say(`! ${terminalLine(line, 500)}\n`);
  return EXITS.done.code;
}

/** `portcullis backtest`: what a policy would have done with the recorded runs. Gives the exit code. */
export async function backtestCommand(context: CommandContext, choices: BacktestChoices): Promise<number> {
  const span = spanOf(choices.range);
  const { policyDir, stateDir, archive, settings, caps, promoteAt } = offline(context);
  const load = (dir: string) => loadPolicy(dir, { textFlags: TEXT_FLAG_NAMES });
  const policy = await load(policyDir);
  const trial = choices.policy === null ? null : await load(choices.policy);
  const { archive: checked, leftOut } = checkedArchive(archive, await readPastActions(stateDir));
  const look = (rescore: Rescore | null) =>
    backtest({ archive: checked, span, policy, trial, settings, caps, promoteAt, rescore, leftOut });
  const result = choices.rescore ? await asking(context, look) : await look(null);
  if (result === null) {
    tell(await nothingToReplay(archive.ids(), stateDir, choices.range));
    for (const words of leftOutWords(leftOut())) tell(`! ${terminalLine(words, 500)}\n`);
    return EXITS.failed.code;
  }
  say(choices.json ? jsonText(result) : backtestText(result, { reasons: choices.reasons }));
  // A rating that could not be had holds the request, which makes any policy look careful.
  if (result.measures.dangerous.length > 0) return EXITS.failed.code;
  const unsure = (result.rescored?.problems.length ?? 0) + result.leftOut.runs.length + result.leftOut.lines;
  return unsure > 0 ? EXITS['done-with-problems'].code : EXITS.done.code;
}

/** @throws {ConfigError} */
function spanOf(range: string) {
  const length = rangeOf(range);
  if (length === null) {
    const message = `\`${range}\` must be a number of hours, days or weeks, such as \`60d\`, \`12h\` or \`8w\``;
    throw new ConfigError([{ setting: '--range', message }]);
  }
  const now = systemClock.now();
  return { from: now - length, to: now };
}

/**
 * With the model at hand, reached as a run reaches it, credentials included; so it takes the lock of a run as well.
 * INVARIANT: the part that writes is not constructed.
 */
async function asking<T>(context: CommandContext, work: (rescore: Rescore) => Promise<T>): Promise<T> {
  const clock = systemClock;
  const { config, log, progress } = prepared(context);
  const prompts = await loadPrompts(config.places.prompts);
  const price = await modelPrice(config);
  const agentUser = agentUsersOf(config)[0] ?? null;
  const stop = onStopSignals((signal) => log.warn('daemon.stopping', { signal }));
  const lock = await lockState(config, { clock, log, signal: stop.signal });
  const vault = openVault(config, { clock, log, disk: realDisk });
  try {
    const runId = `backtest ${new Date(clock.now()).toISOString()}`;
    return await work(
      scoreStep({
        ...{ config, prompts, agentUser, vault, signal: stop.signal, progress, clock, log, runId },
        random: systemRandom,
        // Assessments of earlier runs are not used: the point is to ask anew. It is paid from the same budget.
        budget: () => openBudget(config, price, { clock, disk: realDisk, log, runId, lockHeld: lock.held }),
      }),
    );
  } finally {
    progress.clear();
    for (const message of await vault.release()) log.error('run.problem', { where: 'credentials', message });
    vault.close();
    await lock.release();
  }
}

async function nothingToReplay(ids: Promise<readonly string[]>, stateDir: string, range: string): Promise<string> {
  const newest = (await ids).at(-1);
  return newest === undefined
    ? `portcullis: no run is archived in \`${terminalLine(stateDir)}\` yet: every run adds one, a dry run too\n`
    : `portcullis: no archived run of the last ${range} judged anything; the newest is ${terminalLine(newest)}\n`;
}
