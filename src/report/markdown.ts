import type { RunRecord } from '../domain/run_record.ts';
import { totalsOf } from '../phrases/run_totals.ts';
import { actionsSection, rehearsalSection, switchesSection } from './action_tables.ts';
import * as appendix from './appendix.ts';
import { ENDLESS, type Room } from './detail.ts';
import { classesSection, heldBackSection, overdueSection } from './limits.ts';
import { markdownText } from './markdown_text.ts';
import { anomaliesSection, title, totalsSection } from './overview.ts';
import { detailBlocks } from './request_detail.ts';
import { unknownAssetsSection } from './unknown_assets.ts';
import { breakGlassSection, waitingSection } from './work_list.ts';

/** The report of one run as GitHub-flavoured Markdown that also reads well raw. Pure. */
export const renderMarkdown = (record: RunRecord, room: Room = ENDLESS): string =>
  [...markdownParts(record, room)].join('');

/** The same part by part, for a file that is written as it is made. */
export function* markdownParts(record: RunRecord, room: Room): Generator<string> {
  let first = true;
  for (const block of blocksOf(record, room)) {
    if (block === '') continue;
    yield first ? block : `\n\n${block}`;
    first = false;
  }
  yield '\n';
}

function* blocksOf(record: RunRecord, room: Room): Generator<string> {
  const totals = totalsOf(record);
  yield title(record, totals);
  // What went wrong is read before what came of it: in a long page nobody finds it below the requests.
  yield appendix.problemsSection(record);
  yield totalsSection(record, totals);
  yield actionsSection(record, totals, room);
  yield rehearsalSection(record, room);
  yield switchesSection(record);
  yield classesSection(record);
  yield anomaliesSection(totals);
  yield waitingSection(totals, room);
  yield unknownAssetsSection(record, room);
  yield breakGlassSection(record, room);
  yield heldBackSection(totals, room);
  yield overdueSection(totals, room);
  yield* detailBlocks(record, room);
  yield appendix.unscoredSection(record, room);
  yield appendix.malformedSection(record, room);
  yield appendix.recoveredSection(record, room);
  yield appendix.warningsSection(record);
  yield appendix.effortSection(record);
  yield appendix.gateSection(record);
  yield footer(record);
}

const footer = ({ version }: RunRecord): string =>
  [
    '---',
    '',
    `Written by Portcullis ${markdownText(version, 40)}. Addresses in texts of requestors and of the AI are broken on purpose,`,
    'like `https(:)//`, so that nothing in them can be clicked.',
  ].join('\n');
