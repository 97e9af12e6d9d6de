import { markdownTable } from 'markdown-table';
import stringWidth from 'string-width';
import { type RunRecord, requestorOf, subjectOf } from '../domain/run_record.ts';
import { headline } from '../phrases/run_headline.ts';
import { totalsOf } from '../phrases/run_totals.ts';
import { utcMinute } from '../phrases/time_words.ts';
import type { Plan } from '../plan/plan.ts';
import { capital } from '../text/plain_text.ts';
import { terminalCell, terminalLine } from '../text/terminal_text.ts';
import { noticeLines } from './summary.ts';

type Planned = {
  readonly plan: Plan;
  readonly file: string;
  readonly record: RunRecord;
  readonly report: string | null;
};

/** What a person looks at before they say yes: what would be done, by which policies, and how to say it. */
export function planTable({ plan, file, record, report }: Planned): string {
  const empty = plan.entries.length === 0;
  const blocks = [
    `${capital(headline(record, totalsOf(record)))}.`,
    noticeLines(record),
    empty ? 'The plan is empty: there is nothing to approve. It was written all the same.' : table(plan, record),
    record.problems.map(({ where, message }) => `! ${terminalLine(where, 60)}: ${terminalLine(message)}`).join('\n'),
    [
      `plan:   ${terminalLine(file)}, valid until ${utcMinute(Date.parse(plan.expires))} under these policies and prompts`,
      `report: ${terminalLine(report ?? 'could not be written')}`,
      ...(empty ? [] : [`apply:  portcullis apply ${terminalLine(file)} --approved-by <your name>`]),
    ].join('\n'),
  ];
  return `\n${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

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
