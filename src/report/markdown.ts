import { brokeOff } from '../request/run_headline.ts';
import type { RunRecord } from '../request/run_record.ts';
import { totalsOf } from '../request/run_totals.ts';
import { actionsSection, rehearsalSection } from './action_tables.ts';
import { anomaliesSection } from './anomalies.ts';
import * as appendix from './appendix.ts';
import { breakGlassSection } from './break_glass.ts';
import { heldBackSection, overdueSection } from './limits.ts';
import { markdownText } from './markdown_text.ts';
import { title, totalsSection } from './overview.ts';
import { detailSections } from './request_detail.ts';
import { waitingSection } from './work_list.ts';

/** The report of one run as GitHub-flavoured Markdown that also reads well raw. Pure. */
export function renderMarkdown(record: RunRecord): string {
  const totals = totalsOf(record);
  const problems = appendix.problemsSection(record);
  // A run that did not come to its end has little to tell but why: that goes first.
  const onTop = brokeOff(record.verdict);
  const sections = [
    title(record, totals),
    onTop ? problems : '',
    totalsSection(record, totals),
    actionsSection(record, totals),
    rehearsalSection(record),
    anomaliesSection(totals),
    waitingSection(totals),
    breakGlassSection(record),
    heldBackSection(totals),
    overdueSection(totals),
    detailSections(record),
    appendix.unscoredSection(record),
    appendix.malformedSection(record),
    appendix.recoveredSection(record),
    appendix.warningsSection(record),
    onTop ? '' : problems,
    appendix.effortSection(record),
    appendix.gateSection(record),
    footer(record),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

const footer = ({ version }: RunRecord): string =>
  [
    '---',
    '',
    `Written by Portcullis ${markdownText(version, 40)}. Addresses in texts of requestors and of the AI are broken on purpose,`,
    'like `https(:)//`, so that nothing in them can be clicked.',
  ].join('\n');
