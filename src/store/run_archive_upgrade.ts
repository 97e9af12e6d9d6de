import type { Action } from '../domain/action.ts';
import { CONFIRMED_BY, type Confirmation, type Disagreement } from '../domain/confirmation.ts';
import type { CapReached, Decision, HoldReason, RuleTrace, ShutGate } from '../domain/decision.ts';
import type { NextStep } from '../domain/next_step.ts';
import type { Risk } from '../domain/risk.ts';
import type { Reviewed, RunRecord } from '../domain/run_record.ts';
import { capWords, disagreementWords } from '../phrases/rule_words.ts';

/**
 * What version 0.1 archived, in the shapes and names of today. Its traces were sentences (`no approve: …`): this is the
 * one place that takes them apart again. A sentence that none of its rules can have said stays as it is, as the word of
 * a policy. Pure.
 */

/** A run without its requests, as versions 1 and 2 of the archive have it. */
export type HeadOf01 = Omit<RunRecord, 'reviewed' | 'ledger' | 'verdict'> & {
  readonly record: RunRecord['ledger'];
  readonly verdict: RunRecord['verdict'] | 'memory-not-trusted';
};

/** One request, as versions 1 and 2 of the archive have it. */
export type ReviewedOf01 = Omit<Reviewed, 'accessContext' | 'confirmation' | 'decision'> & {
  readonly standing: Reviewed['accessContext'];
  readonly vote: { readonly kind: 'blind' | 'solo'; readonly assessment: Confirmation['assessment'] } | null;
  readonly decision: Omit<Decision, 'rules'> & { readonly rules: readonly RuleOf01[] };
};
type RuleOf01 = { readonly rule: string; readonly says: string };

export function upgradedHead({ record, verdict, ...same }: HeadOf01): Omit<RunRecord, 'reviewed'> {
  return {
    ...same,
    ledger: record ?? null,
    verdict: verdict === 'memory-not-trusted' ? 'ledger-not-trusted' : verdict,
  };
}

export function upgradedReviewed(old: ReviewedOf01): Reviewed {
  const { standing, vote, decision, ...same } = old;
  const rules = decision.rules.map((rule) => upgradedRule(rule, old));
  return {
    ...same,
    accessContext: standing,
    confirmation: vote === null ? null : { kind: CONFIRMATIONS[vote.kind], assessment: vote.assessment },
    decision: { ...decision, rules, next: upgradedNext(decision.next, rules) },
  };
}

/** What 0.1 called the confirmations; its plans say the same. */
export const CONFIRMATIONS = { blind: CONFIRMED_BY.approve, solo: CONFIRMED_BY.reject } as const;

const RISK = '(low|medium|high|critical)';
const AGAINST = /^no (approve|reject|close): (.*)$/s;
const FLOOR = new RegExp(`^(.*): at least ${RISK}$`, 's');
const OFF = /^(.*), but ((?:AUTO_[A-Z_]+ and )?AUTO_[A-Z_]+) is off$/s;

function upgradedRule({ rule, says }: RuleOf01, old: ReviewedOf01): RuleTrace {
  const { verdict, basis } = old.decision;
  const [, against, why = ''] = AGAINST.exec(says) ?? [];
  const ofPolicy = basis.includes(rule);
  if (against !== undefined) {
    const action = against as Action;
    const ours = ofPolicy ? null : ourObjection(rule, action, why, old);
    return ours ?? { kind: 'policy', action, rule, allows: false, says: why };
  }
  const [, about, risk] = FLOOR.exec(says) ?? [];
  if (about !== undefined && rule.startsWith('floor-') && !ofPolicy) {
    return { kind: 'risk-floor', rule, risk: risk as Risk, says: about };
  }
  const reason = rule === 'hold' && !ofPolicy ? holdReason(says, old) : null;
  if (reason !== null) return { kind: 'hold', ...reason };
  const [, permits, off] = verdict === 'hold' ? (OFF.exec(says) ?? []) : [];
  if (permits !== undefined && off !== undefined) {
    const switches = off.split(' and ');
    return { kind: 'switch-off', action: switchedOff(switches), rule, says: permits, switches };
  }
  return { kind: 'policy', action: verdict === 'hold' ? wanted(old) : verdict, rule, allows: true, says };
}

/** What a rule of ours had against the action; null where none of ours says such a thing. */
function ourObjection(rule: string, action: Action, why: string, old: ReviewedOf01): RuleTrace | null {
  if (rule === 'policy') return { kind: 'policy-error', action, error: why };
  if (rule === 'confirm' && action !== 'close') {
    const against = disagreementIn(why);
    return against === null ? null : { kind: 'confirmation', action, ...against };
  }
  if (rule === 'cap') {
    const reached = capIn(why);
    return reached === null ? null : { kind: 'cap', action, ...reached };
  }
  const shut = shutGateIn(rule, why, old);
  return shut === null ? null : { kind: 'gate', action, ...shut };
}

