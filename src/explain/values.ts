import type { Subject } from '../decide/decide.ts';
import type { FloorRule } from '../decide/floor.ts';
import { type GateName, statusWords } from '../decide/gates.ts';
import type { Action } from '../request/action.ts';
import { requestorOf } from '../request/run_record.ts';

/** What each gate looked at, so that a reader need not believe a tick. */
export const GATE_VALUES = {
  status: ({ dossier }) => statusWords(dossier.request.status),
  'own-request': ({ dossier }) => `asked by ${requestorOf(dossier.request)}${dossier.facts.own ? ', the agent' : ''}`,
  'requestor-known': ({ dossier }) => requestorOf(dossier.request),
  scored: ({ assessment }) => (assessment.kind === 'scored' ? `the model said ${assessment.risk}` : assessment.why),
  'risk-understood': ({ assessment }) =>
    assessment.kind === 'scored' && assessment.normalised
      ? 'the word of the model was none of ours'
      : 'one of our words',
  once: (_subject, acted) => (acted.length === 0 ? 'not acted on before' : `done before: ${acted.join(', ')}`),
} as const satisfies Record<GateName, (subject: Subject, acted: readonly Action[]) => string>;

/** What each rule of the floor looked at. */
export const FLOOR_VALUES = {
  'floor-separation-of-duties': ({ standing }) =>
    standing.sodConflicts.length === 0 ? 'no pair' : standing.sodConflicts.map(({ pair }) => pair).join(', '),
  'floor-privileged': ({ standing }) => `${standing.entitlement ?? 'unknown entitlement'}`,
  'floor-requestor-unknown': ({ dossier }) => requestorOf(dossier.request),
  'floor-suspicious-text': ({ dossier }) =>
    dossier.texts.flags.length === 0 ? 'no flag' : dossier.texts.flags.join(', '),
  'floor-off-hours-sensitive': ({ dossier, standing }) => `${offHours(dossier.facts.offHours)}, ${classes(standing)}`,
  'floor-first-sensitive': ({ dossier, standing }) =>
    `${dossier.history.firstForAsset ? 'first request for it' : 'asked for it before'}, ${classes(standing)}`,
  'floor-no-justification': ({ dossier }) =>
    dossier.texts.contentFree ? 'says nothing' : `${dossier.request.justification.length} characters`,
  'floor-long-window': ({ dossier, standing }) =>
    `${dossier.facts.requestedHours ?? 'unknown'} h, allowed ${standing.maxHours === null ? 'a week' : `${standing.maxHours} h`}`,
  'floor-burst': ({ dossier }) => `${dossier.history.requestsInHour} in that hour`,
  'floor-asset-unreadable': ({ dossier }) => {
    if (dossier.request.asset === null) return 'points at no asset';
    const gaps = dossier.gaps.filter(({ what }) => what === 'asset' || what === 'container');
    if (gaps.length > 0) return gaps.map(({ what, why }) => `${what}: ${why}`).join('; ');
    return dossier.asset === null ? 'not looked up' : 'read';
  },
} as const satisfies Record<FloorRule, (subject: Subject) => string>;

const offHours = (off: boolean): string => (off ? 'outside office hours' : 'within office hours');
const classes = (standing: Subject['standing']): string =>
  standing.neverAuto.length > 0 ? standing.neverAuto.join(', ') : standing.privileged ? 'privileged' : 'not sensitive';
