import { nearestName, typingErrors } from '../text/nearest.ts';
import type { ConfigProblem } from '../util/errors.ts';
import { SETTINGS } from './settings.ts';

const NAMES = Object.keys(SETTINGS);

/**
 * Names that are no settings, most likely typing errors, which must not pass in silence: a misspelt switch leaves its
 * default. All such names of the settings file, which is for us alone; of the environment only those that are one or two
 * letters away from a setting, because the rest of it is about other programs.
 */
export function strangeNames(
  fromFile: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): ConfigProblem[] {
  const strange = (name: string) => !Object.hasOwn(SETTINGS, name) && !OTHERS.has(name);
  const inFile = new Set(fromFile.filter(strange));
  const outside = Object.keys(env).filter((name) => strange(name) && !inFile.has(name) && meantOutside(name) !== null);
  return [
    ...[...inFile].map((name) => misspelt(name, 'the settings file', meantInFile(name))),
    ...outside.map((name) => misspelt(name, 'the environment', meantOutside(name))),
  ];
}

const misspelt = (setting: string, where: string, meant: string | null): ConfigProblem => ({
  setting,
  message: `no setting has this name, so what ${where} sets there counts for nothing${meant === null ? '' : `; did you mean \`${meant}\`?`}`,
});

/** What programs look for in every environment, and we do as well. */
const OTHERS: ReadonlySet<string> = new Set([
  'NO_COLOR',
  'FORCE_COLOR',
  'TERM',
  'TZ',
  'NODE_EXTRA_CA_CERTS',
  'NODE_OPTIONS',
]);

/** Also by the beginning of a name: `AUTO_APROVE` is more likely the first half of one than all of another. */
function meantInFile(name: string): string | null {
  const whole = nearestName(name, NAMES);
  if (whole !== null) return whole;
  const words = name.split('_').length;
  const beginnings = new Map(NAMES.map((one) => [one.split('_').slice(0, words).join('_'), one] as const).toReversed());
  const near = words < 2 ? null : nearestName(name, beginnings.keys());
  return near === null ? null : (beginnings.get(near) ?? null);
}

const SHORT = 8;
const LONG = 12;

function meantOutside(name: string): string | null {
  if (name.length < SHORT) return null;
  const meant = nearestName(name, NAMES);
  if (meant === null || meant.length < SHORT) return null;
  return typingErrors(name.toUpperCase(), meant) <= (meant.length < LONG ? 1 : 2) ? meant : null;
}
