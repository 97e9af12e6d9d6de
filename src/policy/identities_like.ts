import { bareName } from '../domain/access_request.ts';
import type { Identity } from './access_model.ts';

/**
 * Those of the identities that `sameUser` takes for the account, in their order. A company lists tens of thousands: looked
 * through once and not for every request.
 */
export function identitiesLike(account: string, identities: readonly Identity[]): readonly Identity[] {
  return indexOf(identities).get(bareName(account)) ?? [];
}

/** An account without a name is nobody's. */
const NO_NAME = '';

const indices = new WeakMap<readonly Identity[], ReadonlyMap<string, readonly Identity[]>>();

function indexOf(identities: readonly Identity[]): ReadonlyMap<string, readonly Identity[]> {
  const known = indices.get(identities);
  if (known !== undefined) return known;
  const index = new Map<string, Identity[]>();
  for (const identity of identities) {
    const name = bareName(identity.user);
    if (name === NO_NAME) continue;
    const same = index.get(name);
    if (same === undefined) index.set(name, [identity]);
    else same.push(identity);
  }
  indices.set(identities, index);
  return index;
}
