import {
  type AccessRequest,
  type Approval,
  type MalformedRecord,
  type Unread,
  unreadWords,
} from '../domain/access_request.ts';
import { STATUSES } from '../domain/status.ts';
import { plainLine } from '../text/plain_text.ts';
import type { Intern } from '../util/intern.ts';
import { isEmptyOrFlag, reading } from './wire_reading.ts';
import { digestOf, shapeOf } from './wire_shapes.ts';
import { fineUnitOf, time } from './wire_times.ts';
import { first, firstRead, flag, found, number, own, text } from './wire_values.ts';

/**
 * The only place that knows what the vault calls things. The names are assumptions (see the vault's contract): when a
 * real vault says otherwise, a row of these tables changes and nothing else.
 *
 * Each row lists the places where a value may stand, best first; a dot steps into an object.
 */
const REQUEST_NAMES = {
  id: ['id', 'requestId', 'uuid'],
  status: ['status'],
  created: ['created', 'createdAt', 'requested'],
  approved: ['approved', 'approvedAt', 'approvedDate'],
  completed: ['completed', 'completedAt'],
  requestedFrom: ['requestedFrom'],
  requestedTo: ['requestedTo'],
  justification: ['message', 'reason', 'justification', 'comment'],
  exclusive: ['exclusive'],
  operation: ['operation'],
  entityType: ['entityType'],
  assetId: ['entityId', 'assetId', 'asset.id'],
  assetName: ['entityName', 'assetName', 'asset.name'],
  requestor: ['requestor', 'requester', 'user', 'createdBy'],
  form: ['form'],
  level: ['level'],
  levels: ['levels'],
  approvals: ['approvals'],
} as const satisfies Record<string, readonly string[]>;

/** Levels are told to the model and to the reader; who has decided stands in the approvals. */
const HOW = {
  isNothing: isEmptyOrFlag,
  minor: ['level', 'levels'],
  strict: ['requestor', 'justification'],
} as const;

/** The first name under which a total may stand. */
const TOTAL_NAMES = ['total', 'totalCount', 'count', 'rowCount'] as const;

/**
 * Turns one record of the list into a request, or says why it cannot be one. Never throws. With `share`, what many records
 * have in common is held once.
 */
export function requestFromWire(
  raw: unknown,
  position: number,
  share: Intern = (value) => value,
): AccessRequest | MalformedRecord {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return { position, id: null, problem: `the record is ${shapeOf(raw)}` };
  }
  const rawId = first(raw, REQUEST_NAMES.id);
  const id = text(rawId);
  const { read, moment, line, unread } = reading(raw, REQUEST_NAMES, HOW);
  const status = statusFromWire(text(first(raw, REQUEST_NAMES.status)));
  const created = firstRead(raw, REQUEST_NAMES.created, time);
  if (id === null || status === null || created === null) {
    const lacking = Object.entries({ id, status, created }).flatMap(([name, value]) =>
      value === null ? [lack(raw, name as 'id')] : [],
    );
    return { position, id, problem: lacking.map(unreadWords).join(', '), unread: lacking };
  }
  if (!isPlainId(rawId)) {
    return {
      position,
      id: String(rawId),
      problem:
        String(rawId).length > LONGEST_ID
          ? `its id has more than ${LONGEST_ID} characters`
          : 'its id holds blanks, invisible characters or signs in an unusual form',
    };
  }
  const rows = read('approvals', (value) => (Array.isArray(value) ? value : null)) ?? [];
  if (rows.length > MOST_APPROVALS) {
    return { position, id, problem: `it has ${rows.length} recorded approvals, more than ${MOST_APPROVALS}` };
  }
  const approvals = rows.map((one) => approvalFromWire(one, share, unread));
  const assetId = read('assetId', text);
  const assetName = line('assetName');
  const entityType = line('entityType');
  // A space-level request carries the id of the space in the same field; only assets can be looked up.
  const isAsset = entityType === null || entityType.toLowerCase() === 'asset';
  const request = {
    id,
    status: share(status),
    created,
    approved: moment('approved') ?? lastApproval(approvals, status),
    completed: firstRead(raw, REQUEST_NAMES.completed, time),
    requestedFrom: moment('requestedFrom'),
    requestedTo: moment('requestedTo'),
    justification: line('justification', LONGEST_TEXT) ?? '',
    exclusive: flag(first(raw, REQUEST_NAMES.exclusive)),
    operation: share(line('operation')),
    entityType: share(entityType),
    asset: share(isAsset && (assetId !== null || assetName !== null) ? { id: assetId, name: assetName } : null),
    requestor: share(read('requestor', personFromWire) ?? NOBODY),
    form: share(formFromWire(first(raw, REQUEST_NAMES.form))),
    level: read('level', number),
    levels: read('levels', number),
    approvals: approvals.length === 0 ? NO_APPROVALS : approvals,
  };
  return unread.length === 0 ? request : { ...request, unread: share(unread) };
}

/** The unit in which a record counts its time, where that is a finer one than milliseconds. */
export const timeUnitOf = (raw: unknown) => firstRead(raw, REQUEST_NAMES.created, fineUnitOf);

/** What stands where a field is needed. */
function lack(raw: unknown, field: 'id' | 'status' | 'created'): Unread {
  const { path, value } = found(raw, REQUEST_NAMES[field]) ?? { path: field, value: own(raw, field) };
  return { field: path, shape: shapeOf(value) };
}

/** Nobody has decided that often; a list that is longer is looked at by nobody either. */
const MOST_APPROVALS = 1000;
/** Beyond what screening looks at. */
const LONGEST_TEXT = 50_000;

