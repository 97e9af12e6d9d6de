import type { ActionPolicy } from '../../decide/decide.ts';
import { noun, plural, pluralInWords } from '../../phrases/plural.ts';
import type { Policy } from '../../policy/load.ts';
import { placed } from '../../policy/place.ts';
import type { RunArchive } from '../../store/run_archive.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { labelled, PAGE_WIDTH, wrapped } from '../../text/wrap.ts';
import { DAY_MS } from '../../util/durations.ts';
import { archiveUse } from './archive_use.ts';
import { lastCoverage } from './coverage.ts';
import { type CheckFinding, LEVELS, lint } from './lints.ts';
import { reachOf } from './reach.ts';

export type PolicyCheck = {
  readonly policy: { readonly dir: string; readonly digest: string; readonly policies: number; readonly rows: number };
  readonly archive: { readonly runs: number; readonly active: number; readonly granted: number };
  readonly madeUp: number;
  readonly findings: readonly CheckFinding[];
};

/** How far back the archive is looked at. */
const DAYS = 60;

/** Looks at a folder that loads for what is wrong, what looks wrong and what is worth knowing. */
export async function policyCheck(options: {
  readonly policy: Policy;
  readonly archive: Pick<RunArchive, 'ids' | 'load'>;
  readonly settings: ActionPolicy;
  readonly textFlags: readonly string[];
  readonly now: number;
}): Promise<PolicyCheck> {
  const { policy, archive, settings, textFlags, now } = options;
  const use = await archiveUse(archive, { from: now - DAYS * DAY_MS, to: now }, policy, settings);
  const coverage = await lastCoverage(archive, policy);
  const reach = reachOf(policy, textFlags);
  const { dir, digest, policies, access } = policy;
  return {
    policy: { dir, digest, policies: policies.length, rows: access.mapping.length },
    archive: { runs: use.runs, active: use.active, granted: use.granted },
    madeUp: reach.tried,
    findings: lint({ policy, reach, use: use.runs === 0 ? null : use, coverage, days: DAYS, now }),
  };
}

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
