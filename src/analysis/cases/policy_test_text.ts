import { pluralInWords } from '../../phrases/plural.ts';
import { ruleName, ruleWords } from '../../phrases/rule_words.ts';
import { placed } from '../../policy/place.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { labelled } from '../../text/wrap.ts';
import type { PolicyTestResult } from './policy_test.ts';

/** One line per case; for one that fails, what differed and what the decision was. */
export function policyTestText({ policy, results, untested }: PolicyTestResult): string {
  const failed = results.filter(({ differences }) => differences.length > 0);
  const lines = results.flatMap(({ name, place, differences, decision }) => {
    if (differences.length === 0) return [labelled('✓', name, 2)];
    const because = decision.rules.map((trace) => `${ruleName(trace)}: ${ruleWords(trace)}`);
    return [
      labelled('✗', `${name} (${placed(place)})`, 2),
      ...differences.map((one) => labelled('', one, 4)),
      ...because.map((one, i) => labelled(i === 0 ? '    because' : '', one, 12)),
    ];
  });
  const count = pluralInWords(results.length, 'case');
  const verdict =
    failed.length === 0
      ? `✓ ${count}, all as expected by ${terminalLine(policy.dir)} (${policy.digest.slice(0, 12)})`
      : `✗ ${failed.length} of ${count} failed by ${terminalLine(policy.dir)} (${policy.digest.slice(0, 12)})`;
  const bare = untested.length === 0 ? [] : [labelled('!', `no case is about ${untested.join(', ')}`, 2)];
  return `${[...lines, '', verdict, ...bare].join('\n')}\n`;
}
