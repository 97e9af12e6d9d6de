import type { Person } from '../domain/access_context.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import type { AccessModel, Identity } from './access_model.ts';
import { accountOf, sameAccount } from './account.ts';
import { identitiesLike } from './identities_like.ts';
import { anyFits } from './pattern.ts';

const NOBODY: Person = { known: false, roles: [], department: null, manager: null };

/** Who asks, as the identities know them. Someone who could be two of the listed is nobody: guessing would give rights. */
export function personOf(request: AccessRequest, { identities }: AccessModel): Person {
  const account = accountOf(request);
  const matches =
    account === null ? [] : identitiesLike(account, identities).filter(({ user }) => sameAccount(user, account));
  const [identity] = matches;
  if (identity === undefined || matches.length > 1) return NOBODY;
  return { known: true, roles: identity.roles, department: identity.department, manager: identity.manager };
}

/** Everybody listed who may be the one who asks: what they hold counts against the request, so a doubt means "yes". */
export function possibleIdentities({ requestor }: AccessRequest, { identities }: AccessModel): Identity[] {
  const names = [requestor.name, requestor.displayName].filter((name) => name !== null);
  return [...new Set(names.flatMap((name) => identitiesLike(name, identities)))];
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
