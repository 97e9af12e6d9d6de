import { requestorOf, subjectOf } from '../request/run_record.ts';
import { type RunTotals, riskWord } from '../request/run_totals.ts';
import { section, tableOf } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/** What everything allowed and a cap or the breaker held back. */
export function heldBackSection({ heldBack }: RunTotals): string {
  if (heldBack.length === 0) return '';
  const rows = heldBack.map(({ reviewed, action, why }) => {
    const { request } = reviewed.dossier;
    return [
      action,
      markdownText(request.id, 60),
      markdownText(requestorOf(request), 60),
      markdownText(subjectOf(request), 60),
      riskWord(reviewed),
      markdownText(why, 200),
    ];
  });
  const note =
    'Everything else allowed these. They stay as they are, and the next run asks again as far as the caps allow.';
  return section(
    'Held back by caps',
    note,
    tableOf(['Action', 'Request', 'Requestor', 'What for', 'Risk', 'Held back by'], rows),
  );
}

/** Access that is still granted although its class has had its time. */
export function overdueSection({ overdue }: RunTotals): string {
  const rows = overdue.map(({ reviewed, hours, maxHours }) => {
    const { request } = reviewed.dossier;
    return [
      markdownText(request.id, 60),
      markdownText(requestorOf(request), 60),
      markdownText(subjectOf(request), 60),
      reviewed.standing.classes.map((name) => markdownText(name, 40)).join(', '),
      `${hours}`,
      `${maxHours}`,
    ];
  });
  const note = 'Granted for longer than their class allows (`AUTO_CLOSE_EXPIRED` lets Portcullis close them).';
  return rows.length === 0
    ? ''
    : section(
        'Grants past their maximum',
        note,
        tableOf(['Request', 'Requestor', 'What for', 'Classes', 'Hours', 'Allowed'], rows, 'llllrr'),
      );
}
