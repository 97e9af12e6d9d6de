import { ACTIONS, type Action } from '../../domain/action.ts';
import { wouldWord } from '../../phrases/outcome_words.ts';
import { type RunTotals, sum } from '../../phrases/run_totals.ts';
import { workList } from '../../phrases/work_list.ts';
import { BAD, GOOD, NEUTRAL, WATCH } from '../theme.ts';
import { breakGlass } from './break_glass.ts';
import { limitRemarks } from './limit_remarks.ts';
import { nothing } from './nothing.ts';
import type { MailContent } from './section.ts';
import { type Tile, tileRow } from './tiles.ts';
import { workRows } from './work_rows.ts';

/**
 * ACTION_SUMMARY: what was done in numbers, then the reader's own to-do list: emergencies first, then what is for
 * security, for owners and managers, and for requestors.
 */
export function actionSummary(content: MailContent): string {
  const { totals, record } = content;
  const groups = workList(totals.waiting).map(workRows).join('');
  const list =
    groups === ''
      ? nothing(content, `No ${sum(totals.wouldDo) > 0 ? 'other ' : ''}request of this run waits for a person.`)
      : groups;
  return tileRow(tilesOf(totals)) + breakGlass(record) + list + limitRemarks(totals);
}

function tilesOf({ done, wouldDo, waiting, heldBack, failed, unknown }: RunTotals): Tile[] {
  const rehearsed = sum(wouldDo) > 0 && sum(done) === 0;
  const counts = rehearsed ? wouldDo : done;
  const word = (action: Action) => (rehearsed ? wouldWord(action) : ACTIONS[action].done);
  const tiles: Tile[] = [
    { count: counts.approve, name: word('approve'), look: GOOD },
    { count: counts.reject, name: word('reject'), look: BAD },
    { count: counts.close, name: word('close'), look: NEUTRAL },
    { count: waiting.length, name: 'waiting', look: WATCH },
  ];
  if (heldBack.length > 0) tiles.push({ count: heldBack.length, name: 'capped', look: WATCH });
  if (failed > 0) tiles.push({ count: failed, name: 'failed', look: BAD });
  if (unknown > 0) tiles.push({ count: unknown, name: 'unclear', look: BAD });
  return tiles;
}
