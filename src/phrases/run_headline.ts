import { isBlind, type RunRecord } from '../domain/run_record.ts';
import { plural } from './plural.ts';
import { type RunTotals, sum } from './run_totals.ts';
import { tokenWords } from './token_words.ts';

/** How each end of a run is told; the words before the counts. */
const OPENINGS = {
  done: '',
  'done-with-problems': '',
  failed: 'the run failed, ',
  stopped: 'the run was stopped early, ',
  'ledger-not-trusted': 'the ledger is not trusted, ',
} as const satisfies Record<RunRecord['verdict'], string>;

/**
 * The run in one sentence that a security lead understands first: "3 requests acted on, 5 wait for a person, nothing
 * failed". Made of our own words and numbers only, so that it can stand anywhere unescaped.
 */
export function headline(record: RunRecord, totals: RunTotals): string {
  return (
    (record.halt === null ? '' : 'halted, ') +
    openingOf(record) +
    [
      acted(record, totals),
      ...leftUndone(totals),
      ...waiting(record, totals),
      ...heldBack(totals),
      ...troubles(record, totals),
      ...tokenEnds(record),
    ].join(', ')
  );
}

/** A full disk says nothing against the ledger; that nothing was done has another reason then. */
const openingOf = (record: RunRecord): string => {
  const { verdict, observingBecause } = record;
  return verdict === 'ledger-not-trusted' && observingBecause === 'storage'
    ? 'the ledger or the report could not be written, '
    : OPENINGS[verdict] === '' && isBlind(record)
      ? 'not everything could be seen, '
      : OPENINGS[verdict];
};

function acted(record: RunRecord, totals: RunTotals): string {
  const done = sum(totals.done);
  if (done > 0) return plural(done, 'request acted on', 'requests acted on');
  const would = sum(totals.wouldDo);
  if (record.mode === 'observing' && would > 0) return `nothing changed, ${would} would have been acted on`;
  return 'nothing changed';
}

const leftUndone = ({ leftByHalt }: RunTotals): string[] => (leftByHalt > 0 ? [`${leftByHalt} left undone`] : []);

function waiting(record: RunRecord, totals: RunTotals): string[] {
  const { verdict, mode } = record;
  const n = totals.waiting.length;
  if (n > 0) return [plural(n, 'waits for a person', 'wait for a person')];
  // A run that broke off, saw a part only, or looked at one plan only, cannot know that nothing waits; what was only rehearsed still has
  // to be done by somebody.
  const unfinished = sum(totals.wouldDo) + totals.leftByHalt > 0;
  return brokeOff(verdict) || isBlind(record) || mode === 'applying' || unfinished
    ? []
    : ['nothing waits for a person'];
}

/** A cap that does its work is no fault, but nobody may take what it held back for done. */
const heldBack = ({ heldBack: { length } }: RunTotals): string[] => (length > 0 ? [`${length} held back by caps`] : []);

function troubles(record: RunRecord, totals: RunTotals): string[] {
  const unscored = totals.byRisk.find(({ name }) => name === 'unscored')?.count ?? 0;
  const found = [
    totals.failed > 0 ? plural(totals.failed, 'action failed', 'actions failed') : '',
    totals.unknown > 0 ? plural(totals.unknown, 'action with unknown outcome', 'actions with unknown outcome') : '',
    unscored > 0 ? `${unscored} not scored` : '',
  ].filter((words) => words !== '');
  if (found.length > 0) return found;
  if (record.problems.length > 0) {
    // A run that broke off has said so already; "1 problem" beside it would sound like a second one.
    return brokeOff(record.verdict) ? [] : [plural(record.problems.length, 'problem')];
  }
  return brokeOff(record.verdict) ? [] : ['nothing failed'];
}

/** Nobody reads down to a warning on a quiet day, and after its end there may be no mail. */
function tokenEnds(record: RunRecord): string[] {
  const words = tokenWords(record);
  return words === null ? [] : [words];
}

/** The run did not come to its end: what it tells is not the whole window. */
export const brokeOff = (verdict: RunRecord['verdict']): boolean =>
  verdict === 'failed' || verdict === 'stopped' || verdict === 'ledger-not-trusted';
