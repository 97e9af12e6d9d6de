import { requestorOf, subjectOf } from '../domain/run_record.ts';
import type { HeldBack } from '../phrases/held_back.ts';
import type { OverdueGrant } from '../phrases/overdue_grant.ts';
import { type RunTotals, riskWord } from '../phrases/run_totals.ts';
import type { Room } from './detail.ts';
import { longTable, section } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/** What everything allowed and a cap or the circuit breaker held back. */
export function heldBackSection({ heldBack }: RunTotals, room: Room): string {
  if (heldBack.length === 0) return '';
  const row = ({ reviewed, action, why }: HeldBack) => {
    const { request } = reviewed.dossier;
    return [
      action,
      markdownText(request.id, 60),
      markdownText(requestorOf(request), 60),
      markdownText(subjectOf(request), 60),
      riskWord(reviewed),
      markdownText(why, 200),
    ];
  };
  const note =
    'Everything else allowed these. They stay as they are, and the next run asks again as far as the caps allow.';
  return section(
    'Held back by caps',
    note,
    longTable(['Action', 'Request', 'Requestor', 'What for', 'Risk', 'Held back by'], heldBack, row, room),
  );
}

/** Access that is still granted although its class has had its time. */
export function overdueSection({ overdue }: RunTotals, room: Room): string {
  const row = ({ reviewed, hours, maxHours }: OverdueGrant) => {
    const { request } = reviewed.dossier;
    return [
      markdownText(request.id, 60),
      markdownText(requestorOf(request), 60),
      markdownText(subjectOf(request), 60),
      reviewed.accessContext.classes.map((name) => markdownText(name, 40)).join(', '),
      `${hours}`,
      `${maxHours}`,
    ];
  };
  const note = 'Granted for longer than their class allows (`AUTO_CLOSE_EXPIRED` lets Portcullis close them).';
  return overdue.length === 0
    ? ''
    : section(
        'Grants past their maximum',
        note,
        longTable(['Request', 'Requestor', 'What for', 'Classes', 'Hours', 'Allowed'], overdue, row, room, 'llllrr'),
      );
}
