import type { RunMode, RunRecord } from '../domain/run_record.ts';
import type { Clean } from './gate_words.ts';

/** How actions are let through, run mode by run mode: for a line of its own, and for the short form of a mail. */
const MODES = {
  autonomous: { full: 'autonomous: the gate alone decides', short: 'autonomous' },
  asking: { full: 'asking: a person at the terminal confirms each action', short: 'asking a person at the terminal' },
  applying: {
    full: 'applying: a person approved the plan, and nothing else is done',
    short: 'carrying out a plan that a person approved',
  },
  observing: {
    full: 'observing: nothing is changed, the report says what would have been',
    short: 'observing, nothing is changed',
  },
} as const satisfies Record<RunMode, { full: string; short: string }>;

/** With the reason why an autonomous run only observed, where there is one. */
export function modeWords(
  { mode, observingBecause }: Pick<RunRecord, 'mode' | 'observingBecause'>,
  length: 'full' | 'short',
  clean: Clean,
): string {
  const because = { full: 'because: ', short: '' }[length];
  return `${MODES[mode][length]}${observingBecause === null ? '' : ` (${because}${clean(observingBecause, 100)})`}`;
}
