import { isBlind, type RunRecord } from '../domain/run_record.ts';
import { plural } from '../phrases/plural.ts';
import { brokeOff } from '../phrases/run_headline.ts';
import { listDone, type RunTotals, sum } from '../phrases/run_totals.ts';
import { tokenWords } from '../phrases/token_words.ts';
import { unreviewed } from '../phrases/work_list.ts';
import { plainLine } from '../text/plain_text.ts';
import { mailText } from './mail_text.ts';

/** Begins with the outcome, because a list of mails shows no more. One line: a line break would end the header. */
export function subjectLine(record: RunRecord, totals: RunTotals): string {
  const { failed, unknown, leftByHalt, waiting, heldBack, done, wouldDo } = totals;
  const open = unreviewed(record.breakGlass).length;
  const unscored = totals.byRisk.find(({ name }) => name === 'unscored')?.count ?? 0;
  const parts = [
    record.halt === null ? '' : 'HALTED',
    ending(record),
    record.costMet.includes('ceiling') ? 'COST CEILING REACHED' : '',
    listDone(done),
    leftByHalt === 0 ? '' : `${leftByHalt} left undone`,
    sum(done) === 0 && sum(wouldDo) > 0 ? `would have ${listDone(wouldDo)}` : '',
    open === 0 ? '' : `${open} break-glass to review`,
    unscored === 0 ? '' : `${unscored} not scored`,
    waiting.length === 0 ? '' : plural(waiting.length, 'needs a person', 'need a person'),
    heldBack.length === 0 ? '' : `${heldBack.length} held back by caps`,
    failed === 0 ? '' : `${failed} failed`,
    unknown === 0 ? '' : `${unknown} unclear`,
  ].filter((part) => part !== '');
  if (parts.length === 0) parts.push('nothing to do');
  if (record.costMet.includes('threshold')) parts.push('cost alert');
  const token = tokenWords(record)?.replace(/^the /, '') ?? '';
  // In front: a list of mails cuts what is long, and a mail that tells of this may be the last one.
  if (token !== '') parts.splice(record.halt !== null || brokeOff(record.verdict) ? 1 : 0, 0, ofToken(record, token));
  if (record.problems.length > 0 && !brokeOff(record.verdict) && !isBlind(record) && failed + unknown === 0) {
    parts.push('with problems');
  }
  return plainLine(`Portcullis: ${parts.join(', ')}`, 180);
}

const ofToken = ({ token }: RunRecord, words: string): string => (token?.near === 'near' ? words : words.toUpperCase());

function ending(record: RunRecord): string {
  const { verdict, problems, observingBecause } = record;
  switch (verdict) {
    case 'failed':
      return problems[0] === undefined ? 'RUN FAILED' : `RUN FAILED: ${mailText(problems[0].message, 90)}`;
    case 'stopped':
      return 'RUN STOPPED EARLY';
    case 'ledger-not-trusted':
      return `${observingBecause === 'storage' ? 'LEDGER OR REPORT COULD NOT BE WRITTEN' : 'LEDGER NOT TRUSTED'}, nothing was acted on`;
    case 'done':
    case 'done-with-problems':
      return isBlind(record) ? `NOT EVERYTHING SEEN: ${mailText(blindWords(record), 90)}` : unreadable(record);
  }
}

const blindWords = ({ problems }: RunRecord): string => problems.find(({ blind }) => blind === true)?.message ?? '';

/** New ones are a problem, which is more than nothing to do. */
const unreadable = ({ problems, malformed }: RunRecord): string =>
  malformed.length > 0 && problems.some(({ where }) => where === 'vault')
    ? plural(malformed.length, 'record unreadable', 'records unreadable')
    : '';
