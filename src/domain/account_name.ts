import { folded } from '../text/look_alikes.ts';
import { plainLine } from '../text/plain_text.ts';

/*
 * When two account names are, or could be, one account. From the strictest answer to the widest: `isSameName`,
 * `strictName`, `sameUser`, `mayBeSameUser`. What loosens something asks a strict one, what keeps somebody away from something asks the
 * widest. None measures how far apart two names are: a name that is only similar is another name.
 */

/** The same name: blanks around it and the case of its ASCII letters do not count. */
export const isSameName = (a: string, b: string): boolean => inOneCase(a) === inOneCase(b) && a.trim() !== '';

const inOneCase = (name: string): string => name.trim().replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Whether two account names mean the same user: case, blanks, invisible characters and a domain (`CORP\name`, `name@corp`) do not count. */
export function sameUser(a: string, b: string): boolean {
  return bareName(a) !== '' && bareName(a) === bareName(b);
}

/** What `sameUser` compares; empty when nothing is left. */
export function bareName(name: string): string {
  const plain = plainLine(name).toLowerCase();
  return (plain.slice(plain.lastIndexOf('\\') + 1).split('@')[0] ?? '').trim();
}

/**
 * The account in a name, without domain and case, and nothing else taken off: for what gives somebody rights. An account
 * with an invisible character in it, or in full-width letters, is another account.
 */
export function strictName(name: string): string {
  const plain = name.normalize('NFC').trim().toLowerCase();
  return (plain.slice(plain.lastIndexOf('\\') + 1).split('@')[0] ?? '').trim();
}

/**
 * Whether two names could mean the same user, however each of them is spelled: look-alike letters, dashes, blanks, quotes,
 * domains in front and behind, a distinguished name, the address of a guest, an account in brackets.
 */
export function mayBeSameUser(a: string, b: string): boolean {
  if (sameUser(a, b)) return true;
  const [one, other] = [spelled(a), spelled(b)];
  return (
    one.names.some((name) => other.readings.some((reading) => looksLike(reading, name))) ||
    other.names.some((name) => one.readings.some((reading) => looksLike(reading, name)))
  );
}

/** One form for all spellings of an account: how people are counted. Empty when nothing of the name can be seen. */
export const accountKey = (name: string): string => spelled(name).account;

/** A security identifier of Windows: an account, and nobody can tell from it which. */
export const isSid = (name: string): boolean => /^s-1(?:-\d{1,20}){2,16}$/i.test(plainLine(name));

/** A name that is too long to be looked at whole. */
export const isTooLong = (name: string): boolean => name.length > LONGEST;
const LONGEST = 1000;

type Spelled = {
  /** The skeleton of the account, with what stands around it taken off. */
  readonly account: string;
  /** What the account may be called: the whole, and the account in it. */
  readonly names: readonly string[];
  /** Every part that could be the account. */
  readonly readings: readonly string[];
};

/** People of a window ask again and again. Emptied when it is full: it is only there to save time. */
const known = new Map<string, Spelled>();
const MOST_KNOWN = 20_000;

function spelled(name: string): Spelled {
  const before = known.get(name);
  if (before !== undefined) return before;
  const line = plainLine(name.slice(0, LONGEST), LONGEST);
  const whole = skeleton(line);
  const account = skeleton(accountIn(line));
  const some = (texts: readonly string[]) => [...new Set(texts)].filter((text) => text !== '');
  const made = {
    account,
    names: some([account, whole]),
    readings: some([account, whole, ...new Set(readingsOf(line))].map((one, at) => (at < 2 ? one : skeleton(one)))),
  };
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(name, made);
  return made;
}

/**
 * Equal; or equal but for letters of the reading that no table knows, where most of it is plain: then those stand for the
 * letters that they are seen in place of.
 */
