import { Buffer } from 'node:buffer';
import { folded } from '../../text/look_alikes.ts';
import { steers } from './lexical.ts';
import { answers } from './records.ts';
import type { View } from './view.ts';

/** Encodings are undone again and again this often. */
const DEPTH = 2;

/** Words that only appear once an encoding is undone. What they say does not matter: an honest reason is not encoded. */
export function encoded({ lines, line }: View): string[] {
  let layer = [lines];
  for (let depth = 1; depth <= DEPTH; depth += 1) {
    layer = layer.flatMap(decodedRuns);
    if (layer.some((text) => readsAsWords(text) || speaks(text))) return ['holds words in an encoding'];
  }
  const turned = [rot13(line), reversed(line)].filter((text) => steers(folded(text)));
  const plain = unescaped(lines);
  // An address escapes the quotation marks of what it asks for.
  const unaddressed = unescaped(lines.replace(ADDRESS, ''));
  const undone = plain !== lines && (steers(folded(plain)) || answers(unaddressed, folded(unaddressed)).length > 0);
  return turned.length > 0 || undone ? ['holds an instruction with its letters shifted, turned or escaped'] : [];
}

const ADDRESS = /https?:\/\/\S{1,2000}/gi;

/** Whether a text that was made readable speaks to the reviewer, or is an answer. */
function speaks(text: string): boolean {
  const reading = folded(text);
  return steers(reading) || answers(text, reading).length > 0;
}

/** What the encoded runs of a text decode to, as far as it is text at all: random bytes (hashes, keys) never are. */
function decodedRuns(text: string): string[] {
  return DECODERS.flatMap(({ run, decode }) => {
    const runs = [...text.matchAll(run)].slice(0, RUN_COUNT);
    return runs.flatMap(([found]) => decode(found)).filter(isPrintable);
  });
}
/** A text of a thousand characters holds a few; the rest is the same trick again. */
const RUN_COUNT = 50;

type Decoder = { readonly run: RegExp; readonly decode: (run: string) => string[] };

const DECODERS: readonly Decoder[] = [
  { run: /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,4000}={0,2}/g, decode: fromBase64 },
  {
    run: /(?<![0-9a-zA-Z])(?:0x)?[0-9a-fA-F]{16,4000}(?![0-9a-zA-Z])/g,
    decode: (run) => [fromHex(run.replace(/^0x/, ''))],
  },
  {
    run: /(?<![0-9a-zA-Z])(?:(?:0x)?[0-9a-fA-F]{2}[ ,:;-]{1,2}){7,1000}(?:0x)?[0-9a-fA-F]{2}(?![0-9a-zA-Z])/g,
    decode: (run) => [fromHex(run.replace(/0x|[ ,:;-]/g, ''))],
  },
  // Escapes of ordinary letters: an address or a log has reasons to escape blanks and umlauts, but not these.
  { run: /(?:\\x[0-9a-fA-F]{2}[ ,]?){4,1000}/g, decode: (run) => [fromHex(run.replace(/\\x|[ ,]/g, ''))] },
  { run: /(?:%[2-7][0-9a-fA-F]){4,1000}/g, decode: (run) => [fromHex(run.replace(/%/g, ''))] },
  {
    run: /(?:(?:\\|%)u\{?[0-9a-fA-F]{4,6}\}?){4,1000}/g,
    decode: (run) => [fromCodes(run.match(/[0-9a-fA-F]{4,6}/g), 16)],
  },
  { run: /(?:&#x[0-9a-fA-F]{1,6};?){4,1000}/gi, decode: (run) => [fromCodes(run.match(/[0-9a-fA-F]{2,6}/g), 16)] },
  { run: /(?:&#[0-9]{1,7};?){4,1000}/g, decode: (run) => [fromCodes(run.match(/[0-9]{1,7}/g), 10)] },
  {
    run: /(?<![0-9.])(?:1?[0-9]{2}[ ,;]{1,2}){7,1000}1?[0-9]{2}(?![0-9.])/g,
    decode: (run) => [fromCodes(run.match(/[0-9]{2,3}/g), 10)],
  },
  { run: /(?<![0-9])(?:[01]{8} ?){6,1000}(?![0-9])/g, decode: (run) => [fromCodes(run.match(/[01]{8}/g), 2)] },
];

/** Base64 in all four places where it may have been cut, because two halves can travel in two requests. A long word is none. */
function fromBase64(run: string): string[] {
  if (/^[A-Z]?[a-z]+$/.test(run)) return [];
  return [0, 1, 2, 3].map((cut) => {
    const rest = run.replace(/={1,2}$/, '').slice(cut);
    const whole = rest.length % 4 === 1 ? rest.slice(0, -1) : rest;
    return Buffer.from(whole, 'base64').toString('utf8');
  });
}

const fromHex = (digits: string): string => Buffer.from(digits.slice(0, digits.length & ~1), 'hex').toString('utf8');

function fromCodes(codes: readonly string[] | null, radix: number): string {
  return (codes ?? [])
    .map((code) => Number.parseInt(code, radix))
    .map((code) => (code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'))
    .join('');
}

// The last character may be half of one, where a run was cut.
const isPrintable = (decoded: string): boolean =>
  decoded.length >= 6 && !/[\p{Cc}\p{Cn}\p{Co}\p{Cs}\ufffd]/u.test(decoded.slice(0, -1).replace(/[\r\n\t]/g, ' '));

/**
 * Words with blanks between them and hardly anything else. What a long word, a key or a row of measurements happens to
 * decode to mixes scripts, and capitals into the middle of words.
 */
function readsAsWords(decoded: string): boolean {
  const ofWords = (decoded.match(WORDS) ?? []).reduce((sum, run) => sum + run.length, 0);
  return ofWords / decoded.length > 0.7 && /[aeiou]|[^\p{ASCII}]/iu.test(decoded);
}
const WORDS = /(?:(?<!\p{L})\p{Lu}?\p{Ll}{2,1000}|\p{Lu}{3,1000}|\p{Lo}{2,1000}|(?<!\p{L})\p{L}(?!\p{L})) ?/gu;

/** Every single escape undone where it stands: `%69gnore%20the`. */
const unescaped = (text: string): string =>
  text.replace(
    /%[2-7][0-9a-f]|\\x[2-7][0-9a-f]|\\u00[2-7][0-9a-f]|&#x[2-7][0-9a-f];?|&#[0-9]{2,3};?|&quot;/gi,
    (found) => {
      if (found === '&quot;') return '"';
      const decimal = /^&#([0-9]+)/.exec(found)?.[1];
      return String.fromCharCode(
        decimal === undefined ? Number.parseInt(/[0-9a-f]{2,4};?$/i.exec(found)?.[0] ?? '20', 16) : Number(decimal),
      );
    },
  );

export const rot13 = (text: string): string =>
  text.replace(/[a-zA-Z]/g, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(base + ((letter.charCodeAt(0) - base + 13) % 26));
  });

const reversed = (text: string): string => Array.from(text).reverse().join('');
