import { ACTIONS, type Action } from '../domain/action.ts';
import { ANOMALY_FLAGS } from '../domain/assessment.ts';
import type { BoundMode } from '../domain/class_mode.ts';
import { CONFIRMED_BY, type ConfirmedAction, type Disagreement } from '../domain/confirmation.ts';
import type { CapReached, HoldReason, RuleTrace, ShutGate } from '../domain/decision.ts';
import type { WindowFault } from '../domain/dossier.ts';
import type { Declined, Refusal } from '../domain/recorded_decisions.ts';
import { type KnownStatus, STATUSES } from '../domain/status.ts';
import { plural } from './plural.ts';
import { utcMinute } from './time_words.ts';

/**
 * The trace of a decision in words, the same ones for every output. What people, models and the vault wrote goes in as it
 * is: whoever shows a sentence escapes it for that place.
 */

/** By which name ledger, report and terminal know the rule. */
export function ruleName(trace: RuleTrace): string {
  switch (trace.kind) {
    case 'policy':
    case 'switch-off':
    case 'risk-floor':
      return trace.rule;
    case 'policy-error':
      return 'policy';
    case 'gate':
      return `gate ${trace.gate}`;
    case 'confirmation':
      return 'confirm';
    case 'cap':
    case 'hold':
      return trace.kind;
  }
}

/** The sentence for a reader who sees nothing else: with the action that it speaks against. */
export function ruleWords(trace: RuleTrace): string {
  switch (trace.kind) {
    case 'policy':
      return trace.allows ? trace.says : `no ${trace.action}: ${trace.says}`;
    case 'policy-error':
      return `no ${trace.action}: ${trace.error}`;
    case 'switch-off':
      return `${trace.says}, but ${trace.switches.join(' and ')} is off`;
    case 'gate':
      return `no ${trace.action}: ${gateWords(trace)}`;
    case 'confirmation':
      return `no ${trace.action}: ${disagreementWords(trace, trace.action)}`;
    case 'cap':
      return `no ${trace.action}: ${capWords(trace)}`;
    case 'hold':
      return holdWords(trace);
    case 'risk-floor':
      return `${trace.says}: at least ${trace.risk}`;
  }
}

/** A rule as JSON has it: its facts, between the name and the sentence that the other outputs show. */
export function toldRule(trace: RuleTrace) {
  const { kind, ...facts } = trace;
  return { kind, rule: ruleName(trace), ...facts, says: ruleWords(trace) };
}

/** What led to the verdict, in words; `otherwise` for a decision that has no trace. */
export const firstReason = ({ rules }: { readonly rules: readonly RuleTrace[] }, otherwise: string): string =>
  rules[0] === undefined ? otherwise : ruleWords(rules[0]);

/** What shut a gate. */
export function gateWords(shut: ShutGate): string {
  switch (shut.gate) {
    case 'status':
      return `status is ${statusWords(shut.status)}`;
    case 'own-request':
      return "it is the agent's own request";
    case 'own-doubtful':
      return "it may be the agent's own account, under another spelling";
    case 'approver-apart':
      return `\`${shut.approver}\` asked for it: asking and approving are two people's work`;
    case 'requestor-known':
      return 'the vault gives no account name';
    case 'scored':
      return `it is unscored: ${shut.why}`;
    case 'risk-understood':
      return "the model's word for the risk was not understood";
    case 'operation-known':
      return unknownOperation(shut.operation);
    case 'unambiguous':
      return ambiguousWords(shut.entitlements);
    case 'refused-by-person':
      return refusalWords(shut);
    case 'confident':
      return confidenceWords(shut);
    case 'not-steering':
      return 'the model suspects an attempt to steer the review';
    case 'reason-fits':
      return `the model says of the justification: ${shut.flags.map((flag) => ANOMALY_FLAGS[flag]).join('; ')}`;
    case 'window':
      return WINDOW_WORDS[shut.fault];
    case 'times':
      return shut.why;
    case 'legible':
      return `the vault wrote something that could not be read: ${shut.why}`;
    case 'class-mode':
      return classModeWords(shut);
    case 'control':
      return controlWords(shut.class);
    case 'declined':
      return declinedWords(shut);
    case 'once':
      return shut.recorded === true
        ? `the vault's record says that the agent ${ACTIONS[shut.done].done} it before`
        : `the agent ${ACTIONS[shut.done].done} it before`;
  }
}

