import { parse } from 'dotenv';
import type { ConfigProblem } from '../util/errors.ts';

/** A `.env` file as it is read, and what of it would not come through. No value stands in any message. */
export type EnvFile = {
  readonly values: Readonly<Record<string, string>>;
  /** What is surely lost, so that nothing may start with it. */
  readonly problems: readonly ConfigProblem[];
  /** What may be meant, and is worth a line in the report. Files that worked go on working. */
  readonly remarks: readonly ConfigProblem[];
};

/**
 * Reads a `.env` file with dotenv, which passes over what it does not understand: a `#` ends a value, an open quote takes
 * the lines behind it along, a line without `=` is none. Each of these is found here by its line.
 */
export function readEnvFile(bytes: Buffer, shown: string): EnvFile {
  const encoding = strangeEncoding(bytes);
  if (encoding !== null) {
    const message = `\`${shown}\` is ${encoding}: nothing in it can be read. Save it as UTF-8`;
    return { values: {}, problems: [{ setting: 'settings file', message }], remarks: [] };
  }
  const problems: ConfigProblem[] = [];
  const remarks: ConfigProblem[] = [];
  const lines = linesOf(bytes.toString('utf8'));
  const set = new Map<string, { readonly line: number; readonly value: string }>();
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const say = (list: ConfigProblem[], setting: string, message: string) =>
      list.push({ setting, message: `line ${at + 1} of \`${shown}\`: ${message}` });
    if (/^\s*(#|$)/.test(line)) continue;
    const [, name, given] = ASSIGNMENT.exec(line) ?? [];
    if (name === undefined || given === undefined) {
      const meant = SETTING_AT_START.exec(line)?.[1];
      if (meant !== undefined && looksLikeOurs(meant))
        say(problems, meant, 'it sets nothing, because it is not written as `NAME=value`');
      else say(remarks, 'settings file', 'it is neither a comment nor `NAME=value`, and counts for nothing');
      continue;
    }
    const value = valueIn(given, lines, at);
    const earlier = set.get(name);
    if (earlier !== undefined && earlier.value !== value.text) {
      say(remarks, name, `it sets this again, so that line ${earlier.line} counts for nothing`);
    }
    set.set(name, { line: at + 1, value: value.text });
    const swallowed = lines.slice(at + 1, at + 1 + value.further).find((one) => SETTING_INSIDE.test(one));
    if (swallowed !== undefined) {
      say(
        problems,
        name,
        `its quote ends on line ${at + 1 + value.further} only, and takes the settings in between along`,
      );
    }
    for (const found of value.found) say(found.lost ? problems : remarks, name, found.says);
    at += value.further;
  }
  return { values: parse(bytes), problems, remarks };
}

/** Windows writes this with `>` in PowerShell, and as "Unicode" in its editor. */
function strangeEncoding(bytes: Buffer): string | null {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'UTF-16';
  const start = bytes.subarray(0, 4096);
  if (!start.includes(0)) return null;
  const zeros = start.filter((byte) => byte === 0).length;
  return zeros >= start.length / 4 ? 'UTF-16 or UTF-32' : 'no text file (it holds zero bytes)';
}

/** As dotenv ends lines. */
const linesOf = (text: string): string[] => text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);

const ASSIGNMENT = /^\s*(?:export\s+)?([\w.-]+)(?:\s*=|:(?=\s|$))(.*)$/s;
/** Written in capitals with `_` in between, as all of ours but one are. */
const SETTING_AT_START = /^[\s'"$-]{0,20}(?:export\s{1,9}|setx?\s{1,9}|env:)?([A-Z][A-Z0-9_]{2,60})(?![A-Za-z0-9_])/;
const looksLikeOurs = (name: string): boolean => name === 'HALT' || /[A-Z0-9]_[A-Z0-9]/.test(name);
const SETTING_INSIDE = /^\s*(?:export\s+)?(?:[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|HALT)\s*=/;

type Value = {
  readonly text: string;
  /** How many of the lines behind it belong to it. */
  readonly further: number;
  readonly found: readonly { readonly lost: boolean; readonly says: string }[];
};

function valueIn(given: string, lines: readonly string[], at: number): Value {
  const start = given.trimStart();
  const quote = /^['"`]/.exec(start)?.[0];
  const quoted = quote === undefined ? null : quotedValue(start, quote, lines.slice(at + 1, at + LONGEST_QUOTE));
  if (quoted !== null) return quoted;
  const found: Value['found'][number][] = [];
  const hash = start.indexOf('#');
  const before = hash === -1 ? start : start.slice(0, hash);
  if (quote !== undefined)
    found.push({
      lost: false,
      says: 'its first quote does not close at the end of the line, so it is taken as a part of the value',
    });
  if (before !== '' && before === before.trimEnd() && hash !== -1) {
    const says =
      'a `#` ends the value, and what stands behind it would be lost: put the value in quotes, or a blank before a comment';
    found.push({ lost: true, says });
  } else if (hash === 0 && start === given && /^#\S/.test(start)) {
    found.push({
      lost: false,
      says: 'a `#` directly behind `=` makes all of it a comment: put a value that begins with `#` in quotes',
    });
  }
  if (before.includes('\ufffd')) found.push({ lost: false, says: 'the value holds bytes that are no UTF-8' });
  return { text: before.trim(), further: 0, found };
}

/** More lines than any key or certificate has. */
const LONGEST_QUOTE = 500;

/** A value up to the quote that closes it, on its line or on a later one; null when none does as dotenv takes it. */
function quotedValue(start: string, quote: string, behind: readonly string[]): Value | null {
  let [inside, from] = ['', 1];
  for (let further = 0; further <= behind.length; further += 1) {
    const line = further === 0 ? start : (behind[further - 1] ?? '');
    let closing: number | null = null;
    for (let at = line.indexOf(quote, from); at !== -1; at = line.indexOf(quote, at + 1)) {
      const escaped = line[at - 1] === '\\';
      if (/^\s*(#|$)/.test(line.slice(at + 1))) closing = at;
      if (escaped) continue;
      // The first one that is not escaped closes it, or nothing does.
      if (closing === null) return null;
      break;
    }
    if (closing !== null) {
      const text = inside + line.slice(further === 0 ? 1 : 0, closing);
      const found = quote === '"' && /\\[nr]/.test(text) ? [{ lost: false, says: ESCAPED }] : [];
      return { text, further, found };
    }
    inside += `${line.slice(further === 0 ? 1 : 0)}\n`;
    from = 0;
  }
  return null;
}
const ESCAPED = '`\\n` and `\\r` in double quotes are read as line breaks: single quotes keep them as they are';
