import { resolve } from 'node:path';
import { verifyRecord } from '../ledger/verify.ts';
import { verifyText } from '../ledger/verify_text.ts';
import { EXITS } from '../run/exit_codes.ts';
import { realDisk } from '../store/disk.ts';
import { say, tell } from '../terminal/say.ts';
import { jsonText } from '../text/json.ts';
import { terminalLine } from '../text/terminal_text.ts';
import { ledgerAtHand } from './context/ledger_at_hand.ts';
import type { CommandContext } from './context/surroundings.ts';

/** `portcullis verify`: reads files only and mends nothing. Gives the exit code: 5 when no run would act on what is there. */
export async function verifyCommand(
  context: CommandContext,
  { json, ...known }: { head: string | null; keyFile: string | null; json: boolean },
): Promise<number> {
  const at = await ledgerAtHand(context, known);
  const verified = await verifyRecord(at);
  say(json ? jsonText(verified) : verifyText(verified));
  // Nothing to find fault with may also be the wrong folder.
  if ((await realDisk.names(at.stateDir)).length === 0) {
    const folder = terminalLine(resolve(at.stateDir));
    tell(`portcullis: nothing is in ${folder}: is it the folder that the runs use (STATE_DIR)?\n`);
  }
  const usable = verified.whole && verified.snapshotDamage === null;
  return (usable ? EXITS.done : EXITS['ledger-not-trusted']).code;
}
