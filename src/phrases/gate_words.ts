import { type AccessContext, isUnlisted } from '../domain/access_context.ts';
import type { Scored } from '../domain/assessment.ts';
import type { Decision } from '../domain/decision.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Reviewed } from '../domain/run_record.ts';
import { plural } from './plural.ts';
import { disagreementWords, ruleWords } from './rule_words.ts';

/**
 * How the gate's findings about one request are told, the same in report and mail. `clean` is the escaping function of the
 * place that shows them. INVARIANT: every word that is not ours goes through it, and no text of a requestor is quoted here at all.
 */
export type Clean = (text: string, maxLength?: number) => string;

/** `high (facts alone: at least high; the model: medium)`; only the word where there is nothing to tell apart. */
export function riskWords({ assessment, decision: { risk, floor } }: Reviewed): string {
  if (assessment.kind === 'unscored' || risk === null) return `unscored (facts alone: at least ${floor})`;
  const said = assessment.normalised ? `${assessment.risk}, from a word that is not one of ours` : assessment.risk;
  if (assessment.risk === risk && !assessment.normalised && floor === 'low') return risk;
  return `${risk} (facts alone: at least ${floor}; the model: ${said})`;
}

/** How sure a reading was, in words. */
export const sureness = ({ confidence }: Scored): string =>
  confidence === undefined
    ? 'confidence not asked for'
    : confidence === null
      ? 'no confidence given'
      : `confidence ${Number(confidence.toFixed(4))}`;

/** The lowest confidence of all readings, and which one it was where they differ; empty for what was never scored. */
export function confidenceLine({ assessment, confirmation }: Reviewed): string {
  if (assessment.kind === 'unscored') return '';
  const second = confirmation?.assessment.kind === 'scored' ? confirmation.assessment : null;
  if (second === null || confirmation === null) return sureness(assessment).replace(/^confidence /, '');
  return `${sureness(assessment)}; ${confirmation.kind} reading: ${sureness(second)}`;
}

/** What facts gave the risk floor, one sentence each. */
export const floorWords = ({ rules }: Decision): readonly string[] =>
  rules.filter(({ kind }) => kind === 'risk-floor').map(ruleWords);

/** The confirmation in words: `facts-only reading low, agreed`; empty when there was none. */
export function confirmationWords({ confirmation, decision }: Reviewed, clean: Clean): string {
  if (confirmation === null) return '';
  const disagreed = decision.rules.find(({ kind }) => kind === 'confirmation');
  if (disagreed?.kind === 'confirmation')
    return `disagreed: ${clean(disagreementWords(disagreed, disagreed.action), 200)}`;
  const { kind, assessment } = confirmation;
  if (assessment.kind === 'unscored') return `the ${kind} reading failed: ${clean(assessment.why, 160)}`;
  const agreed = confirmationAgreed({ confirmation, decision }) === true ? 'agreed' : '';
  return [`${kind} reading ${assessment.risk}`, agreed, secondAnswerWords(assessment)].filter(Boolean).join(', ');
}

/** What became of a question that was asked again; empty when it was not. */
export function secondAnswerWords({ firstAnswer, borneOut }: Scored): string {
  if (firstAnswer !== undefined) return `the first answer was ${firstAnswer} and a second one did not bear it out`;
  return borneOut === true ? 'a second answer said so too' : '';
}

/**
 * Whether the confirmation let the action happen; null when there was none, or when something else held the request before
 * anybody looked at it.
 */
export function confirmationAgreed({
  confirmation,
  decision,
}: Pick<Reviewed, 'confirmation' | 'decision'>): boolean | null {
  if (confirmation === null) return null;
  const { rules, verdict } = decision;
  if (confirmation.assessment.kind === 'unscored' || rules.some(({ kind }) => kind === 'confirmation')) return false;
  return verdict !== 'hold' || rules.some(({ kind }) => kind === 'cap') ? true : null;
}

/** `prod:operate · production, never without a person · privileged · at most 8 hours · owner platform-team` */
export function accessContextWords(accessContext: AccessContext, clean: Clean): string {
  const { entitlement, classes, neverAuto, privileged, inRole, rolesDefined, maxHours, owner, breakGlass, reach } =
    accessContext;
  const { operationKnown = true, ambiguous = [] } = accessContext;
  return [
    entitlement === null ? 'no row of the mapping fits' : clean(entitlement, 80),
    ambiguous.length === 0 ? '' : `ambiguous: ${listed(ambiguous, clean)}`,
    operationKnown ? '' : 'the operation is unknown',
    listed(
      classes.filter((name) => !neverAuto.includes(name)),
      clean,
    ),
    neverAuto.length > 0 ? `${listed(neverAuto, clean)}, never without a person` : '',
    privileged ? 'privileged' : '',
    reach ? `reaches the ${reach}` : '',
    isUnlisted(accessContext) ? 'requestor not listed' : rolesDefined && !inRole ? 'out of role' : '',
    breakGlass ? 'break-glass' : '',
    maxHours === null ? '' : `at most ${plural(maxHours, 'hour')}`,
    owner === null ? '' : `owner ${clean(owner, 60)}`,
  ]
    .filter((words) => words !== '')
    .join(' · ');
}

/** `vendor:create + payment:approve: asks for payment:approve, holds vendor:create by request req-12` */
export const conflictWords = ({ sodConflicts }: AccessContext, clean: Clean): readonly string[] =>
  sodConflicts.map(({ pair, asked, held, source }) => {
    const by = source.kind === 'request' ? `by request ${clean(source.id, 60)}` : 'by the identities file';
    return `${clean(pair, 160)}: asks for ${clean(asked, 80)}, holds ${clean(held, 80)} ${by}`;
  });

/** `manager and owner required, owner missing`; empty when none is required. */
export function approvalWords({ approvals: { required, missing, onlySelf } }: AccessContext): string {
  return [
    required.length === 0 ? '' : `${required.join(' and ')} required`,
    required.length === 0 ? '' : missing.length === 0 ? 'on record' : `${missing.join(' and ')} missing`,
    onlySelf ? 'the only one on record is by the requestor' : '',
  ]
    .filter((words) => words !== '')
    .join(', ');
}

/** `markup: holds an HTML tag`; the sentences are ours and never quote the text. */
export function textFindingWords({ texts }: Dossier, clean: Clean): string {
  if (texts.flags.length === 0) return '';
  return `${texts.flags.map((flag) => clean(flag.replaceAll('_', ' '), 40)).join(', ')}: ${texts.evidence.map((says) => clean(says, 160)).join('; ')}`;
}

/** The policies that determined the verdict, each with its sentence where the trace has it. */
export const basisOf = ({ basis, rules }: Decision): readonly { id: string; says: string | null }[] =>
  basis.map((id) => {
    const trace = rules.find((one) => (one.kind === 'policy' || one.kind === 'switch-off') && one.rule === id);
    return { id, says: trace === undefined ? null : ruleWords(trace) };
  });

const listed = (words: readonly string[], clean: Clean): string => words.map((word) => clean(word, 60)).join(', ');