/** What a person said at the terminal, and when. */
export const declinedWords = ({ by, at }: Declined): string =>
  `${by ?? 'a person'} said no to it at the terminal on ${utcMinute(at)}`;

/** Who refused what, and when: `refused by mharper on 2026-11-30 18:20 UTC (request req-12)`. */
export function refusalWords({ request, by, at, word }: Refusal): string {
  const who = by === null ? 'by a person whom the vault does not name' : `by \`${by}\``;
  const when = at === null ? 'at an unknown time' : `on ${utcMinute(at)}`;
  const said = word === null || isRefusingWord(word) ? '' : `, in a word that Portcullis does not know: \`${word}\``;
  return `refused ${who} ${when} (request \`${request}\`)${said}`;
}
const isRefusingWord = (word: string): boolean => word.toLowerCase() === 'rejected';

/** `the class `staging` has `mode: recommend`` */
export const classModeWords = ({ mode, class: name, demoted }: BoundMode): string =>
  name === null
    ? `no class fits it, and then \`mode: ${mode}\` counts`
    : demoted === true
      ? `the class \`${name}\` counts as \`mode: ${mode}\`, because people took back what it let through`
      : `the class \`${name}\` has \`mode: ${mode}\``;

/** `it is one of the sample of the class `staging` that is left to people` */
export const controlWords = (name: string | null): string =>
  `it is one of the sample ${name === null ? '' : `of the class \`${name}\` `}that is left to people (CONTROL_SHARE)`;

/** What would be done, and who may do it. */
export const recommendedWords = ({ action, ...bound }: BoundMode & { readonly action: Action }): string =>
  bound.mode === 'recommend'
    ? `it would be ${ACTIONS[action].done}, and ${classModeWords(bound)}`
    : classModeWords(bound);

/** `the model was not sure: 0.6 where 0.85 is needed` */
export function confidenceWords({ confidence, needed }: { confidence: number | null; needed: number }): string {
  if (confidence === null) return `the model did not say how sure it is, where ${needed} is needed`;
  return `the model was not sure: ${shortNumber(confidence, needed)} where ${needed} is needed`;
}

/** Two digits where they still say on which side of the limit it is. */
const shortNumber = (value: number, limit: number): string => {
  const short = Number(value.toFixed(2));
  return `${short < limit === value < limit ? short : value}`;
};

export const unknownOperation = (operation: string | null): string =>
  operation === null ? 'the vault names no operation' : `no row of the mapping names the operation \`${operation}\``;

export const ambiguousWords = (entitlements: readonly string[]): string =>
  entitlements.length === 1
    ? `it is ambiguous: only in another spelling do its tags, names or container give ${entitlements[0]}`
    : `it is ambiguous: rows of the mapping give ${entitlements.join(' and ') || 'different entitlements'}, and none is meant to win`;

/** What is wrong with a window, and what the requestor is asked for instead. */
export const WINDOW_WORDS = {
  over: 'its window is over',
  empty: 'its window ends when it begins, or before',
  'too-far-ahead': 'its window begins too far ahead (MAX_DAYS_AHEAD)',
} as const satisfies Record<WindowFault, string>;

