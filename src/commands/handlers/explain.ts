import { findRecorded } from '../../analysis/explain/believed.ts';
import { explain, explanationJson } from '../../analysis/explain/explain.ts';
import { explanationText, foundNothing, notBelieved, recordNote } from '../../analysis/explain/explain_text.ts';
import type { Reviewed } from '../../domain/run_record.ts';
import { TEXT_FLAG_NAMES } from '../../enrich/screening/text_flags.ts';
import { isChanged } from '../../ledger/bindings.ts';
import { loadPolicy } from '../../policy/load.ts';
import { agentazForm } from '../../report/agentaz_form.ts';
import { EXITS } from '../../run/exit_codes.ts';
import { realDisk } from '../../store/disk.ts';
import { say, tell } from '../../terminal/say.ts';
import { jsonText } from '../../text/json.ts';
import type { CommandContext } from '../context/command_context.ts';
import { offline } from '../context/offline.ts';

type Asked = {
  readonly requestId: string;
  readonly run: string | null;
  readonly json: boolean;
  readonly format: 'agentaz' | null;
};

/** `portcullis explain`: reads files only, so that it can be asked while a run is under way. Gives the exit code. */
export async function explainCommand(
  context: CommandContext,
  { requestId, run: runId, json, format }: Asked,
): Promise<number> {
  const { stateDir, policyDir, archive } = offline(context);
  // The form tells what was decided then, whatever the policies are now.
  const policy = format === null ? await loadPolicy(policyDir, { textFlags: TEXT_FLAG_NAMES }) : null;
  const recorded = await findRecorded({ archive, stateDir, disk: realDisk }, requestId, runId);
  if (recorded.kind === 'not-found') {
    tell(foundNothing(requestId, runId, recorded.missing));
    return EXITS.failed.code;
  }
  if (recorded.kind === 'not-believed') {
    if (format === 'agentaz') tell(notBelieved(recorded.about));
    else say(json ? jsonText(recorded.about) : notBelieved(recorded.about));
    return EXITS.failed.code;
  }
  const { found, past, check, record } = recorded;
  if (policy === null) {
    if (record.kind !== 'true') tell(recordNote(record));
    say(jsonText(agentazForm(found.reviewed)));
    return EXITS.done.code;
  }
  // The other lines tell what the person holds: those that were changed tell nothing.
  const believed = (one: Reviewed) => check === null || !isChanged(check, one.dossier.request.id);
  const run = { ...found.record, reviewed: found.record.reviewed.filter(believed) };
  const explanation = explain({ ...found, record: run }, policy, past);
  if (json) say(jsonText({ ...explanationJson(explanation), record }));
  else say(`${recordNote(record)}${explanationText(explanation)}`);
  return EXITS.done.code;
}
