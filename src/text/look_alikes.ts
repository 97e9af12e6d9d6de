/*
 * Letters that look like Latin ones. Folding those shows a disguised word to the rules and a disguised account name to the
 * comparison; it is never used for what the model or a person gets to see, because it destroys honest Cyrillic and Greek.
 */

const pairs = (from: string, to: string): [string, string][] =>
  Array.from(from).map((letter, index) => [letter, to[index] ?? '']);

/** So alike that a reader takes one for the other: these count when they stand inside a Latin word. */
const TWINS = new Map([
  // Cyrillic, small and capital
  ...pairs('асеорхуѕіјһԁԛԝ', 'aceopxysijhdqw'),
  ...pairs('АВСЕНІЈКМОРЅТХУЗ', 'abcehijkmopstxyz'),
  // Greek
  ...pairs('οανρικυτγ', 'oavpikuty'),
  ...pairs('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'abezhikmnoptyx'),
  // Armenian and Cherokee, as far as they are in use for it
  ...pairs('օսոհցᎪᏟᎬᎻᎷᏢᎡᏚᎢᏴᏃ', 'ounhgacehmprstbz'),
]);

/** Alike enough to be read, too unlike to count as a disguise by themselves. */
const COUSINS = new Map([
  ...pairs('вгкмнтзԍԼԵьꙇєѵ', 'brkmhtzglebiev'),
  ...pairs('επσςμωηλδθ', 'epssuwnldo'),
  ...pairs('ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ', 'abcdefghijklmnoprstuvwyz'),
  ...pairs('łøđðıħŧƙɑɡɩʃ', 'loddihtkagis'),
]);

const LIGATURES: ReadonlyMap<string, string> = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['þ', 'th'],
]);

/** Lower case, marks off, look-alikes as the Latin letters that they resemble. Expects NFKC. */
export function folded(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  return text
    .replace(LETTERLIKE, (letter) => TWINS.get(letter) ?? symbolLetter(letter) ?? letter)
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(LETTERLIKE, (letter) => TWINS.get(letter) ?? COUSINS.get(letter) ?? LIGATURES.get(letter) ?? letter);
}

const ASCII = /^\p{ASCII}*$/u;
const LETTERLIKE = /[^\p{ASCII}]/gu;

/** Letters in boxes and circles and the letter pairs of flags, which NFKC leaves as they are. */
function symbolLetter(symbol: string): string | null {
  const code = symbol.codePointAt(0) ?? 0;
  const first = SYMBOL_ALPHABETS.find((start) => code >= start && code < start + 26);
  return first === undefined ? null : String.fromCharCode(97 + code - first);
}
const SYMBOL_ALPHABETS: readonly number[] = [0x1f150, 0x1f170, 0x1f1e6];

export const isTwin = (letter: string): boolean => TWINS.has(letter);