function looksLike(reading: string, name: string): boolean {
  if (reading === name) return true;
  if (ASCII.test(reading)) return false;
  const [letters, wanted] = [Array.from(reading), Array.from(name)];
  if (letters.length !== wanted.length) return false;
  const same = letters.filter((letter, at) => letter === wanted[at]).length;
  return 2 * same >= letters.length && letters.every((letter, at) => letter === wanted[at] || !ASCII.test(letter));
}
const ASCII = /^\p{ASCII}*$/u;

/** Letters and digits only, look-alikes as one. */
function skeleton(line: string): string {
  return letters(line).replace(/[i1]/g, 'l').replace(/0/g, 'o').replace(/rn/g, 'm').replace(/vv/g, 'w');
}

function letters(line: string): string {
  // Most names are: there is nothing to fold.
  if (ASCII.test(line))
    return line
      .toLowerCase()
      .replaceAll('|', 'l')
      .replace(/[^a-z0-9]+/g, '');
  return folded(line.replace(/[^\p{ASCII}]/gu, (letter) => RARE.get(letter) ?? letter))
    .replace(DASH_LETTERS, '')
    .replace(/[|ǀ丨ㅣ׀ן]/gu, 'l')
    .replace(/[^\p{L}\p{N}]|\p{Lm}/gu, '');
}

/** Letters of other scripts that are drawn as a stroke: long vowel mark, the Chinese one, Hangul EU. */
const DASH_LETTERS = /[ー一ㅡᅳ]/gu;

/** Look-alikes that nobody writes texts with, so that screening does not look for them: a name has room for each. */
const RARE: ReadonlyMap<string, string> = new Map(
  (
    [
      // Lisu
      ['ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ', 'bpdtgkjczfnlsrvhwxyaeiou'],
      // Coptic
      ['ⲀⲃⲄⲉⲎⲏⲒⲓⲔⲕⲘⲙⲚⲛⲞⲟⲢⲣⲤⲥⲦⲧⲨⲭⲬⲩ', 'abrehhiikkmmnnooppccttyxxy'],
      // Cherokee, Canadian syllabics, Armenian
      ['ᏙᏤᏳᎫᎪᎥᏔᏦᏞᏎᏒ', 'vvgjaiwklsr'],
      ['ᑌᑎᑕᒪᒍᑭᐯᕼᗪᗅᗷᗰ', 'uncljpvhdabm'],
      ['ոսցօհզղյքՏՍԼ', 'nugohqnjpsul'],
      // Georgian, Hebrew, Arabic and other lone letters, palochka
      ['იסοەاӀӏ', 'oooolll'],
      // Latin letters with tails, small capitals
      ['ᴄᴏꞅƽȷʋυꭵⱱƿ', 'cossjuuivp'],
    ] as const
  ).flatMap(([from, to]) => Array.from(from).map((letter, at) => [letter, to[at] ?? ''] as const)),
);

/** The account in a name, by the ways in which directories and sign-ins write one. A line of plain text. */
function accountIn(line: string): string {
  const guest = guestIn(line);
  if (guest !== null) return guest;
  const [distinguished] = distinguishedIn(line);
  if (distinguished !== undefined) return accountIn(distinguished);
  const [last, first, ...more] = line.split(',');
  const inOrder = more.length === 0 && first !== undefined && first.trim() !== '' ? `${first} ${last}` : line;
  const address = /<([^<>]*)>/.exec(inOrder)?.[1];
  const bare = (address ?? inOrder).replace(/\([^()]*\)|\[[^[\]]*\]/g, ' ').trim();
  const named = bare === '' ? inOrder : bare;
  const local = named.split('@')[0] ?? '';
  return local.slice(Math.max(...DOMAIN_ENDS.map((sign) => local.trimEnd().lastIndexOf(sign))) + 1);
}

/** What stands between a domain and an account, with the look-alikes of the slashes. */
const DOMAIN_ENDS = Array.from('\\/|:!~∖⧵⁄∕⧸');

