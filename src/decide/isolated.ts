import { type AccessRequest, requestorKey } from '../domain/access_request.ts';
import { accountKey } from '../domain/account_name.ts';
import type { CapReached } from '../domain/decision.ts';
import { type Caps, jumped } from './caps.ts';
import type { Subject } from './decide.ts';

/** Why everything that a person has asked for is held: see `CapReached`. */
export type Isolation = Extract<CapReached, { cap: 'isolated' }>;

/** So many open requests of one person with suspicious texts are no accident of screening any more. */
const TEXTS_OF_ONE = 3;

/**
 * The circuit breaker for suspicious texts: whose open requests are all held, each with the reason; null for everybody
 * else. Counted are persons and their Active requests, never texts: what was withdrawn or settled counts for nothing.
 * INVARIANT: nobody's texts hold a request of somebody else. A person is known by the id of the account; the account name
 * tells only where an id is missing, so that an account of that name elsewhere isolates nobody. `usual` are the numbers of
 * such persons in earlier runs.
 */
export function isolation(
  subjects: readonly Pick<Subject, 'dossier'>[],
  usual: readonly number[],
  caps: Caps,
): (request: AccessRequest) => Isolation | null {
  const suspicious = suspiciousIn(subjects);
  if (caps.breakerFactor === 0 || suspicious.length === 0) return () => null;
  const persons = jumped(personsIn(suspicious), usual, caps);
  const textsOf = counted(suspicious);
  return (request) => {
    if (request.status !== 'Active') return null;
    const texts = textsOf(request);
    return texts >= TEXTS_OF_ONE || (persons !== null && texts > 0) ? { cap: 'isolated', texts, persons } : null;
  };
}

/** How many persons have suspicious texts in open requests: what later runs compare with. */
export const suspiciousPersons = (subjects: readonly Pick<Subject, 'dossier'>[]): number =>
  personsIn(suspiciousIn(subjects));

const suspiciousIn = (subjects: readonly Pick<Subject, 'dossier'>[]): AccessRequest[] =>
  subjects.flatMap(({ dossier: { request, texts } }) =>
    request.status === 'Active' && texts.suspicious ? [request] : [],
  );

/**
 * How many persons they are of. Accounts of one name in two domains count as one person here, and so do all that the vault
 * names nobody for: too low a count lets the others go on, and each of these requests is held anyway.
 */
function personsIn(requests: readonly AccessRequest[]): number {
  const byName = new Set(requests.map((request) => nameOf(request) ?? requestorKey(request)));
  return Math.min(byName.size, new Set(requests.map(requestorKey)).size);
}

function counted(requests: readonly AccessRequest[]): (request: AccessRequest) => number {
  const ids = new Map<string, number>();
  const names = { withId: new Map<string, number>(), without: new Map<string, number>() };
  const add = (counts: Map<string, number>, key: string | null) => {
    if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const request of requests) {
    const id = idOf(request);
    add(ids, id);
    add(id === null ? names.without : names.withId, nameOf(request));
  }
  return (request) => {
    const [id, name] = [idOf(request), nameOf(request)];
    const withoutId = name === null ? 0 : (names.without.get(name) ?? 0);
    if (id !== null) return (ids.get(id) ?? 0) + withoutId;
    return withoutId + (name === null ? 0 : (names.withId.get(name) ?? 0));
  };
}

const idOf = (request: AccessRequest): string | null => {
  const key = requestorKey(request);
  return key?.startsWith('id:') === true ? key : null;
};
const nameOf = ({ requestor }: AccessRequest): string | null =>
  requestor.name === null ? null : accountKey(requestor.name) || null;
