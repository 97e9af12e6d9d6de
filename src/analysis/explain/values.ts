import type { Subject } from '../../decide/decide.ts';
import type { FloorRule } from '../../decide/floor.ts';
import { impossibleTimes } from '../../decide/gates.ts';
import type { Action } from '../../domain/action.ts';
import { ANOMALY_FLAGS, type AnomalyFlag, type Assessment, flagged } from '../../domain/assessment.ts';
import type { GateName } from '../../domain/decision.ts';
import { requestorOf } from '../../domain/run_record.ts';
import { sureness } from '../../phrases/gate_words.ts';
import { countedHours } from '../../phrases/hours_granted.ts';
import {
  classModeWords,
  controlWords,
  declinedWords,
  refusalWords,
  statusWords,
  unknownOperation,
  WINDOW_WORDS,
} from '../../phrases/rule_words.ts';
import { utcMinute } from '../../phrases/time_words.ts';

/** What each gate looked at, so that a reader need not believe a tick. */
export const GATE_VALUES = {
  status: ({ dossier }) => statusWords(dossier.request.status),
  'own-request': ({ dossier }) => `asked by ${requestorOf(dossier.request)}${dossier.facts.own ? ', the agent' : ''}`,
  'own-doubtful': ({ dossier }) =>
    `${requestorOf(dossier.request)}: ${dossier.facts.mayBeOwn === true ? 'could be a spelling of' : 'not'} one of the agent's accounts`,
  'approver-apart': ({ dossier }) => `asked by ${requestorOf(dossier.request)}`,
  'requestor-known': ({ dossier }) => requestorOf(dossier.request),
  scored: ({ assessment }) => (assessment.kind === 'scored' ? `the model said ${assessment.risk}` : assessment.why),
  'risk-understood': ({ assessment }) =>
    assessment.kind === 'scored' && assessment.normalised
      ? 'the word of the model was none of ours'
      : 'one of our words',
  'refused-by-person': ({ dossier: { history } }) =>
    history.refusal === undefined ? 'no refusal of a person stands' : refusalWords(history.refusal),
  'not-steering': ({ assessment }) => flagsIn(assessment, 'injection_suspected'),
  'reason-fits': ({ assessment }) => flagsIn(assessment, 'weak_justification', 'justification_mismatch'),
  confident: ({ assessment }) => (assessment.kind === 'scored' ? sureness(assessment) : assessment.why),
  'operation-known': ({ dossier, accessContext: { operationKnown } }) =>
    operationKnown === false ? unknownOperation(dossier.request.operation) : `${dossier.request.operation ?? 'none'}`,
  unambiguous: ({ accessContext: { ambiguous = [], entitlement } }) =>
    ambiguous.length === 0 ? `${entitlement ?? 'no entitlement'}, and no other` : ambiguous.join(' or '),
  window: ({ dossier: { request, facts } }) =>
    `from ${request.requestedFrom === null ? 'no begin' : utcMinute(request.requestedFrom)} to ${request.requestedTo === null ? 'no end' : utcMinute(request.requestedTo)}${facts.times?.fault ? `: ${WINDOW_WORDS[facts.times.fault]}` : ''}`,
  times: ({ dossier: { gaps } }) => impossibleTimes(gaps, ['times', 'clock', 'window']) ?? 'all of them can be',
  legible: ({ dossier: { gaps } }) => impossibleTimes(gaps, ['record']) ?? 'all of it could be read',
  'class-mode': ({ accessContext: { mode } }) => (mode === undefined ? 'no class has a mode' : classModeWords(mode)),
  control: ({ accessContext: { mode } }) =>
    mode?.control === true ? controlWords(mode.class) : 'it is not one of the sample that is left to people',
  declined: ({ dossier: { history } }) =>
    Object.entries(history.declined ?? {})
      .map(([action, no]) => `${action}: ${declinedWords(no)}`)
      .join('; ') || 'nobody said no to it at the terminal',
  once: (_subject, acted) => (acted.length === 0 ? 'not acted on before' : `done before: ${acted.join(', ')}`),
} as const satisfies Record<GateName, (subject: Subject, acted: readonly Action[]) => string>;

function classFloor({ accessContext: { classes, classFloor: least = 'low' } }: Subject): string {
  return classes.length === 0 ? 'no class' : `${classes.join(', ')}: ${least}`;
}
const reach = ({ accessContext }: Subject): string => accessContext.reach ?? 'no row says';

/** What each rule of the risk floor read. */
export const FLOOR_VALUES = {
  'floor-separation-of-duties': ({ accessContext }) =>
    accessContext.sodConflicts.length === 0 ? 'no pair' : accessContext.sodConflicts.map(({ pair }) => pair).join(', '),
  'floor-privileged': ({ accessContext }) => `${accessContext.entitlement ?? 'unknown entitlement'}`,
  'floor-class-medium': classFloor,
  'floor-class-high': classFloor,
  'floor-class-critical': classFloor,
  'floor-reach-site': reach,
  'floor-reach-domain': reach,
  'floor-requestor-unknown': ({ dossier }) => requestorOf(dossier.request),
  'floor-suspicious-text': ({ dossier }) =>
    dossier.texts.flags.length === 0 ? 'no flag' : dossier.texts.flags.join(', '),
  'floor-steering-suspected': ({ assessment }) => flagsIn(assessment, 'injection_suspected'),
  'floor-off-hours-sensitive': ({ dossier, accessContext }) =>
    `${offHours(dossier.facts.offHours)}, ${classes(accessContext)}`,
  'floor-first-sensitive': ({ dossier, accessContext }) =>
    `${dossier.history.firstForAsset ? 'first request for it' : 'asked for it before'}, ${classes(accessContext)}`,
  'floor-no-justification': ({ dossier }) =>
    dossier.texts.contentFree ? 'says nothing' : `${dossier.request.justification.length} characters`,
  'floor-long-window': ({ dossier, accessContext }) =>
    `${countedHours(dossier.facts) ?? 'unknown'} h, allowed ${accessContext.maxHours === null ? 'a week' : `${accessContext.maxHours} h`}`,
  'floor-burst': ({ dossier }) => `${dossier.history.requestsInHour} in that hour`,
  'floor-asset-unreadable': ({ dossier }) => {
    if (dossier.request.asset === null) return 'points at no asset';
    const gaps = dossier.gaps.filter(({ what }) => what === 'asset' || what === 'container');
    if (gaps.length > 0) return gaps.map(({ what, why }) => `${what}: ${why}`).join('; ');
    return dossier.asset === null ? 'not looked up' : 'read';
  },
} as const satisfies Record<FloorRule, (subject: Subject) => string>;

function flagsIn(assessment: Assessment, ...looked: readonly AnomalyFlag[]): string {
  const found = looked.filter((flag) => flagged(assessment, flag));
  return found.length === 0 ? 'the model noticed nothing' : found.map((flag) => ANOMALY_FLAGS[flag]).join('; ');
}

const offHours = (off: boolean): string => (off ? 'outside office hours' : 'within office hours');
const classes = (accessContext: Subject['accessContext']): string =>
  accessContext.neverAuto.length > 0
    ? accessContext.neverAuto.join(', ')
    : accessContext.privileged
      ? 'privileged'
      : 'not sensitive';
