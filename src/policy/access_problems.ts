import type { z } from 'zod';
import { compareRisk, isRisk } from '../domain/risk.ts';
import { didYouMean } from '../text/nearest.ts';
import { plainLine } from '../text/plain_text.ts';
import { APPROVERS } from './access_shape.ts';
import type { Finding, Place } from './place.ts';
import type { Path, YamlPlaces } from './yaml_places.ts';

/** Words what the shape of `access.yml` objects to: each with its place, what is allowed, and what was probably meant. */
export function wordIssues(issues: readonly z.core.$ZodIssue[], places: YamlPlaces, value: unknown): Finding[] {
  return meant(issues).flatMap((issue) => wordIssue(issue, places, value));
}

/** Of a choice between shapes, what is wrong with the one that was probably meant: the one that got furthest. */
function meant(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union') return [issue];
    const inner = issue.errors.map((alternative) =>
      alternative.map((one) => ({ ...one, path: [...issue.path, ...one.path] })),
    );
    const furthest = inner.find((some) =>
      some.some(({ code, path }) => path.length > issue.path.length || code === 'unrecognized_keys'),
    );
    return furthest ?? inner[0] ?? [];
  });
}

function wordIssue(issue: z.core.$ZodIssue, places: YamlPlaces, value: unknown): Finding[] {
  const { path } = issue;
  const given = valueAt(value, path);
  switch (issue.code) {
    case 'unrecognized_keys':
      // The message is the list of known keys: see `record` in access_shape.ts.
      return issue.keys.map((key) => ({
        place: places.ofKey([...path, key]),
        message: `unknown key ${quoted(key)}; allowed here: ${issue.message}${didYouMean(key, issue.message.split(', '))}`,
      }));
    case 'invalid_key':
      return [{ place: places.ofKey(path), message: `${quoted(path.at(-1))}: ${issue.issues[0]?.message}` }];
    case 'invalid_type': {
      if (given === undefined) return [{ place: places.of(path), message: `${quoted(path.at(-1))} is missing` }];
      const hint = mendedBy(issue.expected, given, path);
      return [{ place: places.of(path), message: `expected ${word(issue.expected)}, not ${kindOf(given)}${hint}` }];
    }
    case 'invalid_value': {
      if (given === undefined) return [{ place: places.of(path), message: `${quoted(path.at(-1))} is missing` }];
      const allowed = issue.values.map(String);
      const hint = typeof given === 'string' ? didYouMean(given, allowed) : '';
      return [
        { place: places.of(path), message: `${quoted(given)} is not allowed; allowed: ${allowed.join(', ')}${hint}` },
      ];
    }
    default: {
      const shown = typeof given === 'string' || typeof given === 'number' ? `${quoted(given)}: ` : '';
      return [{ place: places.of(path), message: `${shown}${issue.message}` }];
    }
  }
}

/** How what was given probably was meant, where one form of YAML stands for another. */
function mendedBy(expected: string, given: unknown, path: readonly PropertyKey[]): string {
  if (expected === 'string' && typeof given === 'number') return ' (put it in quotes)';
  if (expected === 'array' && typeof given === 'string') {
    const inConflict = path[0] === 'sod_conflicts' && path.length === 2;
    return inConflict
      ? ' (each conflict is a list of its own: `- [a:b, c:d]`)'
      : ' (a list of one stands in brackets: `[…]`)';
  }
  if (given !== null) return '';
  return expected === 'array' ? ' (`[]` is a list of none)' : expected === 'record' ? ' (`{}` is a map of none)' : '';
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
};
const word = (kind: string): string => WORDS[kind] ?? kind;

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number' && !Number.isInteger(value)) return `\`${value}\``;
  return word(typeof value);
}

export const quoted = (given: unknown): string => `\`${plainLine(String(given), 80)}\``;

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? at[key as keyof typeof at] : undefined,
    value,
  );
}

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

  for (const name of names.classes) {
    const { floor, floor_privileged: privileged } = Object(at(at(value, 'classes'), name));
    if (isRisk(floor) && isRisk(privileged) && compareRisk(privileged, floor) < 0) {
      say(
        places.of(['classes', name, 'floor_privileged']),
        `${quoted(privileged)} is below the \`floor\` of the class, ${quoted(floor)}, and would never count`,
      );
    }
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

  const conflicts = new Set<string>();
  for (const { index, row } of rows(at(value, 'sod_conflicts'))) {
    const duties = texts(Array.isArray(row) ? row : at(row, 'of')).map(({ text }) => text.trim().toLowerCase());
    if (duties.length < 2) continue;
    const place = places.of(['sod_conflicts', index]);
    const doubled = duties.find((duty, i) => duties.indexOf(duty) !== i);
    if (doubled !== undefined) say(place, `${quoted(doubled)} cannot be in conflict with itself`);
    const key = [...duties].sort().join(' + ');
    const kind = `${key} ${at(row, 'at_most') ?? 1}`;
    if (conflicts.has(kind)) {
      say(place, `this ${duties.length === 2 ? 'pair' : 'conflict'} stands here a second time (${quoted(key)})`);
    }
    conflicts.add(kind);
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
