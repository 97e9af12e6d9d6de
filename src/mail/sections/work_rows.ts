import { offHoursWords } from '../../phrases/hours_granted.ts';
import { riskWord } from '../../phrases/run_totals.ts';
import { age } from '../../phrases/time_words.ts';
import type { WorkGroup, WorkGroupName, WorkItem } from '../../phrases/work_list.ts';
import { capital } from '../../text/plain_text.ts';
import { html } from '../html.ts';
import { mailText } from '../mail_text.ts';
import { type Row, requestRows } from '../request_rows.ts';
import { titleOf } from '../request_words.ts';
import { SMALL, TEXT } from '../text_styles.ts';
import type { Tones } from '../tones.ts';

/** How many of each group the mail shows: the reader's own first and most. */
const SHOWN: Readonly<Record<WorkGroupName, number>> = { security: 12, owners: 8, questions: 6, rest: 3 };

/** One group of the work list. The numbers of each risk stand in the heading, because the rows may be more than are shown. */
export function workRows({ name, title, items }: WorkGroup, tones: Tones): string {
  const rows = items.map((item) => row(item, tones));
  return heading({ says: `${title} (${items.length})` }) + requestRows(rows, SHOWN[name], 'in the report');
}

function row({ reviewed, next }: WorkItem, tones: Tones): Row {
  const { request, facts } = reviewed.dossier;
  return {
    badge: riskWord(reviewed),
    look: tones[riskWord(reviewed)],
    title: titleOf(reviewed),
    lines: [
      nextLine({ reviewed, next }),
      [asked(age(facts.daysSinceCreated)), offHoursWords(facts), mailText(request.id, 60)]
        .filter((words) => words !== '')
        .join(' · '),
    ],
  };
}

/** Finding and next step in one line: `The justification says nothing. Ask for …`, `Owner x decides: …`. */
export function nextLine({ next }: WorkItem): string {
  const finding = mailText(next.finding, 160);
  if (next.kind === 'request_info') return `Ask for ${mailText(next.ask ?? 'more', 120)}: ${finding}`;
  // In the group for security it goes without saying who decides.
  const asks = next.ask === null ? finding : `${finding} (${mailText(next.ask, 120)})`;
  return next.to === 'security' ? capital(asks) : `${capital(mailText(next.to, 60))}: ${asks}`;
}

const asked = (old: string): string => (old === 'today' ? 'asked today' : `asked ${old} ago`);

export const heading = html<{ says: string }>(
  `<div style="padding:18px 0 8px;${TEXT};font-weight:600;">{{says}}</div>`,
);
export const remark = html<{ says: string }>(`<div style="padding:8px 0 0;${SMALL};">{{says}}</div>`);
