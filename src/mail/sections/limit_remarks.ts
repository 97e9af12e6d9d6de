import { plural } from '../../phrases/plural.ts';
import type { RunTotals } from '../../phrases/run_totals.ts';
import { mailText } from '../mail_text.ts';
import { remark } from './work_rows.ts';

const SHOWN = 5;

/** What caps held back, one line for each cap, and grants that outlived their class; the report lists them all. */
export function limitRemarks({ heldBack, overdue }: RunTotals): string {
  const byCap = new Map<string, number>();
  for (const { action, why } of heldBack) {
    const cap = `${action}: ${why}`;
    byCap.set(cap, (byCap.get(cap) ?? 0) + 1);
  }
  const lines = [...byCap].slice(0, SHOWN).map(([cap, count]) => `${count} held back by a cap, ${mailText(cap, 200)}.`);
  if (byCap.size > SHOWN) lines.push(`and ${byCap.size - SHOWN} more caps, see the report.`);
  if (overdue.length > 0) {
    lines.push(
      `${plural(overdue.length, 'grant is', 'grants are')} open for longer than the class allows; the report lists them.`,
    );
  }
  return lines.map((says) => remark({ says })).join('');
}
