import type { Halt } from '../domain/halt.ts';
import { noun, plural } from './plural.ts';
import { utcMinute } from './time_words.ts';

/** Takes from a text what could act on the place where it is shown. */
type Clean = (text: string, maxLength: number) => string;

const SOURCES = {
  file: {
    says: ({ by, since }: Halt, clean: Clean) => `by ${clean(by ?? 'somebody', 100)} since ${utcMinute(since)}`,
    next: 'run `portcullis resume`',
    advice: 'run `portcullis resume` when it may act again',
  },
  setting: {
    says: () => 'by the setting HALT',
    next: 'take HALT out of the settings and start again',
    advice: 'take HALT out of the settings and start again when it may act again',
  },
  unreadable: {
    says: () => 'because its halt file is there and cannot be understood',
    next: 'look at the halt file, then run `portcullis resume`',
    advice: 'look at `halt.json` in the state folder and who may write there; `portcullis resume` takes it away',
  },
} as const satisfies Record<
  Halt['source'],
  { says: (halt: Halt, clean: Clean) => string; next: string; advice: string }
>;

/** `halted by anna since 2026-11-20 05:40 UTC: INC-4711`; who and why are texts of people, and `clean` is the sink's. */
export function haltWords(halt: Halt, clean: Clean): string {
  const reason = halt.reason === null ? '' : `: ${clean(halt.reason, 300)}`;
  return `halted ${SOURCES[halt.source].says(halt, clean)}${reason}`;
}

/** The same with what it did to this run, for the top of report, mail and terminal. */
export function haltStory(halt: Halt, leftUndone: number, clean: Clean): string {
  const actions = `${plural(leftUndone, 'action was', 'actions were')} left undone and ${noun(leftUndone, 'stays', 'stay')}`;
  return `Portcullis is ${haltWords(halt, clean)}${leftUndone === 0 ? '' : `; ${actions} eligible`}`;
}

/** What an action that was left undone says, in our own words alone. */
export const haltedNext = ({ source }: Halt): string => `halted; ${SOURCES[source].next}`;

export const haltAdvice = ({ source }: Halt): string => SOURCES[source].advice;