/** Every part of a name that could be an account. */
function readingsOf(line: string, depth = 0): string[] {
  const guest = guestIn(line);
  const parts = [
    line,
    ...(guest === null ? [] : [guest]),
    ...(/#ext#/i.test(line) ? [line.split(/#ext#/i)[0] ?? ''] : []),
    ...line.split(BETWEEN_PARTS),
    ...distinguishedIn(line),
    // As directories list accounts with their contexts: `.name.unit.company`.
    ...(line.startsWith('.') ? [line.split('.')[1] ?? ''] : []),
  ];
  const [last, first, ...more] = line.split(',');
  if (more.length === 0 && first !== undefined) parts.push(`${first} ${last}`);
  const all = parts.flatMap((part) => [part, part.replace(/^[\s@]+/, '').split('@')[0] ?? '']);
  if (depth >= 2) return all;
  const inside = [...distinguishedIn(line), decoded(line)].filter((part) => part !== line && part !== '');
  return [...all, ...inside.flatMap((part) => readingsOf(plainLine(part, LONGEST), depth + 1))];
}

/** Every sign but those that stand inside names; slashes and bars have too many look-alikes to list them. */
const BETWEEN_PARTS = /[^\p{L}\p{N}\p{M}\p{Pd}\p{Pc}\s.,@=]+/u;

/** `name_corp.example#EXT#@tenant.example`: how a directory of one company names a guest of another. */
function guestIn(line: string): string | null {
  const at = line.search(/#ext#/i);
  if (at < 0) return null;
  const address = line.slice(Math.max(...['\\', '/'].map((sign) => line.lastIndexOf(sign, at))) + 1, at);
  const domain = address.lastIndexOf('_');
  return (domain > 0 ? address.slice(0, domain) : address).split('@')[0] ?? '';
}

/** `uid=name,ou=unit,dc=corp`: the values that name somebody, and not the place where they are kept. */
function distinguishedIn(line: string): string[] {
  if (!line.includes('=')) return [];
  return line.split(/(?<!\\)[,;+/]/).flatMap((part) => {
    const sign = part.indexOf('=');
    const kind = part
      .slice(0, sign)
      .trim()
      .replace(/^oid\./i, '')
      .toLowerCase();
    return sign <= 0 || PLACES.has(kind) ? [] : [bare(decoded(part.slice(sign + 1)))];
  });
}

/** Without blanks and quotes at either end. Taken off one by one: an expression for it takes the square of the length. */
function bare(value: string): string {
  let [from, to] = [0, value.length];
  while (from < to && AROUND.test(value[from] ?? '')) from += 1;
  while (to > from && AROUND.test(value[to - 1] ?? '')) to -= 1;
  return value.slice(from, to);
}
const AROUND = /[\s"]/;

const PLACES = new Set([
  'ou',
  'dc',
  'o',
  'c',
  'l',
  'st',
  'street',
  '2.5.4.6',
  '2.5.4.7',
  '2.5.4.8',
  '2.5.4.10',
  '2.5.4.11',
]);

/** With what stands for a single character put back: `%2D`, `\2D`, `\x2D`, `\,`, `\u002d`, `&#45;`. */
const decoded = (text: string): string => (/[%\\&]/.test(text) ? withoutCodes(text) : text);
const withoutCodes = (text: string): string =>
  text
    .replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => bytesAs(bytes.split('%')))
    .replace(/\\(?:u([0-9a-f]{4})|x([0-9a-f]{2}))/gi, (_all, long?: string, short?: string) =>
      String.fromCharCode(Number.parseInt(long ?? short ?? '', 16)),
    )
    .replace(/(?:\\[0-9a-f]{2})+/gi, (bytes) => bytesAs(bytes.split('\\')))
    .replace(/\\([^0-9a-z])/gi, '$1')
    .replace(/&#(?:x([0-9a-f]{1,6})|(\d{1,7}));?/gi, (all, hex: string | undefined, code: string | undefined) => {
      const point = hex === undefined ? Number(code) : Number.parseInt(hex, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : all;
    });

const bytesAs = (bytes: readonly string[]): string =>
  Buffer.from(bytes.filter((byte) => byte !== '').map((byte) => Number.parseInt(byte, 16))).toString('utf8');
