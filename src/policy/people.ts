import type { Person } from '../domain/access_context.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import { accountKey, bareName, strictName } from '../domain/account_name.ts';
import type { AccessModel, Identity } from './access_model.ts';
import { anyFits } from './pattern.ts';

/* Who asks: accounts, and the persons and roles that the policy's files know under them. */

/**
 * Whether an account of the policy's files is the one that the vault names. Case and a domain do not count, but two domains
 * that are both given and differ are two accounts, and so are two spellings: roles, exceptions and approvals loosen
 * something, so here a doubt means "no".
 */
export function sameAccount(a: string, b: string): boolean {
  const [one, other] = [domainOf(a), domainOf(b)];
  const account = strictName(a);
  return account !== '' && account === strictName(b) && (one === null || other === null || one === other);
}

/** `CORP` for `CORP\anna`, `corp` for `anna@corp.example`: both spellings of one domain begin alike. */
function domainOf(account: string): string | null {
  const plain = account.normalize('NFC').trim().toLowerCase();
  const backslash = plain.lastIndexOf('\\');
  const domain = backslash > 0 ? plain.slice(0, backslash) : plain.slice(backslash + 1).split('@')[1];
  return domain?.split('.')[0] || null;
}

/** The account that asked: the display name stands in only when the vault gives no other. */
export const accountOf = ({ requestor }: AccessRequest): string | null =>
  [requestor.name, requestor.displayName].find((name) => name !== null && name.trim() !== '') ?? null;

/**
 * Those of the identities that `sameUser` takes for the account, in their order. A company lists tens of thousands: looked
 * through once and not for every request.
 */
export function identitiesLike(account: string, identities: readonly Identity[]): readonly Identity[] {
  return indexOf(identities, byName, bareName).get(bareName(account)) ?? [];
}

/** An account without a name is nobody's. */
const NO_NAME = '';

type Index = ReadonlyMap<string, readonly Identity[]>;
const byName = new WeakMap<readonly Identity[], Index>();
/** Whatever the spelling. */
const byKey = new WeakMap<readonly Identity[], Index>();

function indexOf(identities: readonly Identity[], indices: WeakMap<readonly Identity[], Index>, nameOf: NameOf): Index {
  const known = indices.get(identities);
  if (known !== undefined) return known;
  const index = Map.groupBy(identities, ({ user }) => nameOf(user));
  index.delete(NO_NAME);
  indices.set(identities, index);
  return index;
}
type NameOf = (user: string) => string;

const NOBODY: Person = { known: false, roles: [], department: null, manager: null };

/** Who asks, as the identities know them. Someone who could be two of the listed is nobody: guessing would give rights. */
export function personOf(request: AccessRequest, model: AccessModel): Person {
  const { identities } = model;
  const account = accountOf(request);
  const matches =
    account === null ? [] : identitiesLike(account, identities).filter(({ user }) => sameAccount(user, account));
  const [identity] = matches;
  if (identity === undefined || matches.length > 1) {
    const like = possibleIdentities(request, model).map(({ user }) => user);
    return like.length === 0 ? NOBODY : { ...NOBODY, like };
  }
  return { known: true, roles: identity.roles, department: identity.department, manager: identity.manager };
}

/** Everybody listed who may be the one who asks: what they hold counts against the request, so a doubt means "yes". */
export function possibleIdentities({ requestor }: AccessRequest, { identities }: AccessModel): Identity[] {
  const names = [requestor.name, requestor.displayName].filter((name) => name !== null);
  const inAnySpelling = indexOf(identities, byKey, accountKey);
  return [
    ...new Set(
      names.flatMap((name) => [...identitiesLike(name, identities), ...(inAnySpelling.get(accountKey(name)) ?? [])]),
    ),
  ];
}

/** Whether the entitlement is standard for a role of the person, or a named exception stands in for one. */
export function inRole(
  entitlement: string | null,
  person: Person,
  request: AccessRequest,
  { roles, exceptions }: AccessModel,
  now: number,
): boolean {
  if (entitlement === null) return false;
  if (person.roles.some((name) => anyFits(roles.get(name)?.standard ?? [], [entitlement]))) return true;
  const account = accountOf(request);
  return exceptions.some(
    (exception) =>
      account !== null &&
      now < exception.endsAt &&
      sameAccount(exception.user, account) &&
      exception.entitlement.fits(entitlement),
  );
}
