/** The workflow before a secret is given out: a request, a person who looks at it, an open window, a release. */
import { change } from './lifecycle.ts';
import type { Credential, Person, VaultRequest } from './records.ts';
import type { RefusalName } from './refusals.ts';
import type { Vault } from './vault.ts';

/** Who looks at credential requests. */
const APPROVER = 'okessler';

type Submission = { assetId: string; message: string; requestedFrom: number; requestedTo: number };

type DeskAnswer<T> = { readonly given: T } | { readonly refused: RefusalName };

export type CredentialDesk = {
  credential(assetId: string, user: string): DeskAnswer<Credential>;
  submit(submission: Submission, user: Person): DeskAnswer<VaultRequest>;
  /** The user's own requests filed under the action, newest first. Counts as a poll of each. */
  status(action: string, assetId: string | undefined, user: string): VaultRequest[];
  release(requestId: string, user: string): DeskAnswer<{ before: VaultRequest; after: VaultRequest }>;
};

export type Desk = { vault: Vault; now: () => number; closing: AbortSignal };

export function makeCredentialDesk({ vault, now, closing }: Desk): CredentialDesk {
  const polls = new Map<string, number>();

  const mine = (assetId: string, user: string, status: string) =>
    vault.all().find((one) => one.entityId === assetId && one.requestor.name === user && one.status === status);

  /** An approved request whose window has run out is over, whether or not anybody closed it. */
  const openRequest = (assetId: string, user: string) => {
    const open = mine(assetId, user, 'Approved');
    if (!open || (open.requestedTo ?? Number.POSITIVE_INFINITY) > now()) return open;
    vault.end(open.id);
    return undefined;
  };

  const look = (id: string) => {
    if (vault.get(id)?.status !== 'Active') return;
    if (vault.knobs.credentialApproval === 'rejected') vault.rejectAs(APPROVER, id, 'not now');
    else vault.approveAs(APPROVER, id);
  };

  const summonPerson = (id: string) => {
    const when = vault.knobs.credentialApproval;
    if (when === 'rejected' || (typeof when === 'object' && 'polls' in when && when.polls === 0)) look(id);
    if (typeof when !== 'object' || !('ms' in when)) return;
    const timer = setTimeout(() => look(id), when.ms);
    closing.addEventListener('abort', () => clearTimeout(timer), { once: true });
  };

  const polled = (request: VaultRequest) => {
    const when = vault.knobs.credentialApproval;
    const count = (polls.get(request.id) ?? 0) + 1;
    polls.set(request.id, count);
    if (typeof when === 'object' && 'polls' in when && count >= when.polls) look(request.id);
  };

  return {
    credential(assetId, user) {
      const asset = vault.asset(assetId);
      if (!asset) return { refused: 'unknown-asset' };
      if (!asset.credential) return { refused: 'not-permitted' };
      if (!vault.knobs.credentialWorkflow || openRequest(assetId, user)) return { given: asset.credential };
      return { refused: mine(assetId, user, 'Active') ? 'credential-request-pending' : 'no-credential-request' };
    },

    submit({ assetId, ...rest }, user) {
      const asset = vault.asset(assetId);
      if (!asset) return { refused: 'unknown-asset' };
      if (rest.requestedTo <= Math.max(rest.requestedFrom, now())) return { refused: 'bad-parameter' };
      if (mine(assetId, user.name, 'Active') || openRequest(assetId, user.name)) {
        return { refused: 'credential-request-pending' };
      }
      const filed = { operation: vault.knobs.filedAs, entityId: assetId, entityName: asset.name, requestor: user };
      const request = vault.add({ ...rest, ...filed, form: vault.keyForm, created: now() });
      summonPerson(request.id);
      return { given: request };
    },

    status(action, assetId, user) {
      const found = vault
        .all()
        .filter((one) => one.requestor.name === user && one.operation === action)
        .filter((one) => assetId === undefined || one.entityId === assetId)
        .sort((a, b) => b.created - a.created);
      // The answer is what the poll found; the person's decision shows in the next one.
      for (const request of found) if (request.status === 'Active') polled(request);
      return found;
    },

    release(requestId, user) {
      const before = vault.get(requestId);
      if (!before) return { refused: 'unknown-request' };
      if (before.requestor.name !== user) return { refused: 'not-yours' };
      const by = { user, message: '', at: now() };
      const result = change(before, before.status === 'Active' ? 'withdraw' : 'end', by);
      return result.kind === 'refused'
        ? { refused: result.why }
        : { given: { before, after: vault.replace(result.request) } };
    },
  };
}
