import { ACTIONS } from '../domain/action.ts';
import type { RunRecord, SwitchedOff } from '../domain/run_record.ts';

/** The heading over these lines. */
export const SWITCHES_TITLE = 'What each switch would do now';

/**
 * What each switch that is off would do in this run if it were on, a line each. Made of our own words and numbers only, so
 * that they can stand anywhere unescaped.
 */
export const switchLines = ({ switchedOff = [] }: Pick<RunRecord, 'switchedOff'>): string[] =>
  switchedOff.map((one) => `${one.setting}=true would ${ACTIONS[one.action].infinitive} ${howMany(one)}`);

function howMany({ more, unconfirmed, heldBack }: SwitchedOff): string {
  const count = more === 0 ? 'no more requests' : `${unconfirmed ? 'at most ' : ''}${more} more`;
  const open = more > 0 && unconfirmed ? ', before confirmation' : '';
  return `${count}${open}${heldBack === 0 ? '' : `; ${heldBack} held back by caps`}`;
}
