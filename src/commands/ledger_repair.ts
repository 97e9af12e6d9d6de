import { type Repaired, repairRecord } from '../ledger/repair.ts';
import { EXITS } from '../run/exit_codes.ts';
import { takeLock } from '../store/lock.ts';
import { say, tell } from '../terminal/say.ts';
import { plainLine } from '../text/plain_text.ts';
import { terminalLine } from '../text/terminal_text.ts';
import { systemClock } from '../util/clock.ts';
import { ledgerAtHand } from './context/ledger_at_hand.ts';
import { osUser } from './context/os_user.ts';
import type { CommandContext } from './context/surroundings.ts';

/** `portcullis record repair`: takes the lock, so that no run is under way. Gives the exit code. */
export async function recordRepairCommand(
  context: CommandContext,
  given: { reason: string; by: string | null; keyFile: string | null },
): Promise<number> {
  const [by, reason] = [plainLine(given.by ?? osUser(), 100), plainLine(given.reason, 1000)];
  if (by === '' || reason === '') {
    tell('portcullis: --by and --reason must say something\n');
    return EXITS.usage.code;
  }
  const { stateDir, key, anchors } = await ledgerAtHand(context, { keyFile: given.keyFile, head: null });
  const lock = await takeLock(stateDir, systemClock);
  try {
    const repaired = await repairRecord({ stateDir, key, anchors, by, reason, clock: systemClock });
    say(textOf(repaired));
    return EXITS.done.code;
  } finally {
    await lock.release();
  }
}

function textOf(repaired: Repaired): string {
  switch (repaired.kind) {
    case 'whole':
      return 'Nothing to repair: snapshot and record are whole.\n';
    case 'snapshot':
      return `agent_state.json was made anew from the record. The damaged one is ${terminalLine(repaired.keptAs)}.\n`;
    case 'keyed':
      return `From entry ${repaired.entries + 1} on the record is sealed with the key. The ${repaired.entries} before it carry none, and stay as they are.\n`;
    case 'record': {
      const { why, keptAs, remembered, lostLines } = repaired;
      return [
        `A new record begins, because ${terminalLine(why)}.`,
        ...keptAs.map((place) => `  put aside: ${terminalLine(place)}`),
        `  ${remembered} ${remembered === 1 ? 'request counts' : 'requests count'} as acted on and will not be approved or rejected again.`,
        ...(lostLines === 0 ? [] : [`  ${lostLines} lines could not be read: look into the vault for what they told.`]),
        'Keep what was put aside: it is what there is to find out what happened.',
        '',
      ].join('\n');
    }
  }
}
