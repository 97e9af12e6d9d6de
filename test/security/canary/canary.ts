/** Looks for planted secrets in anything that was written, in the forms in which a secret can hide. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PLANTED } from '../../../simulator/identity.ts';

/** How a secret may be written: the name of the form, and what is searched for. */
type Form = readonly [string, string];

/** Base64 of a text depends on what stands before it; of each of the three cases only the sure characters are kept. */
const base64Of = (text: string): string[] =>
  [0, 1, 2].map((offset) => {
    const whole = Buffer.from(`${'\0'.repeat(offset)}${text}`).toString('base64');
    return whole.slice(Math.ceil((offset * 4) / 3), -4);
  });

const FORMS: readonly Form[] = [
  ['as it is', PLANTED.toLowerCase()],
  ...base64Of(PLANTED).map((text): Form => ['in base64', text]),
  ['in hexadecimal', Buffer.from(PLANTED).toString('hex')],
];

/** The forms in which a planted secret stands in the bytes, also packed, and in lines as mails have them. */
export function formsIn(bytes: Buffer): string[] {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return formsIn(unpacked(bytes)).map((form) => `packed, ${form}`);
  // Blanks, NULs (two bytes for each letter) and line breaks may stand between the letters.
  const text = bytes.toString('latin1').replace(/[\s\0]+/g, '');
  const small = text.toLowerCase();
  return FORMS.filter(([name, form]) => (name === 'in base64' ? text : small).includes(form)).map(([name]) => name);
}

function unpacked(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes);
  } catch {
    // Cut short by a crash, on purpose most likely: as much as is there.
    return Buffer.alloc(0);
  }
}

/** What tests write there are the settings with which the program is started: the one place where a secret belongs. */
const isSettings = (path: string): boolean => basename(path).endsWith('.env');

/** One line for each file below `path` (or the file itself) that holds a planted secret. */
export function leaksBelow(path: string): string[] {
  let names: string[];
  try {
    if (statSync(path).isFile()) return leaksIn(path);
    names = readdirSync(path, { recursive: true, encoding: 'utf8' });
  } catch {
    // Gone, or made unreadable by a test.
    return [];
  }
  return names.flatMap((name) => leaksIn(join(path, name)));
}

function leaksIn(file: string): string[] {
  if (isSettings(file)) return [];
  try {
    if (!statSync(file).isFile()) return [];
    return formsIn(readFileSync(file)).map((form) => `${file}: ${form}`);
  } catch {
    return [];
  }
}