const VOTE = new RegExp(`^the (?:blind|solo) vote is ${RISK}, \\w+ is for ${RISK} and (?:below|above)$`);
const FAILED = /^the (?:blind|solo) vote failed: (.*)$/s;

function disagreementIn(why: string): Disagreement | null {
  const [, risk, limit] = VOTE.exec(why) ?? [];
  if (risk !== undefined) return { reason: 'risk', risk: risk as Risk, limit: limit as Risk };
  const [, failure] = FAILED.exec(why) ?? [];
  if (failure !== undefined) return { reason: 'failed', why: failure };
  if (/^there is no (?:blind|solo) vote$/.test(why)) return { reason: 'missing' };
  if (/^the (?:blind|solo) vote gave no risk that we know$/.test(why)) return { reason: 'not-understood' };
  return why === 'the blind vote suspects an attempt to steer it' ? { reason: 'steering-suspected' } : null;
}

const CAP =
  /^(\d+) (?:approvals|rejections)[a-z0-9 ]* \((CAP_(?:APPROVALS_PER_(?:RUN|DAY|REQUESTOR_PER_DAY|ASSET_PER_DAY)|REJECTIONS_PER_RUN))\)$/;
const BREAKER =
  /^the breaker: (\d+) (approvals|rejections|suspicious texts) in one run, usually (\d+) \(BREAKER_FACTOR\)$/;
const MANY = { approvals: 'approve', rejections: 'reject', 'suspicious texts': 'suspicious' } as const;

function capIn(why: string): CapReached | null {
  const [, limit, cap] = CAP.exec(why) ?? [];
  if (cap !== undefined) return { cap, limit: Number(limit) } as CapReached;
  const [, count, many, usual] = BREAKER.exec(why) ?? [];
  if (many === undefined) return null;
  return { cap: 'BREAKER_FACTOR', of: MANY[many as keyof typeof MANY], wanted: Number(count), usual: Number(usual) };
}

const DONE_BEFORE = /^the agent (approved|rejected|closed) it before$/;
const DONE = { approved: 'approve', rejected: 'reject', closed: 'close' } as const;

function shutGateIn(rule: string, why: string, { dossier, assessment }: ReviewedOf01): ShutGate | null {
  switch (rule) {
    case 'gate status':
      return { gate: 'status', status: dossier.request.status };
    case 'gate own-request':
      return { gate: 'own-request' };
    case 'gate requestor-known':
      return { gate: 'requestor-known' };
    case 'gate scored':
      return assessment.kind === 'unscored' ? { gate: 'scored', why: assessment.why } : null;
    case 'gate risk-understood':
      return { gate: 'risk-understood' };
    case 'gate once': {
      const [, done] = DONE_BEFORE.exec(why) ?? [];
      return done === undefined ? null : { gate: 'once', done: DONE[done as keyof typeof DONE] };
    }
    default:
      return null;
  }
}

const BETWEEN = new RegExp(
  `^a person decides: risk is ${RISK}; approving is for ${RISK} and below, rejecting for ${RISK} and above$`,
);

function holdReason(says: string, { dossier, assessment }: ReviewedOf01): HoldReason | null {
  if (says.startsWith('access is granted and rated critical')) return { reason: 'granted-and-critical' };
  if (says.startsWith('nothing to do at status ')) return { reason: 'status', status: dossier.request.status };
  const [, risk, approve, reject] = BETWEEN.exec(says) ?? [];
  if (risk !== undefined) {
    const limits = { approve: approve as Risk, reject: reject as Risk };
    return { reason: 'between-the-limits', risk: risk as Risk, limits };
  }
  return assessment.kind === 'unscored' ? { reason: 'unscored', why: assessment.why } : null;
}

function switchedOff([name = '']: readonly string[]): Action {
  if (name.startsWith('AUTO_REJECT')) return 'reject';
  return name.startsWith('AUTO_CLOSE') ? 'close' : 'approve';
}

const wanted = ({ dossier }: ReviewedOf01): Action => (dossier.request.status === 'Approved' ? 'close' : 'approve');

/** What the next step quotes of the trace, in the words that the trace has today. */
function upgradedNext(next: NextStep | null, rules: readonly RuleTrace[]): NextStep | null {
  if (next === null) return null;
  const quoted = rules.map(quote).find((words) => words !== null && next.finding.startsWith(words.opening));
  return quoted == null ? next : { ...next, finding: quoted.says };
}

function quote(trace: RuleTrace): { readonly opening: string; readonly says: string } | null {
  if (trace.kind === 'cap') return { opening: 'held back by a cap: ', says: `held back by a cap: ${capWords(trace)}` };
  if (trace.kind !== 'confirmation') return null;
  const says = `the confirmation disagreed: ${disagreementWords(trace, trace.action)}`;
  return { opening: 'the second look disagreed: ', says };
}