/**
 * A word of the life cycle in any case, and no other: what only resembles one is not taken for it. What is longer than any
 * word is cut.
 */
function statusFromWire(written: string | null): string | null {
  if (written === null) return null;
  return KNOWN_STATUSES.get(written.toLowerCase()) ?? (written.length > 100 ? `${written.slice(0, 99)}…` : written);
}
const KNOWN_STATUSES = new Map(Object.keys(STATUSES).map((status) => [status.toLowerCase(), status]));

/**
 * Whether two ids that read alike are one id: everything that a report, a file or an address would show differently is
 * refused, so that none of two such requests stands for the other. Numbers are plain.
 */
const isPlainId = (raw: unknown): boolean => typeof raw !== 'string' || plainLine(raw, LONGEST_ID) === raw;
const LONGEST_ID = 200;

/** What tells a record from others of the list: its id as the vault wrote it, and without one its whole text. */
export function wireKeyOf(raw: unknown): string {
  const id = first(raw, REQUEST_NAMES.id);
  if (typeof id === 'number') return String(id);
  return typeof id === 'string' && id.length <= 4 * LONGEST_ID ? JSON.stringify(id) : digestOf(id ?? raw);
}

const NO_APPROVALS: readonly Approval[] = [];

export const isMalformed = (record: AccessRequest | MalformedRecord): record is MalformedRecord => 'problem' in record;

/**
 * What an answer says of an error beside a list without records; null where it says none. Such a list is not an empty one:
 * gateways and servers put it there so that the answer keeps its shape.
 */
export function errorBesideList(raw: unknown): string | null {
  const records = own(raw, 'data');
  if (!Array.isArray(records) || records.length > 0) return null;
  const status = own(raw, 'status');
  const failed =
    ['success', 'ok', 'succeeded'].some((name) => own(raw, name) === false) ||
    (typeof status === 'number' && status >= 400) ||
    (typeof status === 'string' &&
      /^(?:error|fail|failed|failure|denied|unauthorized|forbidden)$/i.test(status.trim()));
  const error = ERROR_NAMES.map((name) => own(raw, name)).find((value) => isSaid(value));
  if (!failed && error === undefined) return null;
  const said =
    text(error) ?? text(first(error, ['message', 'code'])) ?? text(own(raw, 'message')) ?? text(own(raw, 'msg'));
  return said === null ? 'without a word about it' : plainLine(said, 160);
}
const ERROR_NAMES = ['error', 'errors', 'exception', 'fault', 'errorMessage', 'errorCode', 'error_code'];

/** `false`, 0, an empty text, list or object say that there is none. */
const isSaid = (value: unknown): boolean =>
  typeof value === 'object' && value !== null
    ? Object.keys(value).length > 0
    : value !== undefined && value !== null && value !== false && value !== 0 && value !== '' && value !== '0';

/** The records of one page and the total, where one is given. Null when the answer is no page at all. */
export function pageFromWire(raw: unknown): { records: readonly unknown[]; total: number | null } | null {
  const records = own(raw, 'data');
  if (!Array.isArray(records)) return null;
  return { records, total: number(first(raw, TOTAL_NAMES)) };
}

const APPROVAL_NAMES = {
  level: ['level'],
  user: ['user.name', 'user.id', 'user'],
  decision: ['decision'],
  message: ['message'],
  created: ['created'],
} as const;

/** INVARIANT: a row in which something stands that cannot be read is no row that says nothing: it may be a person's no. */
function approvalFromWire(raw: unknown, share: Intern, unread: Unread[]): Approval {
  const row = reading(raw, APPROVAL_NAMES, { minor: ['level'], strict: ['user'] });
  const approval = {
    level: row.read('level', number),
    user: share(row.line('user')),
    decision: share(row.line('decision')),
    message: share(row.line('message', LONGEST_TEXT)),
    created: row.moment('created'),
  };
  const odd = raw !== null && (typeof raw !== 'object' || Array.isArray(raw)) ? [shapeOf(raw)] : [];
  unread.push(...odd.map((shape) => ({ field: 'approvals', shape: `a list with ${shape}` })));
  unread.push(...row.unread.map((one) => ({ ...one, field: `approvals.${one.field}` })));
  return approval;
}

/** Without a field of its own, the approval time is that of the last level, and only once the request is past Active. */
function lastApproval(approvals: readonly Approval[], status: string): number | null {
  if (status === 'Active') return null;
  const times = approvals.filter((a) => a.decision?.toLowerCase() === 'approved').map((a) => a.created ?? 0);
  const last = Math.max(0, ...times);
  return last === 0 ? null : last;
}

const NOBODY: AccessRequest['requestor'] = { id: null, name: null, displayName: null };

/** Null for what names nobody. */
function personFromWire(raw: unknown): AccessRequest['requestor'] | null {
  const name = text(raw);
  if (name !== null) return { id: null, name, displayName: null };
  const person = {
    id: text(own(raw, 'id')),
    name: text(first(raw, ['name', 'userName', 'username', 'login'])),
    displayName: text(own(raw, 'displayName')),
  };
  return Object.values(person).every((part) => part === null) ? null : person;
}

function formFromWire(raw: unknown): AccessRequest['form'] {
  const name = text(raw);
  if (name !== null) return { id: null, name, type: null };
  if (typeof raw !== 'object' || raw === null) return null;
  return { id: text(own(raw, 'id')), name: text(own(raw, 'name')), type: text(own(raw, 'type')) };
}
