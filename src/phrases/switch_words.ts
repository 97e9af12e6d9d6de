import { ACTIONS, type Action } from '../domain/action.ts';
import type { ClassMode } from '../domain/class_mode.ts';
import { type Decision, keptByMode } from '../domain/decision.ts';
import type { RunRecord, SwitchedOff } from '../domain/run_record.ts';
import { classLines } from './class_words.ts';

/** The heading over these lines. */
export const SWITCHES_TITLE = 'What each switch would do now';

type Told = Pick<RunRecord, 'switchedOff' | 'classes'> & {
  readonly reviewed?: readonly { readonly decision: Pick<Decision, 'rules'> }[];
};

/**
 * What each switch that is off would do in this run if it were on, and what the classes would let through if they were
 * enforced, a line each; then which class may be enforced by now, or is not any more. Made of our own words, numbers and names of classes only, so that they can stand anywhere unescaped.
 */
export const switchLines = ({ switchedOff = [], reviewed = [], classes }: Told): string[] => [
  ...switchedOff.map((one) => `${one.setting}=true would ${ACTIONS[one.action].infinitive} ${howMany(one)}`),
  ...keptLines(reviewed),
  ...classLines(classes),
];

function howMany({ more, unconfirmed, heldBack }: SwitchedOff): string {
  const count = more === 0 ? 'no more requests' : `${unconfirmed ? 'at most ' : ''}${more} more`;
  const open = more > 0 && unconfirmed ? ', before confirmation' : '';
  return `${count}${open}${heldBack === 0 ? '' : `; ${heldBack} held back by caps`}`;
}

type Kept = { readonly class: string; readonly mode: ClassMode; readonly action: Action; count: number };

/** What a class keeps to people and nothing else held; it was not confirmed, so that fewer may come of it. */
function keptLines(reviewed: NonNullable<Told['reviewed']>): string[] {
  const kept = new Map<string, Kept>();
  for (const { decision } of reviewed) {
    const found = keptByMode(decision.rules);
    if (found === null || found.class === null) continue;
    const key = `${found.action} ${found.class}`;
    const group = kept.get(key) ?? { ...found, class: found.class, count: 0 };
    group.count += 1;
    kept.set(key, group);
  }
  return [...kept.values()]
    .sort((a, b) => b.count - a.count || (a.class < b.class ? -1 : 1))
    .map(
      ({ class: name, mode, action, count }) =>
        `mode: enforce instead of ${mode} for ${name} would ${ACTIONS[action].infinitive} at most ${count} more, before confirmation`,
    );
}
