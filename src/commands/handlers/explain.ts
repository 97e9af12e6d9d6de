import { explain, explanationJson } from '../../analysis/explain/explain.ts';
import { explanationText, foundNothing, notBelieved, recordNote } from '../../analysis/explain/explain_text.ts';
import { findRequest } from '../../analysis/explain/find.ts';
import { recordState } from '../../analysis/replay/checked_archive.ts';
import { readPastActions } from '../../analysis/replay/past_actions.ts';
import type { Reviewed } from '../../domain/run_record.ts';
import { TEXT_FLAG_NAMES } from '../../enrich/screening/text_flags.ts';
import { isChanged } from '../../ledger/bindings.ts';
import { loadPolicy } from '../../policy/load.ts';
import { EXITS } from '../../run/exit_codes.ts';
import { realDisk } from '../../store/disk.ts';
import { say, tell } from '../../terminal/say.ts';
import { jsonText } from '../../text/json.ts';
import type { CommandContext } from '../context/command_context.ts';
import { offline } from '../context/offline.ts';

/** `portcullis explain`: reads files only, so that it can be asked while a run is under way. Gives the exit code. */
export async function explainCommand(
  context: CommandContext,
  { requestId, run: runId, json }: { requestId: string; run: string | null; json: boolean },
): Promise<number> {
  const { stateDir, policyDir, archive } = offline(context);
  const policy = await loadPolicy(policyDir, { textFlags: TEXT_FLAG_NAMES });
  const found = await findRequest(archive, requestId, runId);
  if (!('record' in found)) {
    tell(foundNothing(requestId, runId, found));
    return EXITS.failed.code;
  }
  const past = await readPastActions(stateDir, realDisk, requestId);
  const check = past.unreadable === null ? await past.bindings.check(found.record) : null;
  const record = recordState(check, requestId);
  if (record.kind === 'changed' || record.kind === 'unbound') {
    const decided = past.bindings.decided(found.record.runId, requestId);
    const about = { request: requestId, run: found.record.runId, record, decided };
    say(json ? jsonText(about) : notBelieved(about));
    return EXITS.failed.code;
  }
  // The other lines tell what the person holds: those that were changed tell nothing.
  const believed = (one: Reviewed) => check === null || !isChanged(check, one.dossier.request.id);
  const run = { ...found.record, reviewed: found.record.reviewed.filter(believed) };
  const explanation = explain({ ...found, record: run }, policy, past);
  if (json) say(jsonText({ ...explanationJson(explanation), record }));
  else say(`${recordNote(record)}${explanationText(explanation)}`);
  return EXITS.done.code;
}
