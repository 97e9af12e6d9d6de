/** How records leave the server: which names the fields have, and how times are written. */
import type { VaultKnobs } from './knobs.ts';
import { deep, oddFields } from './odd_values.ts';
import type { VaultAsset, VaultRequest } from './records.ts';
import { writeTime } from './times.ts';

type Json = Record<string, unknown>;

export function requestToWire(request: VaultRequest, knobs: VaultKnobs): Json {
  const { names, requestorShape } = knobs;
  const time = (at: number | null) => writeTime(at, knobs.times);
  /** Written by the vault's own clock; the window is what a person asked for. */
  const own = (at: number | null) => time(at === null ? null : at + knobs.clockAheadMs);
  const fields: [keyof VaultRequest, string, unknown][] = [
    ['id', names.id, request.id],
    ['status', 'status', statusWord(request.status, knobs.statusWords)],
    ['created', names.created, own(request.created)],
    ['approved', names.approved, own(request.approved)],
    ['completed', 'completed', own(request.completed)],
    ['requestedFrom', 'requestedFrom', time(request.requestedFrom)],
    ['requestedTo', 'requestedTo', time(request.requestedTo)],
    ['message', names.message, request.message],
    ['exclusive', 'exclusive', request.exclusive],
    ['operation', 'operation', request.operation],
    ['entityType', 'entityType', request.entityType],
    ['entityId', names.entityId, request.entityId],
    ['entityName', names.entityName, request.entityName],
    ['requestor', names.requestor, requestorShape === 'text' ? request.requestor.name : request.requestor],
    ['form', 'form', request.form],
    ['level', 'level', request.level],
    ['levels', 'levels', request.levels],
    ['approvals', 'approvals', request.approvals.map((one) => ({ ...one, created: own(one.created) }))],
  ];
  const wire: Json = {};
  for (const [field, name, value] of fields) {
    const onlyInApprovals = field === 'approved' && name === 'approvals';
    if (!onlyInApprovals && !request.omit?.includes(field)) put(wire, name, value);
  }
  return { ...wire, ...oddFields(request, knobs), ...request.extra };
}

/** `container` is the asset's container, if it has one. */
export function assetToWire(asset: VaultAsset, container: VaultAsset | undefined, knobs: VaultKnobs): Json {
  return {
    id: asset.id,
    name: asset.name,
    description: null,
    ...typeToWire(asset.type, knobs.assetTypeShape),
    ...(container && containerToWire(container, knobs.containerShape)),
    // A container says where it lies itself, whatever form its children use to point to it.
    ...(asset.path !== null && { path: asset.path }),
    tags: [...asset.tags.map((tag) => tagToWire(tag, knobs)), ...moreTags(knobs)],
    // The secret fields lie among the harmless ones, as on a real server: a client must take by name, not all.
    ...asset.secretFields,
    fields: asset.secretFields,
  };
}

const tagToWire = (tag: string, { tagShape }: VaultKnobs) =>
  tagShape === 'text' ? tag : { id: tag.length, [tagShape]: tag };

const moreTags = ({ moreTags: count }: VaultKnobs): unknown[] =>
  count < 0 ? [deep(1000)] : Array.from({ length: count }, (_, n) => `Note :: ${n}`);

function statusWord(status: string, words: VaultKnobs['statusWords']): string {
  if (words === 'usual') return status;
  return words === 'upper' ? ` ${status.toUpperCase()} ` : (FOREIGN_STATUSES[status] ?? status);
}
const FOREIGN_STATUSES: Readonly<Record<string, string>> = { Active: 'Pending', Approved: 'Granted' };

function typeToWire(name: string, shape: VaultKnobs['assetTypeShape']): Json {
  switch (shape) {
    case 'type':
      return { type: { name } };
    case 'type-text':
      return { type: name };
    case 'assetType':
      return { assetType: { name } };
    case 'assetType-text':
      return { assetType: name };
  }
}

function containerToWire({ id, name, path }: VaultAsset, shape: VaultKnobs['containerShape']): Json {
  switch (shape) {
    case 'container':
      return { container: { id, name, path } };
    case 'container-without-path':
      return { container: { id, name } };
    case 'parent':
      return { parent: { id, name, path } };
    case 'containerPath':
    case 'path':
      return { container: { id, name }, [shape]: path };
  }
}

function put(target: Json, name: string, value: unknown): void {
  const [outer = name, inner] = name.split('.');
  if (inner === undefined) {
    target[outer] = value;
    return;
  }
  const object = (target[outer] ?? {}) as Json;
  object[inner] = value;
  target[outer] = object;
}
