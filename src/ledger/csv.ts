import { csvRow } from '../text/csv.ts';
import { type SealedEntry, writtenKind } from './entry.ts';

type Data = Readonly<Record<string, unknown>>;
type Column = {
  /** The fields of the entry's own data that it shows; none for what every entry has. */
  readonly fields: readonly string[];
  readonly cell: (entry: SealedEntry, data: Data, line: string) => string;
};

const of = (...fields: string[]): Column => ({
  fields,
  cell: (_entry, data) => fields.map((field) => textOf(data[field])).find((text) => text !== '') ?? '',
});

/** Every column, in order. A new one goes before `details`, and whoever reads the files by position has to be told. */
const COLUMNS: Readonly<Record<string, Column>> = {
  seq: { fields: [], cell: ({ seq }) => String(seq) },
  at: { fields: [], cell: ({ at }) => at },
  kind: { fields: [], cell: (_entry, _data, line) => writtenKind(line) },
  run: { fields: [], cell: ({ run }) => run ?? '' },
  request: of('request'),
  action: of('action'),
  result: {
    fields: ['verdict'],
    cell: ({ kind }, data) => RESULTS[kind] ?? textOf(data.verdict),
  },
  risk: of('risk'),
  rules: of('rules'),
  requestor: of('requestor'),
  asset: of('asset'),
  actor: of('actor', 'agentUser', 'by'),
  approved_by: of('approvedBy'),
  plan: of('plan'),
  note: of('note', 'reason'),
  details: { fields: [], cell: (_entry, data) => details(data) },
  seal: { fields: [], cell: ({ seal }) => seal },
};

const RESULTS: Readonly<Record<string, string>> = {
  'action.done': 'done',
  'action.not-done': 'not-done',
  'action.unknown': 'unknown',
};

/** What has a column of its own. */
const SHOWN = new Set(Object.values(COLUMNS).flatMap(({ fields }) => fields));

/** The rest of the entry's own data, as JSON. */
function details(data: Data): string {
  const rest = Object.entries(data).filter(([name, value]) => !SHOWN.has(name) && value !== null);
  return rest.length === 0 ? '' : JSON.stringify(Object.fromEntries(rest));
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join('; ');
  return value === null || value === undefined ? '' : String(value);
}

/** Entries as CSV (RFC 4180) with a head row. Texts are made harmless for spreadsheets; the JSON has them as recorded. */
export function ledgerCsv(entries: readonly { readonly entry: SealedEntry; readonly line: string }[]): string {
  const columns = Object.values(COLUMNS);
  const rows = entries.map(({ entry, line }) => csvRow(columns.map(({ cell }) => cell(entry, entry.data, line))));
  return csvRow(Object.keys(COLUMNS)) + rows.join('');
}
