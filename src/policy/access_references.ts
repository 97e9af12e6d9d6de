import { quoted } from './access_problems.ts';
import { APPROVERS } from './access_shape.ts';
import { didYouMean } from './nearest.ts';
import type { Finding, Place } from './place.ts';
import type { Path, YamlPlaces } from './yaml_places.ts';

/** The names that other parts of the policy refer to. */
export type KnownNames = { readonly classes: ReadonlySet<string>; readonly roles: ReadonlySet<string> };

/** They are read from the file as it stands: a class whose description is broken is still no unknown class. */
export const knownNames = (value: unknown): KnownNames => ({
  classes: new Set(keysOf(at(value, 'classes'))),
  roles: new Set(keysOf(at(value, 'roles'))),
});

/**
 * What `access.yml` names and nowhere describes, and what contradicts itself. Looks at whatever is well-formed, so that
 * these findings come together with those about the shape.
 */
export function brokenReferences(value: unknown, places: YamlPlaces): Finding[] {
  const names = knownNames(value);
  const findings: Finding[] = [];
  const say = (place: Place, message: string) => findings.push({ place, message });
  const named = (path: Path, known: ReadonlySet<string>, kind: string) => {
    for (const { text, index } of texts(path.reduce(at, value))) {
      if (!known.has(text)) say(places.of([...path, index]), unknownName(kind, text, known));
    }
  };

  named(['never_auto'], names.classes, 'class');
  for (const { index } of rows(at(value, 'mapping'))) named(['mapping', index, 'classes'], names.classes, 'class');
  for (const { index } of rows(at(at(value, 'identities'), 'people'))) {
    named(['identities', 'people', index, 'roles'], names.roles, 'role');
  }

  const approvals = at(value, 'approvals');
  for (const name of keysOf(approvals)) {
    const path = ['approvals', name];
    if (!names.classes.has(name)) say(places.ofKey(path), unknownName('class', name, names.classes));
    const owner = at(at(at(value, 'classes'), name), 'owner');
    if (names.classes.has(name) && asksOwner(at(approvals, name)) && owner === undefined) {
      say(
        places.ofKey(path),
        `asks for the owner of ${quoted(name)}, and that class has no \`owner\`: nobody could ever give it`,
      );
    }
  }

  const pairs = new Map<string, number>();
  for (const { index, row } of rows(at(value, 'sod_conflicts'))) {
    const sides = texts(row).map(({ text }) => text.toLowerCase());
    if (sides.length !== 2) continue;
    const place = places.of(['sod_conflicts', index]);
    if (sides[0] === sides[1]) say(place, `${quoted(sides[0])} cannot be in conflict with itself`);
    const key = [...sides].sort().join(' + ');
    if (pairs.has(key)) say(place, `this pair stands here a second time (${quoted(key)})`);
    pairs.set(key, index);
  }

  const exceptions = new Set<unknown>();
  for (const { index, row } of rows(at(value, 'exceptions'))) {
    const id = at(row, 'id');
    if (typeof id === 'string' && exceptions.has(id)) {
      say(places.of(['exceptions', index, 'id']), `the exception ${quoted(id)} stands here a second time`);
    }
    exceptions.add(id);
  }
  return findings;
}

export const unknownName = (kind: string, given: string, known: ReadonlySet<string>): string =>
  `unknown ${kind} ${quoted(given)}; ${known.size === 0 ? `no ${kind} is described` : `described: ${[...known].join(', ')}`}${didYouMean(given, known)}`;

const asksOwner = (value: unknown): boolean => texts(value).some(({ text }) => text === APPROVERS[1]);

const isMap = (value: unknown): value is Readonly<Record<PropertyKey, unknown>> =>
  typeof value === 'object' && value !== null;
const at = (value: unknown, key: PropertyKey): unknown =>
  isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined;
const keysOf = (value: unknown): string[] => (isMap(value) && !Array.isArray(value) ? Object.keys(value) : []);
const rows = (value: unknown) => (Array.isArray(value) ? value.map((row: unknown, index) => ({ row, index })) : []);
const texts = (value: unknown) =>
  rows(value).flatMap(({ row, index }) => (typeof row === 'string' ? [{ text: row, index }] : []));
