import { EXITS } from '../exit_codes.ts';
import { systemClock } from '../kit/clock.ts';
import { jsonText } from '../kit/json_text.ts';
import { loadPolicy } from '../policy/load.ts';
import { policyCheck } from '../policy_check/policy_check.ts';
import { policyCheckText } from '../policy_check/policy_check_text.ts';
import { policyTest } from '../policy_test/policy_test.ts';
import { policyTestText } from '../policy_test/policy_test_text.ts';
import { caseFiles } from '../policy_test/read_cases.ts';
import { TEXT_FLAG_NAMES } from '../screen/text_flags.ts';
import { say } from '../terminal/say.ts';
import { offline } from './offline.ts';
import type { Surroundings } from './surroundings.ts';

type Choices = { readonly policy: string | null; readonly json: boolean };

/** `portcullis policy check`: 0 also with warnings, 1 with errors; a folder that does not load is 2. */
export async function policyCheckCommand(surroundings: Surroundings, { policy, json }: Choices): Promise<number> {
  const { policyDir, archive, settings } = offline(surroundings);
  const loaded = await loadPolicy(policy ?? policyDir, { textFlags: TEXT_FLAG_NAMES });
  const now = systemClock.now();
  const result = await policyCheck({ policy: loaded, archive, settings, textFlags: TEXT_FLAG_NAMES, now });
  say(json ? jsonText(result) : policyCheckText(result));
  return (result.findings.some(({ level }) => level === 'error') ? EXITS.failed : EXITS.done).code;
}

/** `portcullis policy test`: 1 when a case fails; a mistake in a case is 2. */
export async function policyTestCommand(
  surroundings: Surroundings,
  files: readonly string[],
  { policy, json }: Choices,
): Promise<number> {
  const { policyDir } = offline(surroundings);
  const dir = policy ?? policyDir;
  const loaded = await loadPolicy(dir, { textFlags: TEXT_FLAG_NAMES });
  const result = await policyTest(loaded, files.length > 0 ? files : await caseFiles(dir));
  say(json ? jsonText(result) : policyTestText(result));
  return (result.results.some(({ differences }) => differences.length > 0) ? EXITS.failed : EXITS.done).code;
}
