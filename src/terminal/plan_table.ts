import { markdownTable } from 'markdown-table';
import stringWidth from 'string-width';
import { type RunRecord, requestorOf, subjectOf } from '../domain/run_record.ts';
import { headline } from '../phrases/run_headline.ts';
import { totalsOf } from '../phrases/run_totals.ts';
import { switchLines } from '../phrases/switch_words.ts';
import { utcMinute } from '../phrases/time_words.ts';
import type { Plan } from '../plan/plan.ts';
import { capital } from '../text/plain_text.ts';
import { terminalCell, terminalLine } from '../text/terminal_text.ts';
import { noticeLines } from './summary.ts';

type Prepared = { readonly plan: Plan; readonly record: RunRecord };
type Planned = Prepared & { readonly file: string; readonly report: string | null };

/** What a person looks at before they say yes: what would be done, by which policies, and how to say it. */
export function planTable({ plan, file, record, report }: Planned): string {
  const empty = plan.entries.length === 0;
  const blocks = [
    `${capital(headline(record, totalsOf(record)))}.`,
    noticeLines(record),
    empty ? 'The plan is empty: there is nothing to approve. It was written all the same.' : table(plan, record),
    switchLines(record).join('\n'),
    problemLines(record),
    [
      `plan:   ${terminalLine(file)}, ${validity(plan)}`,
      `report: ${terminalLine(report ?? 'could not be written')}`,
      ...(empty ? [] : [`apply:  portcullis apply ${terminalLine(file)} --approved-by <your name>`]),
    ].join('\n'),
  ];
  return page(blocks);
}

/** The same for whoever applies it, right before they are asked; the requests may have changed since. */
export function planToApprove({ plan, record }: Prepared): string {
  const made = `${terminalLine(plan.plan_id)}, made at ${utcMinute(Date.parse(plan.created))}, ${validity(plan)}`;
  return page([`${made}.`, noticeLines(record), table(plan, record), problemLines(record)]);
}

const page = (blocks: readonly string[]): string => `\n${blocks.filter((block) => block !== '').join('\n\n')}\n`;

const validity = ({ expires }: Plan): string =>
  `valid until ${utcMinute(Date.parse(expires))} under these policies and prompts`;

const problemLines = ({ problems }: RunRecord): string =>
  problems.map(({ where, message }) => `! ${terminalLine(where, 60)}: ${terminalLine(message)}`).join('\n');

function table(plan: Plan, record: RunRecord): string {
  const requests = new Map(record.reviewed.map(({ dossier: { request } }) => [request.id, request]));
  const rows = plan.entries.map(({ request_id, action, risk, basis }) => {
    const request = requests.get(request_id);
    const [requestor, asset] = request === undefined ? ['', ''] : [requestorOf(request), subjectOf(request)];
    return [request_id, action, requestor, asset, risk ?? 'unscored', basis.join(', ')].map((text) =>
      terminalCell(text, 60),
    );
  });
  const head = ['request', 'action', 'requestor', 'asset', 'risk', 'policy basis'];
  return markdownTable([head, ...rows], { stringLength: stringWidth });
}
