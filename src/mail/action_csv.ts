import { type Recovered, type Reviewed, type RunRecord, requestorOf, subjectOf } from '../domain/run_record.ts';
import { outcomeWord } from '../phrases/outcome_words.ts';
import { riskWord } from '../phrases/run_totals.ts';
import { csvRow } from '../text/csv.ts';
import { actionKinds, SHOWN_ACTIONS } from './told_actions.ts';

/**
 * Graph takes a request of 4 MB, and a file in it of 3 MB. In MIME form the file is base64 twice, which makes 2.8 MB of
 * this.
 */
const MAX_BYTES = 1_500_000;

/** What travels beside a mail. */
export type MailFile = { readonly name: string; readonly csv: string };

export type AttachedActions = {
  readonly file: MailFile;
  /** How many actions stand in it, and how many there are. */
  readonly rows: number;
  readonly of: number;
};

type Line = { readonly one: Reviewed } | { readonly found: Recovered };

/** A row for each action; what an earlier run left open and this one found out has no more than the ledger knew. */
const COLUMNS: Readonly<Record<string, (one: Reviewed, runId: string) => string>> = {
  request: ({ dossier }) => dossier.request.id,
  action: ({ decision }) => decision.verdict,
  outcome: outcomeWord,
  note: ({ outcome }) => (outcome === null ? '' : outcome.kind === 'done' ? outcome.note : outcome.why),
  status_after: ({ outcome }) => (outcome?.kind === 'done' ? (outcome.statusAfter ?? '') : ''),
  requestor: ({ dossier }) => requestorOf(dossier.request),
  what_for: ({ dossier }) => subjectOf(dossier.request),
  operation: ({ dossier }) => dossier.request.operation ?? '',
  risk: riskWord,
  policies: ({ decision }) => decision.basis.join(' '),
  comment: ({ comment }) => comment ?? '',
  run: (_, runId) => runId,
};

const foundRow = ({ requestId, action, found, says, runId }: Recovered): string => {
  const cells: Record<string, string> = { request: requestId, action, outcome: found, note: says, run: runId };
  return csvRow(Object.keys(COLUMNS).map((name) => cells[name] ?? ''));
};

/** All actions as one file, where the mail has no room for all; null where it has. */
export function attachedActions(record: Pick<RunRecord, 'runId' | 'reviewed' | 'recovered'>): AttachedActions | null {
  const kinds = actionKinds(record);
  const { recovered, runId } = record;
  if (kinds.every(({ items }) => items.length <= SHOWN_ACTIONS) && recovered.length <= SHOWN_ACTIONS) return null;
  const lines: Line[] = [
    ...kinds.flatMap(({ items }) => items.map((one) => ({ one }))),
    ...recovered.map((found) => ({ found })),
  ];
  const cells = Object.values(COLUMNS);
  let csv = csvRow(Object.keys(COLUMNS));
  let bytes = Buffer.byteLength(csv);
  let rows = 0;
  for (const line of lines) {
    const row = 'one' in line ? csvRow(cells.map((cell) => cell(line.one, runId))) : foundRow(line.found);
    bytes += Buffer.byteLength(row);
    if (bytes > MAX_BYTES) break;
    csv += row;
    rows++;
  }
  return { file: { name: `actions-${runId.replace(/[^\w-]/g, '_').slice(0, 60)}.csv`, csv }, rows, of: lines.length };
}
