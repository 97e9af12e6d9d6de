import { type ActionPolicy, decide } from '../../decide/decide.ts';
import { CONFIRMED_BY, type Confirmation, type ConfirmedAction } from '../../domain/confirmation.ts';
import type { CapReached, Decision } from '../../domain/decision.ts';
import { pluralInWords } from '../../phrases/plural.ts';
import { ruleName, ruleWords, toldRule } from '../../phrases/rule_words.ts';
import type { Policy } from '../../policy/load.ts';
import { type Place, placed } from '../../policy/place.ts';
import { sampleRating } from '../../policy/samples.ts';
import { terminalLine } from '../../text/terminal_text.ts';
import { labelled } from '../../text/wrap.ts';
import type { CaseSettings, Expected, Given } from './case_shape.ts';
import { madeUp } from './made_up.ts';
import { type ReadCase, readCases } from './read_cases.ts';

export type CaseResult = {
  readonly name: string;
  readonly place: Place;
  /** What came out otherwise than expected, one line each; none means that the case holds. */
  readonly differences: readonly string[];
  readonly decision: Decision;
};

export type PolicyTestResult = {
  readonly policy: { readonly dir: string; readonly digest: string };
  readonly results: readonly CaseResult[];
  /** Policies that are part of no decision of any case. */
  readonly untested: readonly string[];
};

/** As one JSON document. */
export const policyTestJson = ({ results, ...about }: PolicyTestResult) => ({
  ...about,
  results: results.map(({ decision, ...one }) => ({
    ...one,
    decision: { ...decision, rules: decision.rules.map(toldRule) },
  })),
});

/** Decides every case with the code that runs decide with. @throws {ConfigError} about mistakes in the files */
export async function policyTest(policy: Policy, files: readonly string[]): Promise<PolicyTestResult> {
  const results = (await readCases(files, policy)).map((one) => resultOf(one, policy));
  const said = new Set(results.flatMap(({ decision }) => decision.rules.map(ruleName)));
  return {
    policy: { dir: policy.dir, digest: policy.digest },
    results,
    untested: policy.policies.map(({ id }) => id).filter((id) => !said.has(id)),
  };
}

function resultOf(one: ReadCase, policy: Policy): CaseResult {
  const { given, expect, settings } = one.about;
  const how = {
    policy: actionPolicy(settings ?? one.file.settings),
    engine: policy,
    acted: (_id: string, action: string) => given.acted_before === action,
  };
  const subject = madeUp(one, policy.access);
  const { verdict } = decide(subject, null, how);
  const look = {
    confirmation: confirmationOf(given, verdict, how.policy),
    heldBack: given.capped ? usedUp(verdict) : null,
  };
  const decision = decide(subject, look, how);
  return { name: one.about.name, place: one.place, differences: differences(decision, expect), decision };
}

/** As if the run had used up what its caps allow. */
const usedUp = (verdict: Decision['verdict']): CapReached => ({
  cap: verdict === 'reject' ? 'CAP_REJECTIONS_PER_RUN' : 'CAP_APPROVALS_PER_RUN',
  limit: 0,
});

const actionPolicy = ({ off, ...limits }: CaseSettings): ActionPolicy => ({
  autoApprove: !off.includes('approve'),
  autoReject: !off.includes('reject'),
  autoCloseStale: !off.includes('close'),
  autoCloseExpired: limits.close_expired,
  approveUpTo: limits.approve_up_to,
  rejectFrom: limits.reject_from,
  confidenceNeeded: limits.confidence_threshold,
  staleDays: limits.stale_days,
});

/** A confirmation is asked for only where something is about to be done. */
function confirmationOf(
  { confirmation, confirmation_confidence: sure }: Given,
  verdict: Decision['verdict'],
  { approveUpTo, rejectFrom }: ActionPolicy,
): Confirmation | undefined {
  if (confirmation === 'missing' || !Object.hasOwn(CONFIRMED_BY, verdict)) return undefined;
  const kind = CONFIRMED_BY[verdict as ConfirmedAction];
  if (confirmation === 'failed') return { kind, assessment: { kind: 'unscored', why: 'the case says so' } };
  const agreeing = kind === 'facts-only' ? approveUpTo : rejectFrom;
  const risk = confirmation === 'agrees' ? agreeing : kind === 'facts-only' ? 'critical' : 'low';
  return { kind, assessment: sampleRating({ risk, confidence: sure === 'none' ? null : sure }) };
}

function differences(decision: Decision, expected: Expected): string[] {
  const found: string[] = [];
  const compare = (what: string, wanted: string | undefined, got: string) => {
    if (wanted !== undefined && wanted !== got) found.push(`${what}: expected ${wanted}, got ${got}`);
  };
  compare('verdict', expected.verdict, decision.verdict);
  compare('basis', expected.basis && listed(expected.basis), listed(decision.basis));
  compare('risk', expected.risk, decision.risk ?? 'none');
  compare('next', expected.next, decision.next?.kind ?? 'none');
  compare('to', expected.to, decision.next?.to ?? 'nobody');
  const { finding = '', ask = '', alternative = '' } = decision.next ?? {};
  const words = [...decision.rules.map(ruleWords), finding, ask, alternative].join('\n');
  for (const part of expected.says ?? []) {
    if (!words.includes(part)) found.push(`says: \`${part}\` stands in no reason and not in the next step`);
  }
  return found;
}

const listed = (ids: readonly string[]): string => [...new Set(ids)].sort().join(', ') || 'none';

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
