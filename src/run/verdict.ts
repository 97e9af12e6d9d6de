import type { Reviewed, RunRecord } from '../domain/run_record.ts';
import { EXITS } from './exit_codes.ts';

type Ended = { readonly lost: boolean; readonly stopped: boolean; readonly ledgerTrusted: boolean };

/** How a run ended. `lost` says that a step ended it early; the other ends follow from what was noted. */
export function verdictOf(
  { reviewed, problems, recovered }: Pick<RunRecord, 'reviewed' | 'problems' | 'recovered'>,
  { lost, stopped, ledgerTrusted }: Ended,
): RunRecord['verdict'] {
  if (stopped) return 'stopped';
  if (!ledgerTrusted) return 'ledger-not-trusted';
  if (lost) return 'failed';
  const unclear = recovered.some(({ found }) => found === 'unclear');
  return reviewed.some(isUnfinished) || unclear || problems.length > 0 ? 'done-with-problems' : 'done';
}

function isUnfinished({ assessment, outcome }: Reviewed): boolean {
  if (assessment.kind === 'unscored') return true;
  return outcome?.kind === 'failed' || outcome?.kind === 'unknown' || isLeftUndone(outcome);
}

/** Left undone because of a fault, as opposed to a good reason such as a request that changed meanwhile. */
const isLeftUndone = (outcome: Reviewed['outcome']): boolean =>
  outcome?.kind === 'skipped' &&
  ['unreadable', 'not-recorded', 'ledger', 'lock-lost', 'no-token', 'token-refused'].includes(outcome.reason);

/** The exit code of the program for the end of a run; a stop is told apart by its signal. */
export function exitCodeOf(verdict: RunRecord['verdict'], signal: NodeJS.Signals | null): number {
  if (verdict !== 'stopped') return EXITS[verdict].code;
  if (signal === 'SIGHUP') return EXITS['hung-up'].code;
  return (signal === 'SIGINT' ? EXITS.interrupted : EXITS.terminated).code;
}
