import { resolve } from 'node:path';
import { EXITS } from '../exit_codes.ts';
import { jsonText } from '../kit/json_text.ts';
import { terminalLine } from '../kit/terminal_text.ts';
import { verifyRecord } from '../record/verify_record.ts';
import { verifyText } from '../record/verify_text.ts';
import { realDisk } from '../state/disk.ts';
import { say, tell } from '../terminal/say.ts';
import { recordAtHand } from './record_at_hand.ts';
import type { Surroundings } from './surroundings.ts';

/** `portcullis verify`: reads files only and mends nothing. Gives the exit code: 5 when no run would act on what is there. */
export async function verifyCommand(
  surroundings: Surroundings,
  { json, ...known }: { head: string | null; keyFile: string | null; json: boolean },
): Promise<number> {
  const at = await recordAtHand(surroundings, known);
  const verified = await verifyRecord(at);
  say(json ? jsonText(verified) : verifyText(verified));
  // Nothing to find fault with may also be the wrong folder.
  if ((await realDisk.names(at.stateDir)).length === 0) {
    const folder = terminalLine(resolve(at.stateDir));
    tell(`portcullis: nothing is in ${folder}: is it the folder that the runs use (STATE_DIR)?\n`);
  }
  const usable = verified.whole && verified.snapshotDamage === null;
  return (usable ? EXITS.done : EXITS['memory-not-trusted']).code;
}
