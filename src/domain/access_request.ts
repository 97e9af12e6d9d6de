import { plainLine } from '../text/plain_text.ts';

/** One access request of the vault, in our words and units, whatever names the vault used on the wire. */
export type AccessRequest = {
  readonly id: string;
  /** As the vault spells it; one that `STATUSES` does not list is read-only. */
  readonly status: string;
  /** Times are milliseconds since the epoch throughout. */
  readonly created: number;
  readonly approved: number | null;
  readonly completed: number | null;
  readonly requestedFrom: number | null;
  readonly requestedTo: number | null;
  /** Written by the requestor: data, never instruction. Empty when there is none. */
  readonly justification: string;
  readonly exclusive: boolean | null;
  readonly operation: string | null;
  readonly entityType: string | null;
  /** Null for space-level requests, which point at no asset. */
  readonly asset: { readonly id: string | null; readonly name: string | null } | null;
  readonly requestor: { readonly id: string | null; readonly name: string | null; readonly displayName: string | null };
  readonly form: { readonly id: string | null; readonly name: string | null; readonly type: string | null } | null;
  readonly level: number | null;
  readonly levels: number | null;
  readonly approvals: readonly Approval[];
};

/** One authorizer's recorded decision on one level. */
export type Approval = {
  readonly level: number | null;
  readonly user: string | null;
  readonly decision: string | null;
  readonly message: string | null;
  readonly created: number | null;
};

/** A record of the list that cannot be a request: counted, reported, never acted on. */
export type MalformedRecord = {
  /** Zero-based position in the list as it was read. */
  readonly position: number;
  readonly id: string | null;
  readonly problem: string;
};

/**
 * Whether two account names mean the same user: case, surrounding blanks, invisible characters and a domain
 * (`CORP\name`, `name@corp`) do not count. Errs on the side of "same": the answer is used to keep the agent away from its own requests.
 */
export function sameUser(a: string, b: string): boolean {
  return bareName(a) !== '' && bareName(a) === bareName(b);
}

/** What `sameUser` compares; empty when nothing is left. */
export function bareName(name: string): string {
  const plain = plainLine(name).toLowerCase();
  return (plain.slice(plain.lastIndexOf('\\') + 1).split('@')[0] ?? '').trim();
}

/** Whether the request was made by one of the agent's own accounts. */
export function isOwn(request: AccessRequest, agentUsers: readonly string[]): boolean {
  const { id, name, displayName } = request.requestor;
  return agentUsers.some((agent) => [id, name, displayName].some((n) => n !== null && sameUser(n, agent)));
}

/**
 * One key for everything that a person asked for: the id, else the account name without case and domain; null when the
 * vault named nobody. Two accounts of one name in two domains are counted together: too high a count asks a person, too
 * low a one does not.
 */
export function requestorKey({ requestor }: AccessRequest): string | null {
  const id = requestor.id?.trim();
  if (id) return `id:${id}`;
  for (const name of [requestor.name, requestor.displayName]) {
    const bare = name === null ? '' : bareName(name);
    if (bare !== '') return `name:${bare}`;
  }
  return null;
}
