import { plainLine } from '../text/plain_text.ts';
import { type AccessRequest, type Approval, mayBeRequestor } from './access_request.ts';
import { accountKey, bareName, mayBeSameUser, sameUser } from './account_name.ts';

/**
 * What the vault's recorded decisions say: whether a person refused, and whether one of the rows is ours. A doubt is read
 * so that nothing is approved by it.
 */

/** A person's no that no later approval by a person has lifted. */
export type Refusal = {
  /** The request on which it stands: this one, or another of the same person for the same thing. */
  readonly request: string;
  /** Null where the vault names nobody. */
  readonly by: string | null;
  /** Milliseconds since the epoch; null where the vault gives no time. */
  readonly at: number | null;
  /** The vault's word; null where only the status of the request tells it. */
  readonly word: string | null;
};

/** The no of a person who was asked about an action at the terminal; `at` in milliseconds since the epoch. */
export type Declined = { readonly by: string | null; readonly at: number };

/** What has to be known to tell a person's decision from one of ours. */
export type WhoDecided = {
  readonly accounts: readonly string[];
  /** By our own action history. */
  readonly rejectedByUs: (requestId: string) => boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

/** Only this word is an approval; whatever else stands there is none. */
export const isApproval = ({ decision }: Approval): boolean => plainLine(decision ?? '').toLowerCase() === 'approved';

/** Words for a level that nobody has decided yet, in lower case; some vaults list every level from the beginning. */
const UNDECIDED: readonly string[] = ['pending', 'waiting', 'open', 'requested', 'undecided'];

/** Whether a row is no decision at all: it says so, or it has neither a word nor a time. */
export function isUndecided({ decision, created }: Approval): boolean {
  const word = plainLine(decision ?? '').toLowerCase();
  return UNDECIDED.includes(word) || (word === '' && created === null);
}

/** How every comment of ours begins. */
const OUR_SENTENCE = /^Portcullis (?:approved|rejected|closed) this (?:automatically|on behalf of a person)/;

const byAccount = ({ user }: Approval, accounts: readonly string[]): boolean =>
  user !== null && accounts.some((account) => sameUser(user, account));
/** Ours, or one of ours in another spelling. */
const perhapsByAccount = ({ user }: Approval, accounts: readonly string[]): boolean =>
  user !== null && accounts.some((account) => mayBeSameUser(user, account));
/** How a comment of ours begins when a person decided, and we only carried it out. */
const FOR_A_PERSON = /^Portcullis rejected this on behalf of a person/;
const forPerson = ({ message }: Approval): boolean => FOR_A_PERSON.test(plainLine(message ?? ''));
const saysOurs = ({ message }: Approval): boolean => OUR_SENTENCE.test(plainLine(message ?? ''));

/** What one of our accounts decided on the request, by the vault's own rows; null when none of them is ours. */
export function ourDecision({ approvals }: AccessRequest, accounts: readonly string[]): 'approve' | 'reject' | null {
  const ours = approvals.find((row) => !isUndecided(row) && (perhapsByAccount(row, accounts) || saysOurs(row)));
  if (ours === undefined) return null;
  return isApproval(ours) ? 'approve' : 'reject';
}

/** Whether nobody but us approved it after we did; no when no row is ours and others are. */
export function lastWordIsOurs({ approvals }: AccessRequest, accounts: readonly string[]): boolean {
  const rows = approvals.filter((row) => !isUndecided(row));
  const ours = rows.filter((row) => byAccount(row, accounts) || saysOurs(row));
  const last = Math.max(...ours.map(({ created }) => created ?? Number.NEGATIVE_INFINITY));
  return rows.every((row) => ours.includes(row) || (row.created !== null && row.created < last));
}

/** Words for a status that means no, in lower case; the contract knows the first. */
const REFUSED: readonly string[] = ['rejected', 'refused', 'denied', 'declined'];
export const isRefused = ({ status }: AccessRequest): boolean => REFUSED.includes(plainLine(status).toLowerCase());

/** Clocks of two machines differ a little; an approval from later than that did not happen yet. */
const CLOCK_SLACK_MS = 5 * 60_000;

/**
 * The latest no of a person on these requests; null when there is none, or a person approved one of them later.
 * INVARIANT: a decision that is not clearly an approval counts as a no; one without a time is never older than an approval;
 * an approval lifts only what a named person other than the requestor and us gave, at a possible time.
 */
export function standingRefusal(requests: Iterable<AccessRequest>, who: WhoDecided): Refusal | null {
  let refusal: Refusal | null = null;
  let approvedAt = Number.NEGATIVE_INFINITY;
  for (const request of requests) {
    const told = refusalsOn(request, who);
    for (const one of told) if (refusal === null || moment(one) > moment(refusal)) refusal = one;
    for (const row of request.approvals) approvedAt = Math.max(approvedAt, liftsAt(row, request, who));
  }
  return refusal !== null && approvedAt > moment(refusal) ? null : refusal;
}

const moment = ({ at }: Refusal): number => at ?? Number.POSITIVE_INFINITY;

function refusalsOn(request: AccessRequest, { accounts, rejectedByUs }: WhoDecided): Refusal[] {
  const against = request.approvals.filter((row) => !isApproval(row) && !isUndecided(row));
  // A no that a person gave through us (at the terminal, or with a plan) is a person's, whoever's name stands in the row.
  const theirs = against.flatMap((row) =>
    !byAccount(row, accounts) ? [row] : forPerson(row) ? [{ ...row, user: null }] : [],
  );
  // No row tells who said no: we did when one of the rows, or our own action history, says so.
  if (isRefused(request) && against.length === 0 && !rejectedByUs(request.id)) {
    return [{ request: request.id, by: null, at: null, word: null }];
  }
  return theirs.map(({ user, created, decision }) => ({ request: request.id, by: user, at: created, word: decision }));
}

/** Whether a person refused the request between two moments. A no without a time is as old as its request. */
export const isRefusedBetween = (request: AccessRequest, from: number, to: number, who: WhoDecided): boolean =>
  refusalsOn(request, who).some(({ at }) => (at ?? request.created) >= from && (at ?? request.created) <= to);

function liftsAt(row: Approval, request: AccessRequest, { accounts, now }: WhoDecided): number {
  const { user, created } = row;
  const byPerson =
    user !== null &&
    bareName(user) !== '' &&
    !perhapsByAccount(row, accounts) &&
    !saysOurs(row) &&
    !mayBeRequestor(request, user);
  const possible = created !== null && created >= request.created && created <= now + CLOCK_SLACK_MS;
  return isApproval(row) && byPerson && possible ? created : Number.NEGATIVE_INFINITY;
}

/** One of them in common means one person, however the account is spelt; empty when the vault names nobody. */
export function personKeys({ requestor: { id, name, displayName } }: AccessRequest): string[] {
  const account = name ?? displayName;
  const keys = [id, account].map((given) => (given === null ? '' : bareName(given) || plainLine(given)));
  if (account !== null) keys.push(accountKey(account));
  return [...new Set(keys.filter((key) => key !== ''))];
}

/** Whether one person made both, however the account is spelt. */
export function samePerson(a: AccessRequest, b: AccessRequest): boolean {
  const keys = new Set(personKeys(a));
  return personKeys(b).some((key) => keys.has(key));
}

/** Whether both ask for the same thing: the asset (by id, else by name) and the operation. What is missing may be the same. */
export function sameThing(a: AccessRequest, b: AccessRequest): boolean {
  const [one, other] = [operationKey(a), operationKey(b)];
  if (one !== null && other !== null && one !== other) return false;
  if (a.asset === null || b.asset === null) return a.asset === b.asset;
  const ids = [assetKey(a), assetKey(b)];
  if (ids[0] !== null && ids[1] !== null) return ids[0] === ids[1];
  const names = [assetNameKey(a), assetNameKey(b)];
  return names[0] === null || names[1] === null || names[0] === names[1];
}

export const operationKey = ({ operation }: AccessRequest): string | null => folded(operation);
export const assetNameKey = ({ asset }: AccessRequest): string | null => folded(asset?.name ?? null);
export const assetKey = ({ asset }: AccessRequest): string | null => folded(asset?.id ?? null);

/** Without case and blanks; null for what says nothing. */
function folded(text: string | null): string | null {
  const bare = plainLine(text ?? '')
    .toLowerCase()
    .replaceAll(' ', '');
  return bare === '' ? null : bare;
}
