import type { TicketSystem } from '../domain/ticket.ts';

/** What a system says about one ticket, as far as anything rests on it. */
export type TicketRecord = {
  readonly open: boolean | null;
  readonly persons: readonly string[];
  /** Empty: the ticket names none. Null: the system does not say, or says it in an unknown way. */
  readonly asset: string | null;
  readonly from: number | null;
  readonly to: number | null;
};

export type Read = { readonly record: TicketRecord } | { readonly missing: true } | { readonly unknown: string };

/**
 * One ticket out of an answer. INVARIANT: an answer about another number is none: a system that ignores the question, and
 * one that moved the ticket, must not lend its facts to the number that was cited.
 */
export function readTicket(answer: unknown, number: string, { kind, fields }: TicketSystem): Read {
  const records = kind === 'servicenow' ? valueAt(answer, 'result') : [answer];
  if (!Array.isArray(records)) return { unknown: 'answered in another shape' };
  const [record] = records;
  if (record === undefined) return { missing: true };
  if (records.length > 1) return { unknown: 'knows several tickets of that number' };
  const shown = textAt(record, fields.number);
  if (shown === null) return { unknown: 'answered in another shape' };
  if (shown.toUpperCase() !== number) return { unknown: 'answered with another number' };
  return {
    record: {
      open: openOf(valueAt(record, fields.open), fields.openWhen, kind),
      persons: fields.persons.flatMap((path) => textAt(record, path) || []),
      asset: fields.asset === null ? null : assetOf(valueAt(record, fields.asset)),
      from: fields.from === null ? null : timeOf(valueAt(record, fields.from), kind),
      to: fields.to === null ? null : timeOf(valueAt(record, fields.to), kind),
    },
  };
}

/** `a.b.c`; a key that has the dots in its name, as ServiceNow writes them, comes first. */
function valueAt(record: unknown, path: string): unknown {
  if (typeof record !== 'object' || record === null) return undefined;
  const held = record as Record<string, unknown>;
  if (Object.hasOwn(held, path)) return held[path];
  const dot = path.indexOf('.');
  if (dot < 0 || !Object.hasOwn(held, path.slice(0, dot))) return undefined;
  return valueAt(held[path.slice(0, dot)], path.slice(dot + 1));
}

function textAt(record: unknown, path: string): string | null {
  const value = valueAt(record, path);
  return typeof value === 'string' ? value.trim() : null;
}

function openOf(value: unknown, openWhen: readonly string[] | null, kind: TicketSystem['kind']): boolean | null {
  if (openWhen !== null) return typeof value === 'string' ? openWhen.includes(value.trim().toLowerCase()) : null;
  if (kind === 'jira') return value === 'done' ? false : value === 'new' || value === 'indeterminate' ? true : null;
  return value === true || value === 'true' ? true : value === false || value === 'false' ? false : null;
}

const assetOf = (value: unknown): string | null =>
  value === null ? '' : typeof value === 'string' ? value.trim() : null;

const TIME = /^(?<day>\d{4}-\d\d-\d\d)[T ](?<time>\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?<zone>Z|[+-]\d\d:?\d\d)?$/;

/** Only ServiceNow leaves the zone out, and means UTC. */
function timeOf(value: unknown, kind: TicketSystem['kind']): number | null {
  const { day, time, zone } = (typeof value === 'string' && TIME.exec(value.trim())?.groups) || {};
  if (day === undefined || time === undefined || (zone === undefined && kind !== 'servicenow')) return null;
  const at = Date.parse(`${day}T${time}${(zone ?? 'Z').replace(/^([+-]\d\d)(\d\d)$/, '$1:$2')}`);
  return Number.isNaN(at) ? null : at;
}
