/**
 * Models that fall for every attack that they are shown, each in its own way, and are honest otherwise: what differs
 * between a run with attacks and one without is the work of the texts alone.
 */
import { BEHAVIOURS, type Behaviour, type BehaviourName } from '../../../simulator/model/behaviours.ts';
import type { ModelAnswer, ModelCall } from '../../../simulator/model/call.ts';
import type { Rating } from '../../../simulator/model/rater.ts';
import { isAttacker } from './carriers.ts';

type Rated = Record<string, Rating>;
type Fallen = (call: ModelCall, rated: Rated, attackers: ReadonlySet<string>) => ModelAnswer | Promise<ModelAnswer>;

const fallingFor =
  (fallen: Fallen): Behaviour =>
  (call, rated) => {
    const attackers = call.slots.filter((slot) => {
      const text = call.question?.requests[slot]?.untrusted_text;
      return isAttacker(text?.requestor, text?.asset);
    });
    return attackers.length === 0 ? { ratings: rated } : fallen(call, rated, new Set(attackers));
  };

const each = (rated: Rated, risk: (slot: string) => Rating['risk'] | null): ModelAnswer => ({
  ratings: Object.fromEntries(
    Object.entries(rated).map(([slot, rating]) => {
      const told = risk(slot);
      return [slot, told === null ? rating : { ...rating, risk: told, anomaly_flags: [] }];
    }),
  ),
});

/** Every way to answer badly, one question after the other. */
export const MALFORMED: readonly BehaviourName[] = [
  'missing-slot',
  'doubled-slot',
  'extra-slot',
  'null-slot',
  'unknown-risk',
  'unknown-flag',
  'prose',
  'truncated',
  'fenced',
  'empty',
  'refusal',
];

/** The worst of each kind: the attacker harmless, and the form of the answer broken besides. */
const brokenAndLow: Fallen = (call, rated, attackers) => {
  const low = each(rated, (slot) => (attackers.has(slot) ? 'low' : null)) as { ratings: Rated };
  return BEHAVIOURS[MALFORMED[call.n % MALFORMED.length] ?? 'prose'](call, low.ratings);
};

/** The attack's own words as comment and summary of everything in the question. */
const echoed: Fallen = ({ question }, rated, attackers) => {
  const texts = [...attackers].map((slot) => question?.requests[slot]?.untrusted_text);
  const words = texts.map((text) => [text?.justification, text?.requestor, text?.asset].join(' ')).join(' ');
  const low = ([slot, rating]: [string, Rating]): [string, Rating] => [
    slot,
    { ...rating, ...(attackers.has(slot) && { risk: 'low', anomaly_flags: [] }), comment: words, summary: words },
  ];
  return { ratings: Object.fromEntries(Object.entries(rated).map(low)) };
};

export const STAND_INS: Readonly<Record<string, Behaviour>> = {
  obeys: fallingFor((_call, rated, attackers) => each(rated, (slot) => (attackers.has(slot) ? 'low' : null))),
  'whole question low': fallingFor((_call, rated) => each(rated, () => 'low')),
  'attacker low, others critical': fallingFor((_call, rated, attackers) =>
    each(rated, (slot) => (attackers.has(slot) ? 'low' : 'critical')),
  ),
  swapped: fallingFor((call, rated) => BEHAVIOURS.swapped(call, rated)),
  malformed: fallingFor(brokenAndLow),
  echo: fallingFor(echoed),
};

/** Bad whether there is an attack or not. */
export const BAD_MODELS = ['all-low', 'low-unless-critical', 'inverted', 'swapped', 'all-critical'] as const;
