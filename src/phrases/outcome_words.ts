import { ACTIONS, type Action } from '../domain/action.ts';
import type { Outcome, SkipReason } from '../domain/decision.ts';
import type { Reviewed } from '../domain/run_record.ts';
import type { Clean } from './gate_words.ts';

/** What became of a decision, in words: one word for it, and what there is to say beyond the word. */

/** `would approve`: decided on, and left undone because the run only observed. */
export const wouldWord = (action: Action): string => `would ${ACTIONS[action].infinitive}`;

/** In one or two words. */
export function outcomeWord({ decision, outcome }: Pick<Reviewed, 'decision' | 'outcome'>): string {
  if (outcome === null || decision.verdict === 'hold') return 'held';
  switch (outcome.kind) {
    case 'done':
      return ACTIONS[decision.verdict].done;
    case 'skipped':
      return outcome.reason === 'observing' ? wouldWord(decision.verdict) : 'not done';
    case 'failed':
      return 'failed';
    case 'unknown':
      return 'outcome unknown';
  }
}

/** Beside the word: the status afterwards and a note, or why it was not done. */
export function outcomeNote(outcome: Outcome | null, clean: Clean): string {
  if (outcome === null) return '';
  if (outcome.kind !== 'done') return clean(outcome.why, 160);
  const after = outcome.statusAfter === null ? 'status not read again' : `now ${clean(outcome.statusAfter, 40)}`;
  return outcome.note === '' ? after : `${after}; ${clean(outcome.note, 160)}`;
}

/** The same where the status stands beside it already, and where every row of an observing run would say the same. */
export function outcomeRemark(outcome: Outcome | null, clean: Clean): string {
  if (outcome === null || (outcome.kind === 'skipped' && outcome.reason === 'observing')) return '';
  return clean(outcome.kind === 'done' ? outcome.note : outcome.why, 160);
}

/** All in one cell beside the action, for the person who sat there. */
export function outcomeCell(outcome: Outcome | null, clean: Clean): string {
  if (outcome === null) return '';
  if (outcome.kind === 'done') return clean(outcome.note === '' ? 'done' : `done: ${outcome.note}`);
  if (outcome.kind !== 'skipped') return clean(`${outcome.kind}: ${outcome.why}`);
  return clean(`not done: ${SKIPPED[outcome.reason] ?? outcome.why}`);
}

/** What that person knows best; for the other reasons the outcome has the words. */
const SKIPPED: Partial<Record<SkipReason, string>> = {
  observing: 'only observing',
  declined: 'you said no',
  'passed-over': 'you left it for later',
  stopped: 'stopped before',
};
