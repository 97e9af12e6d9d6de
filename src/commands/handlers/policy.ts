import { policyTest, policyTestJson, policyTestText } from '../../analysis/cases/policy_test.ts';
import { caseFiles } from '../../analysis/cases/read_cases.ts';
import { catalogOf } from '../../analysis/catalog/catalog.ts';
import { catalogText } from '../../analysis/catalog/catalog_text.ts';
import { policyCheck, policyCheckText } from '../../analysis/lint/policy_check.ts';
import { checkedArchive } from '../../analysis/replay/checked_archive.ts';
import { readPastActions } from '../../analysis/replay/past_actions.ts';
import { why } from '../../analysis/why/why.ts';
import { whyNothing, whyText } from '../../analysis/why/why_text.ts';
import { TEXT_FLAG_NAMES } from '../../enrich/screening/text_flags.ts';
import { loadPolicy } from '../../policy/load.ts';
import { EXITS } from '../../run/exit_codes.ts';
import { say, tell } from '../../terminal/say.ts';
import { jsonText } from '../../text/json.ts';
import { systemClock } from '../../util/clock.ts';
import type { CommandContext } from '../context/command_context.ts';
import { offline } from '../context/offline.ts';

type Choices = { readonly policy: string | null; readonly json: boolean };

/** `portcullis policy check`: 0 also with warnings, 1 with errors; a folder that does not load is 2. */
export async function policyCheckCommand(context: CommandContext, { policy, json }: Choices): Promise<number> {
  const { policyDir, stateDir, archive: archived, settings } = offline(context);
  const { archive } = checkedArchive(archived, await readPastActions(stateDir));
  const loaded = await loadPolicy(policy ?? policyDir, { textFlags: TEXT_FLAG_NAMES });
  const now = systemClock.now();
  const result = await policyCheck({ policy: loaded, archive, settings, textFlags: TEXT_FLAG_NAMES, now });
  say(json ? jsonText(result) : policyCheckText(result));
  return (result.findings.some(({ level }) => level === 'error') ? EXITS.failed : EXITS.done).code;
}

/** `portcullis policy test`: 1 when a case fails; a mistake in a case is 2. */
export async function policyTestCommand(
  context: CommandContext,
  { files, policy, json }: Choices & { readonly files: readonly string[] },
): Promise<number> {
  const { policyDir } = offline(context);
  const dir = policy ?? policyDir;
  const loaded = await loadPolicy(dir, { textFlags: TEXT_FLAG_NAMES });
  const result = await policyTest(loaded, files.length > 0 ? files : await caseFiles(dir));
  say(json ? jsonText(policyTestJson(result)) : policyTestText(result));
  return (result.results.some(({ differences }) => differences.length > 0) ? EXITS.failed : EXITS.done).code;
}

/** `portcullis policy why`: reads files only; 1 when no archived run knows the id. */
export async function policyWhyCommand(
  context: CommandContext,
  { id, policy, json }: Choices & { readonly id: string },
): Promise<number> {
  const { policyDir, stateDir, archive: archived } = offline(context);
  const { archive } = checkedArchive(archived, await readPastActions(stateDir));
  const loaded = await loadPolicy(policy ?? policyDir, { textFlags: TEXT_FLAG_NAMES });
  const found = await why(archive, loaded, id);
  if ('rows' in found) {
    say(json ? jsonText(found) : whyText(found));
    return EXITS.done.code;
  }
  tell(whyNothing(id, found));
  return EXITS.failed.code;
}

/** `portcullis policy catalog`: reads files only. */
export async function policyCatalogCommand(context: CommandContext, { policy, json }: Choices): Promise<number> {
  const { policyDir, archive } = offline(context);
  const loaded = await loadPolicy(policy ?? policyDir, { textFlags: TEXT_FLAG_NAMES });
  const catalog = await catalogOf(loaded, archive, systemClock.now());
  say(json ? jsonText(catalog) : catalogText(catalog));
  return EXITS.done.code;
}
