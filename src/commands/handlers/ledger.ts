import { resolve } from 'node:path';
import { ENTRY_KIND_NAMES, entryKindOf } from '../../ledger/entry.ts';
import { exportLedger } from '../../ledger/export.ts';
import { rangeOf } from '../../ledger/range.ts';
import { type Repaired, repairLedger } from '../../ledger/repair.ts';
import { verifyLedger } from '../../ledger/verify.ts';
import { verifyText } from '../../ledger/verify_text.ts';
import { noun, plural } from '../../phrases/plural.ts';
import { EXITS } from '../../run/exit_codes.ts';
import { realDisk } from '../../store/disk.ts';
import { takeLock } from '../../store/lock.ts';
import { hand, say, tell } from '../../terminal/say.ts';
import { jsonText } from '../../text/json.ts';
import { plainLine } from '../../text/plain_text.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { systemClock } from '../../util/clock.ts';
import { ConfigError } from '../../util/errors.ts';
import type { CommandContext } from '../context/command_context.ts';
import { ledgerSource } from '../context/ledger_source.ts';
import { offline } from '../context/offline.ts';
import { personOf } from '../context/person.ts';

/** `portcullis ledger verify`: reads files only and mends nothing. Gives the exit code: 5 when no run would act on what is there, or the archive is not what the ledger says. */
export async function ledgerVerifyCommand(
  context: CommandContext,
  { json, ...known }: { head: string | null; keyFile: string | null; json: boolean },
): Promise<number> {
  const at = await ledgerSource(context, known);
  const { archive } = offline(context);
  const verified = await verifyLedger({ ...at, archive });
  say(json ? jsonText(verified) : verifyText(verified));
  // Nothing to find fault with may also be the wrong folder.
  if ((await realDisk.names(at.stateDir)).length === 0) {
    const folder = terminalLine(resolve(at.stateDir));
    tell(`portcullis: nothing is in ${folder}: is it the folder that the runs use (STATE_DIR)?\n`);
  }
  const damaged = verified.whole ? (verified.archive?.damaged ?? []) : [];
  const usable = verified.whole && verified.snapshotDamage === null && damaged.length === 0;
  return (usable ? EXITS.done : EXITS['ledger-not-trusted']).code;
}

export type LedgerExportChoices = {
  readonly from: string;
  readonly to: string;
  readonly format: 'csv' | 'json';
  readonly kinds: readonly string[];
  readonly out: string | null;
  readonly keyFile: string | null;
};

/** `portcullis ledger export`: reads files only. Of a ledger that is broken nothing is exported. Gives the exit code. */
export async function ledgerExportCommand(context: CommandContext, choices: LedgerExportChoices): Promise<number> {
  const { format, keyFile, out } = choices;
  const range = rangeOf(choices.from, choices.to);
  const kinds = choices.kinds.map(known);
  // Before the ledger is read: what is written during the reading is later.
  const asked = systemClock.now();
  const at = await ledgerSource(context, { keyFile, head: null });
  const { text, entries } = await exportLedger(at, { range, kinds, format });
  // What a later run of the same day writes would stand in the same range tomorrow.
  if (range.to >= asked) {
    tell(
      `portcullis: the range is not over yet (it ends ${new Date(range.to).toISOString()}): the same export may hold more later\n`,
    );
  }
  if (out === null) {
    hand(text);
    if (entries === 0) tell('portcullis: the ledger has no such entry in that range\n');
  } else {
    await write(resolve(out), text);
    say(`${plural(entries, 'entry', 'entries')} written to ${out}\n`);
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

/** As it was given, so that the same command gives the same bytes. */
function known(name: string): string {
  if (entryKindOf(name) !== undefined) return name;
  const message = `\`${name}\` is none of ${ENTRY_KIND_NAMES.join(', ')}`;
  throw new ConfigError([{ setting: '--kind', message }]);
}

/** `portcullis ledger repair`: takes the lock, so that no run is under way. Gives the exit code. */
export async function ledgerRepairCommand(
  context: CommandContext,
  given: { reason: string; by: string | null; keyFile: string | null },
): Promise<number> {
  const by = personOf('--by', given.by);
  const reason = plainLine(given.reason, 1000);
  if (reason === '') throw new ConfigError([{ setting: '--reason', message: 'must say something' }]);
  const { stateDir, key, anchors } = await ledgerSource(context, { keyFile: given.keyFile, head: null });
  const lock = await takeLock(stateDir, systemClock);
  try {
    const repaired = await repairLedger({ stateDir, key, anchors, by, reason, clock: systemClock });
    say(textOf(repaired));
    return EXITS.done.code;
  } finally {
    await lock.release();
  }
}

function textOf(repaired: Repaired): string {
  switch (repaired.kind) {
    case 'whole':
      return 'Nothing to repair: snapshot and ledger are whole.\n';
    case 'snapshot':
      return `agent_state.json was made anew from the ledger. The damaged one is ${terminalLine(repaired.keptAs)}.\n`;
    case 'keyed':
      return `From entry ${repaired.entries + 1} on the ledger is sealed with the key. The ${repaired.entries} before it carry none, and stay as they are.\n`;
    case 'ledger': {
      const { why, keptAs, acted, lostLines } = repaired;
      return [
        `A new ledger begins, because ${terminalLine(why)}.`,
        ...keptAs.map((place) => `  put aside: ${terminalLine(place)}`),
        `  ${plural(acted, 'request counts', 'requests count')} as acted on and will not be approved or rejected again.`,
        ...(lostLines === 0
          ? []
          : [
              `  ${plural(lostLines, 'line')} could not be read: look into the vault for what ${noun(lostLines, 'it', 'they')} told.`,
            ]),
        'Keep what was put aside: it is what there is to find out what happened.',
        '',
      ].join('\n');
    }
  }
}
