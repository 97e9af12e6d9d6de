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
  const strange = (name: string) => !Object.hasOwn(SETTINGS, name) && !OTHERS.has(name) && !OTHERS_BEGIN.test(name);
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
  // Of other programs, and near to names of ours.
  'LOGLEVEL',
  'VAULT_ADDR',
  'VAULT_URI',
  'HOST',
  'PORT',
]);
/** Of the programs that read the same settings file. */
const OTHERS_BEGIN = /^(?:COMPOSE|DOCKER)_/;

/**
 * Also by a part of a name: `AUTO_APROVE` is more likely the first half of one than all of another, and `VAULT_TOKN` one
 * that leaves a word out.
 */
function meantInFile(name: string): string | null {
  const whole = nearestName(name, NAMES);
  if (whole !== null) return whole;
  const words = name.split('_').length;
  if (words < 2) return null;
  const beginnings = NAMES.map((one) => [one.split('_').slice(0, words).join('_'), one] as const);
  const withoutOne = NAMES.flatMap((one) => leavingOneOut(one.split('_')).map((part) => [part, one] as const));
  const parts = new Map([...withoutOne, ...beginnings].toReversed());
  const near = nearestName(name, parts.keys());
  return near === null ? null : (parts.get(near) ?? null);
}

const leavingOneOut = (words: readonly string[]): string[] =>
  words.length < 3 ? [] : words.slice(1).map((_, at) => words.toSpliced(at + 1, 1).join('_'));

const SHORT = 8;
const LONG = 12;

function meantOutside(name: string): string | null {
  if (name.length < SHORT) return null;
  const meant = nearestName(name, NAMES);
  if (meant === null || meant.length < SHORT) return null;
  return typingErrors(name.toUpperCase(), meant) <= (meant.length < LONG ? 1 : 2) ? meant : null;
}
