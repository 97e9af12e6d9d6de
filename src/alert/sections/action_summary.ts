import { ACTIONS, type Action } from '../../request/action.ts';
import { type RunTotals, riskWord, sum } from '../../request/run_totals.ts';
import { html } from '../html.ts';
import { BAD, GOOD, NEUTRAL, RISK_LOOK, TEXT, WATCH } from '../look.ts';
import { requestRows } from '../request_rows.ts';
import { factsOf, titleOf, whyWaiting } from '../request_words.ts';
import { nothing } from './nothing.ts';
import type { MailContent } from './section.ts';
import { type Tile, tileRow } from './tiles.ts';

const SHOWN = 15;

/** ACTION_SUMMARY: what was done in numbers, then the reader's own to-do list. */
export function actionSummary(content: MailContent): string {
  const { totals } = content;
  const rows = totals.waiting.map((r) => ({
    badge: riskWord(r),
    look: RISK_LOOK[riskWord(r)],
    title: titleOf(r),
    lines: [factsOf(r), whyWaiting(r)],
  }));
  const list =
    rows.length === 0
      ? nothing(content, `No ${sum(totals.wouldDo) > 0 ? 'other ' : ''}request of this run waits for a person.`)
      : heading({ says: 'Please look at these in the vault' }) + requestRows(rows, SHOWN);
  return tileRow(tilesOf(totals)) + list;
}

function tilesOf({ done, wouldDo, waiting, failed, unknown }: RunTotals): Tile[] {
  const rehearsed = sum(wouldDo) > 0 && sum(done) === 0;
  const counts = rehearsed ? wouldDo : done;
  const word = (action: Action) => (rehearsed ? `would ${ACTIONS[action].infinitive}` : ACTIONS[action].done);
  const tiles: Tile[] = [
    { count: counts.approve, name: word('approve'), look: GOOD },
    { count: counts.reject, name: word('reject'), look: BAD },
    { count: counts.close, name: word('close'), look: NEUTRAL },
    { count: waiting.length, name: 'waiting', look: WATCH },
  ];
  if (failed > 0) tiles.push({ count: failed, name: 'failed', look: BAD });
  if (unknown > 0) tiles.push({ count: unknown, name: 'unclear', look: BAD });
  return tiles;
}

const heading = html<{ says: string }>(`<div style="padding:18px 0 8px;${TEXT};font-weight:600;">{{says}}</div>`);
