import type { z } from 'zod';
import { plainLine } from '../text/plain_text.ts';
import { didYouMean } from './nearest.ts';
import type { Finding } from './place.ts';
import type { YamlPlaces } from './yaml_places.ts';

/** Words what the shape of `access.yml` objects to: each with its place, what is allowed, and what was probably meant. */
export function wordIssues(issues: readonly z.core.$ZodIssue[], places: YamlPlaces, value: unknown): Finding[] {
  return issues.flatMap((issue) => wordIssue(issue, places, value));
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
      const hint = issue.expected === 'string' && typeof given === 'number' ? ' (put it in quotes)' : '';
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
