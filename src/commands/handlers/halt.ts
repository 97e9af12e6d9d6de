import { resolve } from 'node:path';
import { loadSettings } from '../../config/load.ts';
import type { Halt } from '../../domain/halt.ts';
import { haltWords } from '../../phrases/halt_words.ts';
import { EXITS } from '../../run/exit_codes.ts';
import { realDisk } from '../../store/disk.ts';
import { halt, resume } from '../../store/halt.ts';
import { say, tell } from '../../terminal/say.ts';
import { plainLine } from '../../text/plain_text.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { systemClock } from '../../util/clock.ts';
import type { CommandContext } from '../context/command_context.ts';
import { personOf } from '../context/person.ts';

/**
 * `portcullis halt`: nothing in the vault is changed from the next action on, until somebody resumes. Takes no lock and
 * needs no other setting than STATE_DIR: it has to work while a run is under way and when the settings are broken.
 */
export async function haltCommand(
  { env }: CommandContext,
  { by: given, reason }: { by: string | null; reason: string | null },
): Promise<number> {
  const { STATE_DIR } = loadSettings(env, ['STATE_DIR']);
  const by = personOf('--by', given);
  const why = reason === null ? null : plainLine(reason, 300) || null;
  const empty = (await realDisk.names(STATE_DIR)).length === 0;
  const { before, unrecorded } = await halt(STATE_DIR, { at: systemClock.now(), by, reason: why });
  const said =
    before === null
      ? `Halted by ${by}: nothing in the vault is changed from the next action on.`
      : before.source === 'file'
        ? `Nothing to do: it was already ${wordsOf(before)}.`
        : `Halted by ${by}. Before, it was ${wordsOf(before)}.`;
  say(`${said}\nState folder: ${folder(STATE_DIR)}. \`portcullis resume\` ends it.\n`);
  // Whoever halts in a hurry may stand in the wrong folder.
  if (empty) tell('portcullis: that folder was empty: is it the one that the runs use (STATE_DIR)?\n');
  if (unrecorded !== null)
    tell(`portcullis: the halt is in force, but could not be logged: ${terminalLine(unrecorded)}\n`);
  return EXITS.done.code;
}

/** `portcullis resume`: ends a halt. Gives the exit code. */
export async function resumeCommand({ env }: CommandContext, { by: given }: { by: string | null }): Promise<number> {
  const { STATE_DIR } = loadSettings(env, ['STATE_DIR']);
  const by = personOf('--by', given);
  const before = await resume(STATE_DIR, { at: systemClock.now(), by });
  say(
    before === null
      ? `Nothing to do: it was not halted.\nState folder: ${folder(STATE_DIR)}.\n`
      : `Resumed by ${by}. Before, it was ${wordsOf(before)}.\nWhat was left undone stays eligible; the next run looks at it again.\n`,
  );
  if (env.HALT?.trim().toLowerCase() === 'true') {
    say('The setting HALT is on, too: take it away and start again.\n');
  }
  return EXITS.done.code;
}

const folder = (stateDir: string): string => terminalLine(resolve(stateDir));

const wordsOf = (halt: Halt): string => haltWords(halt, terminalLine);
