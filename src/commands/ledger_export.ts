import { resolve } from 'node:path';
import { ENTRY_KIND_NAMES, type EntryKind } from '../ledger/entry.ts';
import { exportRecord } from '../ledger/export.ts';
import { rangeOf } from '../ledger/range.ts';
import { EXITS } from '../run/exit_codes.ts';
import { realDisk } from '../store/disk.ts';
import { hand, say, tell } from '../terminal/say.ts';
import { systemClock } from '../util/clock.ts';
import { ConfigError } from '../util/errors.ts';
import { ledgerAtHand } from './context/ledger_at_hand.ts';
import type { CommandContext } from './context/surroundings.ts';

export type RecordExportChoices = {
  readonly from: string;
  readonly to: string;
  readonly format: 'csv' | 'json';
  readonly kinds: readonly string[];
  readonly out: string | null;
  readonly keyFile: string | null;
};

/** `portcullis record export`: reads files only. Of a record that is broken nothing is handed out. Gives the exit code. */
export async function recordExportCommand(context: CommandContext, choices: RecordExportChoices): Promise<number> {
  const { format, keyFile, out } = choices;
  const range = rangeOf(choices.from, choices.to);
  const kinds = choices.kinds.map(kindOf);
  // Before the record is read: what is written during the reading is later.
  const asked = systemClock.now();
  const at = await ledgerAtHand(context, { keyFile, head: null });
  const { text, entries } = await exportRecord(at, { range, kinds, format });
  // What the run of tonight puts on record would stand in the same range tomorrow.
  if (range.to >= asked) {
    tell(
      `portcullis: the range is not over yet (it ends ${new Date(range.to).toISOString()}): the same export may hold more later\n`,
    );
  }
  const number = `${entries} ${entries === 1 ? 'entry' : 'entries'}`;
  if (out === null) {
    hand(text);
    if (entries === 0) tell('portcullis: the record has no such entry in that range\n');
  } else {
    await write(resolve(out), text);
    say(`${number} written to ${out}\n`);
  }
  return EXITS.done.code;
}

/** Never over another file. The same export again is there already. */
async function write(file: string, text: string): Promise<void> {
  const there = await realDisk.read(file);
  if (there === text) return;
  if (there !== null) {
    const message = `\`${file}\` is there already and holds something else: name another file`;
    throw new ConfigError([{ setting: '--out', message }]);
  }
  await realDisk.replace(file, text);
}

function kindOf(name: string): EntryKind {
  const kind = ENTRY_KIND_NAMES.find((one) => one === name);
  if (kind !== undefined) return kind;
  const message = `\`${name}\` is none of ${ENTRY_KIND_NAMES.join(', ')}`;
  throw new ConfigError([{ setting: '--kind', message }]);
}
