import { plainLine } from '../text/plain_text.ts';
import { accountKey, isSameName, isSid, isTooLong, mayBeSameUser, strictName } from './account_name.ts';

/** One access request of the vault, in our words and units, whatever names the vault used on the wire. */
export type AccessRequest = {
  readonly id: string;
  /** A word of `STATUSES`, whatever its case in the vault; else as the vault spells it, and read-only. */
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
  /** What the vault wrote and nobody could read; absent for nothing. */
  readonly unread?: readonly Unread[];
};

/** A field under the vault's name for it, and what stands there instead of what can be read: its shape, never its value. */
export type Unread = {
  readonly field: string;
  readonly shape: string;
  /** No decision needs it: it is told, and holds nothing. */
  readonly minor?: true;
};

/** What is missing where a decision needs it. */
export const unreadThatHolds = ({ unread = [] }: Pick<AccessRequest, 'unread'>): readonly Unread[] =>
  unread.filter(({ minor }) => minor !== true);

/** As a person reads it: "`created` is a list of 6 numbers". */
export const unreadWords = ({ field, shape }: Unread): string => `\`${field}\` is ${shape}`;

/** What the vault's contract lets people ask for, about an asset. A mapping may name others. */
const OPERATIONS: readonly string[] = ['assetview', 'assetunlock', 'assetconnect', 'assetedit'];
export const isContractOperation = (operation: string): boolean => OPERATIONS.includes(operation.toLowerCase());

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
  /** The fields without which it cannot be one; absent where it has another fault. */
  readonly unread?: readonly Unread[];
  /** What the vault wrote, as a digest: whether it was seen before. Absent in records of earlier versions. */
  readonly key?: string;
};

/**
 * Whose request it is. `own` is certain: the account name or the id is one of the agent's accounts, exactly. `doubtful`
 * could be one of them under another spelling, has the id of one under another name, or says so in the display name only,
 * which people choose for themselves.
 */
export type AgentIdentity = 'own' | 'doubtful' | 'other';

export function identityOf(
  { requestor }: AccessRequest,
  agentUsers: readonly string[],
  agentIds: ReadonlySet<string> = NO_IDS,
): AgentIdentity {
  const { id, name, displayName } = requestor;
  const accounts = [id, name].filter((one) => one !== null);
  if (accounts.some((one) => agentUsers.some((agent) => isSameName(one, agent)))) return 'own';
  const doubtful = [...accounts, ...(displayName === null ? [] : [displayName])].some(
    (one) => isTooLong(one) || agentUsers.some((agent) => mayBeSameUser(one, agent)),
  );
  // An identifier alone cannot be held against an account name.
  const nameless = name !== null && isSid(name) && !agentUsers.some(isSid);
  const renamed = accounts.some((one) => agentIds.has(idKey(one)));
  return doubtful || nameless || renamed ? 'doubtful' : 'other';
}
const NO_IDS: ReadonlySet<string> = new Set();

/**
 * The ids under which the vault knows the agent's accounts: of the requests that it lists under one of their names. No
 * setting names them, and an account that was renamed keeps its id.
 */
export const agentIdsIn = (requests: readonly AccessRequest[], agentUsers: readonly string[]): ReadonlySet<string> =>
  new Set(
    requests.flatMap(({ requestor: { id, name } }) =>
      id !== null && idKey(id) !== '' && name !== null && agentUsers.some((agent) => isSameName(name, agent))
        ? [idKey(id)]
        : [],
    ),
  );

const idKey = (id: string): string => plainLine(id).toLowerCase();

/**
 * Whether `account` may be the one who asked. A doubt means "yes": the answer is used to keep people from approving
 * themselves.
 */
export function mayBeRequestor({ requestor }: AccessRequest, account: string): boolean {
  return [requestor.id, requestor.name, requestor.displayName].some(
    (name) => name !== null && mayBeSameUser(name, account),
  );
}

/**
 * One key for everything that a person asked for: the id, else the account name in one spelling; null when the vault named
 * nobody. Two accounts of one name in two domains are counted together: too high a count asks a person, too low a one
 * does not.
 */
export function requestorKey({ requestor }: AccessRequest): string | null {
  const id = requestor.id === null ? '' : idKey(requestor.id);
  if (id !== '') return `id:${id}`;
  for (const name of [requestor.name, requestor.displayName]) {
    const account = name === null ? '' : accountKey(name);
    if (account !== '') return `name:${account}`;
  }
  return null;
}

/** The key that `requestorKey` gives today for one that was written down by an earlier version. */
export const keyOfToday = (key: string): string =>
  key.startsWith('name:')
    ? `name:${accountKey(key.slice('name:'.length))}`
    : key.startsWith('id:')
      ? `id:${plainLine(key.slice('id:'.length)).toLowerCase()}`
      : key;

/**
 * The same for what a count makes easier, such as not being the first: the very account, so that nobody gains by a name
 * that looks like another.
 */
export function exactRequestorKey({ requestor }: AccessRequest): string | null {
  const id = requestor.id?.trim();
  if (id) return `id:${id}`;
  for (const name of [requestor.name, requestor.displayName]) {
    const account = name === null ? '' : strictName(name);
    if (account !== '') return `name:${account}`;
  }
  return null;
}
