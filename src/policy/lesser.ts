import type { LesserEntitlement, Person, SodConflict } from '../domain/access_context.ts';
import type { AccessModel } from './access_model.ts';
import { isEntitlement } from './access_shape.ts';
import { anyFits } from './pattern.ts';

/**
 * How much a level is: looking is least, administration most, and every other word lies between. Two words between are not
 * compared, since nobody can tell whether `create` or `approve` is more.
 */
const LOOKING: readonly string[] = ['read', 'view', 'list', 'audit', 'reader', 'viewer', 'readonly', 'read-only'];
const ADMINISTRATION: readonly string[] = ['admin', 'administrator', 'owner', 'root', 'full', 'superuser'];
const rankOf = (level: string): number => (LOOKING.includes(level) ? 0 : ADMINISTRATION.includes(level) ? 2 : 1);

const parted = (entitlement: string) => {
  const plain = entitlement.normalize('NFC').toLowerCase();
  const colon = plain.lastIndexOf(':');
  return { resource: plain.slice(0, colon), rank: rankOf(plain.slice(colon + 1)) };
};

/**
 * Of the same resource, the greatest entitlement below `asked` that a role of the person has and that brings them into no
 * conflict. Null when there is none, and for whoever is not known.
 */
export function lesserOf(
  asked: string,
  person: Person,
  model: AccessModel,
  conflictsWith: (entitlement: string) => readonly SodConflict[],
): LesserEntitlement | null {
  if (person.roles.length === 0) return null;
  const { resource, rank } = parted(asked);
  const lesser = (byResource(model).get(resource) ?? [])
    .filter((one) => one.rank < rank)
    .flatMap(({ entitlement, rank: level }) => {
      const role = person.roles.find((name) => anyFits(model.roles.get(name)?.standard ?? [], [entitlement]));
      return role === undefined || conflictsWith(entitlement).length > 0 ? [] : [{ entitlement, role, level }];
    });
  const best = lesser.find(({ level }) => level === Math.max(...lesser.map((one) => one.level)));
  return best === undefined ? null : { entitlement: best.entitlement, role: best.role };
}

type Known = { readonly entitlement: string; readonly rank: number };
const known = new WeakMap<AccessModel, ReadonlyMap<string, readonly Known[]>>();

/** Every entitlement that the mapping gives or a role names in full, by its resource; collected once for each policy. */
function byResource(model: AccessModel): ReadonlyMap<string, readonly Known[]> {
  const before = known.get(model);
  if (before !== undefined) return before;
  const named = [...model.roles.values()].flatMap(({ standard }) => standard.map(({ text }) => text));
  const all = new Set([
    ...model.mapping.flatMap(({ entitlement }) => entitlement ?? []),
    ...named.filter(isEntitlement),
  ]);
  const collected = new Map<string, Known[]>();
  for (const entitlement of all) {
    const { resource, rank } = parted(entitlement);
    const same = collected.get(resource) ?? [];
    collected.set(resource, same);
    same.push({ entitlement, rank });
  }
  known.set(model, collected);
  return collected;
}
