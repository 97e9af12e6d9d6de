import { ACTIONS } from '../domain/action.ts';
import type { Reviewed } from '../domain/run_record.ts';

/** What became of a decision, in one or two words: the same ones in report and mail. */
export function outcomeWord({ decision, outcome }: Pick<Reviewed, 'decision' | 'outcome'>): string {
  if (outcome === null || decision.verdict === 'hold') return 'held';
  switch (outcome.kind) {
    case 'done':
      return ACTIONS[decision.verdict].done;
    case 'skipped':
      return outcome.reason === 'observing' ? `would ${ACTIONS[decision.verdict].infinitive}` : 'not done';
    case 'failed':
      return 'failed';
    case 'unknown':
      return 'outcome unknown';
  }
}
