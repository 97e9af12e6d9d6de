/** A plain request to start from: what a test or the seed does not say is unremarkable and consistent in itself. */
import type { Approval, Form, Person, VaultAsset, VaultRequest } from './records.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export type RequestDefaults = { id: string; now: number; asset: VaultAsset; requestor: Person; form: Form };

export function completeRequest(partial: Partial<VaultRequest>, defaults: RequestDefaults): VaultRequest {
  const created = partial.created ?? defaults.now - HOUR;
  const form = partial.form ?? defaults.form;
  const status = partial.status ?? 'Active';
  const levels = partial.levels ?? 1;
  const decided = status === 'Approved' || status === 'Completed' ? created + 10 * MINUTE : null;
  const approved = partial.approved !== undefined ? partial.approved : decided;
  // What waits is wanted from now on: a window that is over would be a case of its own.
  const from = partial.requestedFrom ?? (status === 'Active' ? Math.max(created, defaults.now) : created);
  const entityId = partial.entityId !== undefined ? partial.entityId : defaults.asset.id;
  return {
    id: defaults.id,
    requestedFrom: from,
    requestedTo: from + 4 * HOUR,
    message: 'Monthly patching of the test web server, change CHG0041234',
    exclusive: false,
    operation: 'AssetUnlock',
    entityType: 'Asset',
    entityName: entityId === null ? null : defaults.asset.name,
    requestor: defaults.requestor,
    completed: status === 'Completed' ? created + HOUR : null,
    approvals: approvalsOf(status, form, levels, created, approved),
    level: status === 'Active' || status === 'Rejected' ? 1 : levels,
    ...partial,
    created,
    form,
    status,
    levels,
    approved,
    entityId,
  };
}

/** Nobody signs on an automatic form, nor on a request that was withdrawn (Completed, but never approved). */
function approvalsOf(status: string, form: Form, levels: number, created: number, approved: number | null): Approval[] {
  const signed = (level: number, decision: Approval['decision'], at: number): Approval => {
    return { level, user: level === 1 ? 'mharper' : 'okessler', decision, message: 'ok', created: at };
  };
  if (form.type === 'Automatic') return [];
  if (status === 'Rejected') return [signed(1, 'Rejected', created + 20 * MINUTE)];
  if (approved === null || status === 'Active') return [];
  return Array.from({ length: levels }, (_, at) => signed(at + 1, 'Approved', approved - (levels - 1 - at) * MINUTE));
}
