import { didYouMean } from '../text/nearest.ts';
import type { Identity } from './access_model.ts';
import { unknownName } from './access_problems.ts';
import { ENTITLEMENT_SHAPE, IDENTITY_KEYS, isEntitlement } from './access_shape.ts';
import type { Finding } from './place.ts';

export type IdentitiesRead = { readonly identities: readonly Identity[]; readonly findings: readonly Finding[] };

/**
 * Reads identities from the one CSV format that is described in access.yml: a header with the columns of IDENTITY_KEYS
 * (any order, `user` required), commas between fields, `"…"` around fields that hold a comma, a quote (doubled) or a line
 * break, `;` between roles and between entitlements. A line that does not fit is a finding: a person who silently lost
 * their manager or roles would be decided on wrongly.
 */
export function readIdentities(file: string, text: string, roles: ReadonlySet<string>): IdentitiesRead {
  const findings: Finding[] = [];
  const identities: Identity[] = [];
  const say = (line: number, message: string) => findings.push({ place: { file, line, column: 1 }, message });
  const { records, problem } = splitCsv(text);
  if (problem !== null) say(problem.line, problem.message);

  const [header, ...rest] = records;
  const columns = (header?.fields ?? []).map((column) => column.trim());
  for (const column of columns) {
    if (!(IDENTITY_KEYS as readonly string[]).includes(column)) {
      say(1, `unknown column \`${column}\`; allowed: ${IDENTITY_KEYS.join(', ')}${didYouMean(column, IDENTITY_KEYS)}`);
    }
  }
  if (new Set(columns).size < columns.length) say(1, 'a column stands here a second time');
  if (!columns.includes('user')) say(1, 'the first line names the columns and `user` must be one of them');
  if (findings.length > 0) return { identities, findings };

  for (const { line, fields } of rest) {
    if (fields.length !== columns.length) {
      say(line, `${fields.length} fields, but the first line names ${columns.length} columns`);
      continue;
    }
    const field = (name: (typeof IDENTITY_KEYS)[number]) => fields[columns.indexOf(name)]?.trim() ?? '';
    const list = (name: 'roles' | 'entitlements') =>
      field(name)
        .split(';')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    if (field('user') === '') say(line, '`user` is empty');
    for (const role of list('roles')) if (!roles.has(role)) say(line, unknownName('role', role, roles));
    for (const entitlement of list('entitlements')) {
      if (!isEntitlement(entitlement)) say(line, `\`${entitlement}\`: ${ENTITLEMENT_SHAPE}`);
    }
    identities.push({
      user: field('user'),
      roles: list('roles'),
      department: field('department') || null,
      manager: field('manager') || null,
      entitlements: list('entitlements'),
      place: { file, line, column: 1 },
    });
  }
  return { identities, findings };
}

type CsvRecord = { readonly line: number; readonly fields: readonly string[] };
type Problem = { readonly line: number; readonly message: string };

const TOKEN = /"((?:[^"]|"")*)"(?=[,\r\n]|$)|([^",\r\n]*)(?=[,\r\n]|$)/y;

/** RFC 4180, and nothing more lenient. Empty lines are skipped. */
function splitCsv(text: string): { records: CsvRecord[]; problem: Problem | null } {
  const records: CsvRecord[] = [];
  let [at, line, start] = [0, 1, 1];
  let fields: string[] = [];
  while (at <= text.length) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text);
    if (token === null)
      return {
        records,
        problem: { line, message: 'a quote that does not close, or stands inside a field without quotes' },
      };
    fields.push(token[1]?.replaceAll('""', '"') ?? token[2] ?? '');
    line += token[0].split('\n').length - 1;
    at += token[0].length;
    if (text[at] === ',') {
      at += 1;
      continue;
    }
    if (fields.length > 1 || fields[0] !== '') records.push({ line: start, fields });
    fields = [];
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line += 1;
    start = line;
  }
  return { records, problem: null };
}
