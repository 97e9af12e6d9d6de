import type { RunMode, RunRecord } from '../domain/run_record.ts';
import type { Clean } from './gate_words.ts';

/** How actions are let through, run mode by run mode: for a line of its own, and for the short form of a mail. */
const MODES = {
  autonomous: { full: 'autonomous: policies and gates decide', short: 'autonomous' },
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

/** What a ledger that cannot be used is called in a sentence. */
const WITHOUT_LEDGER: Readonly<Record<string, string>> = {
  ledger: 'the ledger is not trusted',
  memory: 'the ledger is not trusted',
  key: 'the key of the ledger could not be had',
  storage: 'the ledger could not be written',
};

/** With the reason why an autonomous run only observed, where there is one. */
export function modeWords(
  { mode, observingBecause }: Pick<RunRecord, 'mode' | 'observingBecause'>,
  length: 'full' | 'short',
  clean: Clean,
): string {
  const because = { full: 'because: ', short: '' }[length];
  if (observingBecause === null) return MODES[mode][length];
  const why = Object.hasOwn(WITHOUT_LEDGER, observingBecause) ? WITHOUT_LEDGER[observingBecause] : undefined;
  return `${MODES[mode][length]} (${because}${clean(why ?? observingBecause, 100)})`;
}