/** Why a confirmation takes the action away. */
export function disagreementWords(why: Disagreement, action: ConfirmedAction): string {
  const kind = CONFIRMED_BY[action];
  switch (why.reason) {
    case 'missing':
      return `there is no ${kind} reading`;
    case 'failed':
      return `the ${kind} reading failed: ${why.why}`;
    case 'not-understood':
      return `the ${kind} reading gave no risk that we know`;
    case 'steering-suspected':
      return `the ${kind} reading suspects an attempt to steer it`;
    case 'unsure':
      return `the ${kind} reading counts too little: ${confidenceWords(why)}`;
    case 'risk':
      return `the ${kind} reading is ${why.risk}, ${LIMIT_WORDS[action](why.limit)}`;
  }
}
const LIMIT_WORDS = {
  approve: (limit) => `approving is for ${limit} and below`,
  reject: (limit) => `rejecting is for ${limit} and above`,
} as const satisfies Record<ConfirmedAction, (limit: string) => string>;

/** `50 approvals in one run (CAP_APPROVALS_PER_RUN)` */
export function capWords(reached: CapReached): string {
  if (reached.cap === 'isolated') return isolationWords(reached);
  if (reached.cap !== 'BREAKER_FACTOR') return `${CAP_WORDS[reached.cap](reached.limit)} (${reached.cap})`;
  const { cap, of, wanted, usual } = reached;
  return `the circuit breaker: ${plural(wanted, BREAKER_WORDS[of])} in one run, usually ${usual} (${cap})`;
}
const CAP_WORDS = {
  CAP_APPROVALS_PER_RUN: (limit) => `${plural(limit, 'approval')} in one run`,
  CAP_APPROVALS_PER_DAY: (limit) => `${plural(limit, 'approval')} in 24 hours`,
  CAP_APPROVALS_PER_REQUESTOR_PER_DAY: (limit) => `${plural(limit, 'approval')} for one requestor in 24 hours`,
  CAP_APPROVALS_PER_ASSET_PER_DAY: (limit) => `${plural(limit, 'approval')} for one asset in 24 hours`,
  CAP_REJECTIONS_PER_RUN: (limit) => `${plural(limit, 'rejection')} in one run`,
} as const satisfies Record<Exclude<CapReached['cap'], 'BREAKER_FACTOR' | 'isolated'>, (limit: number) => string>;

/** `14 open requests of this person have suspicious texts, so that all of them are held` */
function isolationWords({ texts, persons }: Extract<CapReached, { cap: 'isolated' }>): string {
  const theirs = `${plural(texts, 'open request')} of this person ${texts === 1 ? 'has a suspicious text' : 'have suspicious texts'}`;
  const all = 'all that this person asks for is held';
  if (persons === null) return `the circuit breaker: ${theirs}, so that ${all}`;
  return `the circuit breaker: ${theirs}, as of ${plural(persons.wanted, 'person', 'persons')} in this run, usually ${persons.usual}, so that ${all} (BREAKER_FACTOR)`;
}
const BREAKER_WORDS = { approve: 'approval', reject: 'rejection', suspicious: 'suspicious text' } as const;

/** The policies permit it, and nothing but the switch is in the way. */
export const switchedOffWords = (risk: string | null, switches: readonly string[]): string =>
  `the policies permit it (rated ${risk}), but ${switches.join(' and ')} is off`;

/** Held for its risk, and for nothing that has a name of its own; `because` is what facts gave the risk. */
export const unnamedWords = (risk: string | null, because: readonly string[]): string =>
  `rated ${risk}${because.length === 0 ? '' : ` (${because.join('; ')})`}, which nobody allowed to be decided automatically`;

function holdWords(why: HoldReason): string {
  switch (why.reason) {
    case 'granted-and-critical':
      return 'access is granted and rated critical: is it still wanted?';
    case 'status':
      return `nothing to do at status ${statusWords(why.status)}`;
    case 'unscored':
      return `a person decides: it is unscored (${why.why})`;
    case 'between-the-limits': {
      const { approve, reject } = why.limits;
      return `a person decides: risk is ${why.risk}; approving is for ${approve} and below, rejecting for ${reject} and above`;
    }
  }
}

/** A status as a person reads it: with its meaning, or as foreign. */
export function statusWords(status: string): string {
  return Object.hasOwn(STATUSES, status)
    ? `${status} (${STATUSES[status as KnownStatus].meaning})`
    : `${status} (a status that Portcullis does not know)`;
}
