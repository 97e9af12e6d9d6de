import { EXITS } from '../exit_codes.ts';
import { explain } from '../explain/explain.ts';
import { explanationText } from '../explain/explain_text.ts';
import { findRequest } from '../explain/find.ts';
import { foundNothing } from '../explain/not_found_text.ts';
import { jsonText } from '../kit/json_text.ts';
import { loadPolicy } from '../policy/load.ts';
import { readPastActions } from '../replay/past_actions.ts';
import { TEXT_FLAG_NAMES } from '../screen/text_flags.ts';
import { say, tell } from '../terminal/say.ts';
import { offline } from './offline.ts';
import type { Surroundings } from './surroundings.ts';

/** `portcullis explain`: reads files only, so that it can be asked while a run is under way. Gives the exit code. */
export async function explainCommand(
  surroundings: Surroundings,
  id: string,
  { run, json }: { run: string | null; json: boolean },
): Promise<number> {
  const { stateDir, policyDir, archive } = offline(surroundings);
  const policy = await loadPolicy(policyDir, { textFlags: TEXT_FLAG_NAMES });
  const found = await findRequest(archive, id, run);
  if (!('record' in found)) {
    tell(foundNothing(id, run, found));
    return EXITS.failed.code;
  }
  const explanation = explain(found, policy, await readPastActions(stateDir));
  say(json ? jsonText(explanation) : explanationText(explanation));
  return EXITS.done.code;
}
