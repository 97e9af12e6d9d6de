import { explain, explanationJson } from '../../analysis/explain/explain.ts';
import { explanationText, foundNothing } from '../../analysis/explain/explain_text.ts';
import { findRequest } from '../../analysis/explain/find.ts';
import { readPastActions } from '../../analysis/replay/past_actions.ts';
import { TEXT_FLAG_NAMES } from '../../enrich/screening/text_flags.ts';
import { loadPolicy } from '../../policy/load.ts';
import { EXITS } from '../../run/exit_codes.ts';
import { say, tell } from '../../terminal/say.ts';
import { jsonText } from '../../text/json.ts';
import type { CommandContext } from '../context/command_context.ts';
import { offline } from '../context/offline.ts';

/** `portcullis explain`: reads files only, so that it can be asked while a run is under way. Gives the exit code. */
export async function explainCommand(
  context: CommandContext,
  { requestId, run, json }: { requestId: string; run: string | null; json: boolean },
): Promise<number> {
  const { stateDir, policyDir, archive } = offline(context);
  const policy = await loadPolicy(policyDir, { textFlags: TEXT_FLAG_NAMES });
  const found = await findRequest(archive, requestId, run);
  if (!('record' in found)) {
    tell(foundNothing(requestId, run, found));
    return EXITS.failed.code;
  }
  const explanation = explain(found, policy, await readPastActions(stateDir));
  say(json ? jsonText(explanationJson(explanation)) : explanationText(explanation));
  return EXITS.done.code;
}
