import { EXITS } from '../exit_codes.ts';
import { jsonText } from '../kit/json_text.ts';
import { verifyRecord } from '../record/verify_record.ts';
import { verifyText } from '../record/verify_text.ts';
import { say } from '../terminal/say.ts';
import { recordAtHand } from './record_at_hand.ts';
import type { Surroundings } from './surroundings.ts';

/** `portcullis verify`: reads files only and mends nothing. Gives the exit code: 5 when no run would act on what is there. */
export async function verifyCommand(
  surroundings: Surroundings,
  { json, ...known }: { head: string | null; keyFile: string | null; json: boolean },
): Promise<number> {
  const verified = await verifyRecord(await recordAtHand(surroundings, known));
  say(json ? jsonText(verified) : verifyText(verified));
  const usable = verified.whole && verified.snapshotDamage === null;
  return (usable ? EXITS.done : EXITS['memory-not-trusted']).code;
}
