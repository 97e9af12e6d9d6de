import type { AccessContext } from '../domain/access_context.ts';
import type { Assessment } from '../domain/assessment.ts';
import type { Dossier } from '../domain/dossier.ts';
import { higher, type Risk } from '../domain/risk.ts';
import { isOpen } from '../domain/status.ts';
import { countedHours } from '../phrases/hours_granted.ts';
import { steering } from './confidence.ts';

export type FloorFacts = {
  readonly dossier: Dossier;
  readonly accessContext: AccessContext;
  readonly assessment: Assessment;
  /** What the confirmation said, once there is one. */
  readonly confirming?: Assessment | undefined;
};
type Row = { readonly risk: Risk; readonly about: string; readonly holds: (facts: FloorFacts) => boolean };

/** Requests of one person within an hour from which they look like a script. */
export const BURST = 20;
/** Without a limit of its class, a window longer than this is long. */
export const LONG_WINDOW_HOURS = 7 * 24;

const sensitive = ({ accessContext }: FloorFacts): boolean =>
  accessContext.privileged || accessContext.neverAuto.length > 0;

/** Access without an end is longer than any limit; of what is settled, a missing end says nothing. */
const withoutEnd = ({ request }: Dossier): number => (isOpen(request.status) ? Number.POSITIVE_INFINITY : 0);

/**
 * The least risk that facts alone give a request. The model can only raise it; what it noticed about a text is such a fact,
 * so that no rating of the same answer makes it small.
 * INVARIANT: final risk = the higher of this floor and the model's view.
 */
export const FLOOR_RULES = {
  'floor-separation-of-duties': {
    risk: 'high',
    about: 'it conflicts with what the person already holds',
    holds: ({ accessContext }) => accessContext.sodConflicts.length > 0,
  },
  'floor-privileged': {
    risk: 'medium',
    about: 'the entitlement is privileged',
    holds: ({ accessContext }) => accessContext.privileged,
  },
  'floor-class-medium': {
    risk: 'medium',
    about: 'one of its classes has this floor',
    holds: ({ accessContext }) => accessContext.classFloor === 'medium',
  },
  'floor-class-high': {
    risk: 'high',
    about: 'one of its classes has this floor',
    holds: ({ accessContext }) => accessContext.classFloor === 'high',
  },
  'floor-class-critical': {
    risk: 'critical',
    about: 'one of its classes has this floor',
    holds: ({ accessContext }) => accessContext.classFloor === 'critical',
  },
  'floor-reach-site': {
    risk: 'medium',
    about: 'misused, it would harm a whole site',
    holds: ({ accessContext }) => accessContext.reach === 'site',
  },
  'floor-reach-domain': {
    risk: 'high',
    about: 'misused, it would harm the whole domain',
    holds: ({ accessContext }) => accessContext.reach === 'domain',
  },
  'floor-requestor-unknown': {
    risk: 'high',
    about: 'the vault names no requestor',
    holds: ({ dossier }) => dossier.gaps.some((gap) => gap.what === 'requestor'),
  },
  'floor-suspicious-text': {
    risk: 'high',
    about: 'its text looks as if it wanted to steer the review',
    holds: ({ dossier }) => dossier.texts.suspicious,
  },
  'floor-steering-suspected': {
    risk: 'high',
    about: 'the model suspects an attempt to steer the review',
    holds: ({ assessment, confirming }) => steering([assessment, confirming]),
  },
  'floor-off-hours-sensitive': {
    risk: 'high',
    about: 'sensitive access outside office hours',
    holds: (facts) => facts.dossier.facts.offHours && sensitive(facts),
  },
  'floor-first-sensitive': {
    risk: 'medium',
    about: 'the first request of this person for sensitive access of this kind',
    holds: (facts) => facts.dossier.history.firstForAsset && sensitive(facts),
  },
  'floor-no-justification': {
    risk: 'medium',
    about: 'the justification is missing or says nothing',
    holds: ({ dossier }) => dossier.texts.contentFree,
  },
  'floor-long-window': {
    risk: 'medium',
    about: 'the window is longer than its class allows, or than a week',
    holds: ({ dossier, accessContext }) =>
      (countedHours(dossier.facts) ?? withoutEnd(dossier)) > (accessContext.maxHours ?? LONG_WINDOW_HOURS),
  },
  'floor-burst': {
    risk: 'medium',
    about: `${BURST} or more requests of this person within an hour`,
    holds: ({ dossier }) => dossier.history.requestsInHour >= BURST,
  },
  'floor-asset-unreadable': {
    risk: 'medium',
    about: 'the asset or its container could not be read',
    holds: ({ dossier }) => dossier.gaps.some((gap) => gap.what === 'asset' || gap.what === 'container'),
  },
} as const satisfies Record<string, Row>;
export type FloorRule = keyof typeof FLOOR_RULES;

export function riskFloor(facts: FloorFacts): { risk: Risk; rules: FloorRule[] } {
  const rules = (Object.keys(FLOOR_RULES) as FloorRule[]).filter((name) => FLOOR_RULES[name].holds(facts));
  return { risk: rules.map((name) => FLOOR_RULES[name].risk).reduce<Risk>(higher, 'low'), rules };
}
