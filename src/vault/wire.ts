import type { AccessRequest, Approval, MalformedRecord } from '../domain/access_request.ts';
import type { AssetRecord } from '../domain/asset_record.ts';
import { plainLine } from '../text/plain_text.ts';
import type { Intern } from '../util/intern.ts';
import { first, flag, list, number, own, text, time } from './wire_values.ts';

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

const ASSET_NAMES = {
  id: ['id'],
  name: ['name'],
  type: ['type.name', 'type', 'assetType.name', 'assetType'],
  containerId: ['container.id', 'parent.id', 'containerId', 'parentId'],
  containerPath: ['container.path', 'containerPath', 'path', 'parent.path'],
} as const satisfies Record<string, readonly string[]>;

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
  const rawId = first(raw, REQUEST_NAMES.id);
  const id = text(rawId);
  const status = text(first(raw, REQUEST_NAMES.status));
  const created = time(first(raw, REQUEST_NAMES.created));
  if (id === null || status === null || created === null) {
    const missing = [id === null && 'id', status === null && 'status', created === null && 'created'].filter(Boolean);
    return { position, id, problem: `no usable ${missing.join(', ')}` };
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
  const approvals = list(first(raw, REQUEST_NAMES.approvals)).map((one) => approvalFromWire(one, share));
  const assetId = text(first(raw, REQUEST_NAMES.assetId));
  const assetName = text(first(raw, REQUEST_NAMES.assetName));
  const entityType = text(first(raw, REQUEST_NAMES.entityType));
  // A space-level request carries the id of the space in the same field; only assets can be looked up.
  const isAsset = entityType === null || entityType.toLowerCase() === 'asset';
  return {
    id,
    status: share(status),
    created,
    approved: time(first(raw, REQUEST_NAMES.approved)) ?? lastApproval(approvals, status),
    completed: time(first(raw, REQUEST_NAMES.completed)),
    requestedFrom: time(first(raw, REQUEST_NAMES.requestedFrom)),
    requestedTo: time(first(raw, REQUEST_NAMES.requestedTo)),
    justification: text(first(raw, REQUEST_NAMES.justification)) ?? '',
    exclusive: flag(first(raw, REQUEST_NAMES.exclusive)),
    operation: share(text(first(raw, REQUEST_NAMES.operation))),
    entityType: share(entityType),
    asset: share(isAsset && (assetId !== null || assetName !== null) ? { id: assetId, name: assetName } : null),
    requestor: share(personFromWire(first(raw, REQUEST_NAMES.requestor))),
    form: share(formFromWire(first(raw, REQUEST_NAMES.form))),
    level: number(first(raw, REQUEST_NAMES.level)),
    levels: number(first(raw, REQUEST_NAMES.levels)),
    approvals: approvals.length === 0 ? NO_APPROVALS : approvals,
  };
}

/**
 * Whether two ids that read alike are one id: everything that a report, a file or an address would show differently is
 * refused, so that none of two such requests stands for the other. Numbers are plain.
 */
const isPlainId = (raw: unknown): boolean => typeof raw !== 'string' || plainLine(raw, LONGEST_ID) === raw;
const LONGEST_ID = 200;

/** What tells a record from others of the list: its id as the vault wrote it, and without one its whole text. */
export function wireKeyOf(raw: unknown): string {
  const id = first(raw, REQUEST_NAMES.id);
  return JSON.stringify(typeof id === 'string' || typeof id === 'number' ? id : raw);
}

const NO_APPROVALS: readonly Approval[] = [];

export const isMalformed = (record: AccessRequest | MalformedRecord): record is MalformedRecord => 'problem' in record;

/** The records of one page and the total, where one is given. Null when the answer is no page at all. */
export function pageFromWire(raw: unknown): { records: readonly unknown[]; total: number | null } | null {
  const records = own(raw, 'data');
  if (!Array.isArray(records)) return null;
  return { records, total: number(first(raw, TOTAL_NAMES)) };
}

/** Takes fields by an allow-list: an asset also holds secret ones, which must not even be kept in memory by name. */
export function assetFromWire(raw: unknown): AssetRecord | null {
  const asset = own(raw, 'data') ?? raw;
  const id = text(first(asset, ASSET_NAMES.id));
  if (id === null) return null;
  return {
    id,
    name: text(first(asset, ASSET_NAMES.name)),
    type: text(first(asset, ASSET_NAMES.type)),
    containerId: text(first(asset, ASSET_NAMES.containerId)),
    containerPath: text(first(asset, ASSET_NAMES.containerPath)),
    tags: list(own(asset, 'tags'))
      .map((tag) => text(tag) ?? text(first(tag, ['path', 'term', 'name'])))
      .filter((tag) => tag !== null),
  };
}

function approvalFromWire(raw: unknown, share: Intern): Approval {
  return {
    level: number(own(raw, 'level')),
    user: share(text(own(raw, 'user')) ?? text(first(raw, ['user.name', 'user.id']))),
    decision: share(text(own(raw, 'decision'))),
    message: share(text(own(raw, 'message'))),
    created: time(own(raw, 'created')),
  };
}

/** Without a field of its own, the approval time is that of the last level, and only once the request is past Active. */
function lastApproval(approvals: readonly Approval[], status: string): number | null {
  if (status === 'Active') return null;
  const times = approvals.filter((a) => a.decision?.toLowerCase() === 'approved').map((a) => a.created ?? 0);
  const last = Math.max(0, ...times);
  return last === 0 ? null : last;
}

function personFromWire(raw: unknown): AccessRequest['requestor'] {
  const name = text(raw);
  if (name !== null) return { id: null, name, displayName: null };
  return {
    id: text(own(raw, 'id')),
    name: text(first(raw, ['name', 'userName', 'username', 'login'])),
    displayName: text(own(raw, 'displayName')),
  };
}

function formFromWire(raw: unknown): AccessRequest['form'] {
  const name = text(raw);
  if (name !== null) return { id: null, name, type: null };
  if (typeof raw !== 'object' || raw === null) return null;
  return { id: text(own(raw, 'id')), name: text(own(raw, 'name')), type: text(own(raw, 'type')) };
}
