import { noun, plural, pluralInWords } from '../../phrases/plural.ts';
import { placed } from '../../policy/place.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { labelled, PAGE_WIDTH, wrapped } from '../../text/wrap.ts';
import { type CheckFinding, LEVELS } from './lints.ts';
import type { PolicyCheck } from './policy_check.ts';

/** Errors, then warnings, then notes, each with its place. */
export function policyCheckText({ policy, archive, madeUp, findings }: PolicyCheck): string {
  const requests = archive.active + archive.granted;
  const lines = (Object.keys(LEVELS) as CheckFinding['level'][]).flatMap((level) =>
    findings.filter((one) => one.level === level).map(findingLine),
  );
  const runs = pluralInWords(archive.runs, 'archived run');
  const head = `${policy.dir} (${policy.digest.slice(0, 12)}): ${plural(policy.policies, 'policy', 'policies')} and ${plural(policy.rows, 'row')} of the mapping load; tried on ${plural(madeUp, 'made-up request')} and on ${requests} of ${runs}`;
  return `${[...wrapped(head, PAGE_WIDTH), ...(lines.length === 0 ? [] : ['', ...lines]), '', verdict(findings)].join(
    '\n',
  )}\n`;
}

function findingLine({ level, message, place }: CheckFinding): string {
  const at = place === null ? '' : ` (${placed(place)})`;
  const name = level === 'note' ? '' : `${level}: `;
  return labelled(LEVELS[level], `${name}${terminalLine(message, 1500)}${at}`, 2);
}

function verdict(findings: readonly CheckFinding[]): string {
  const count = (level: CheckFinding['level'], word: string) => {
    const found = findings.filter((one) => one.level === level).length;
    return found === 0 ? `no ${noun(0, word)}` : plural(found, word);
  };
  const bad = findings.some(({ level }) => level === 'error');
  return `${bad ? '✗' : '✓'} ${count('error', 'error')}, ${count('warning', 'warning')}`;
}
