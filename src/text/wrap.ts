import stringWidth from 'string-width';
import { visible } from './control_chars.ts';
import { terminalLine } from './terminal_text.ts';

/** Text for a terminal: nothing is wider than this, so that it also reads well in a mail or a ticket. */
export const PAGE_WIDTH = 100;

/** Far above the longest sentence that is written on a page. */
const LONGEST = 4000;

/**
 * Breaks a text into lines between words; a word that is longer than a line is cut. Wide characters count twice.
 * INVARIANT: what comes out are visible lines, whoever wrote the text: only here does a line of a page end.
 */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of terminalLine(text, LONGEST)
    .split(' ')
    .flatMap((one) => pieces(one, width))) {
    if (line !== '' && stringWidth(line) + 1 + stringWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A label and a text beside it; what does not fit on its line goes on below the text. Both may be of anybody. */
export function labelled(name: string, text: string, labelWidth: number, width = PAGE_WIDTH): string {
  const label = visible(name);
  const [first = '', ...more] = wrapped(text, Math.max(20, width - labelWidth));
  const fits = stringWidth(label) < labelWidth;
  const head = fits
    ? label + ' '.repeat(labelWidth - stringWidth(label)) + first
    : `${label}\n${' '.repeat(labelWidth)}${first}`;
  return [head, ...more.map((line) => ' '.repeat(labelWidth) + line)].map((line) => line.trimEnd()).join('\n');
}

function pieces(word: string, width: number): string[] {
  if (stringWidth(word) <= width) return [word];
  const parts: string[] = [];
  let part = '';
  for (const character of word) {
    if (stringWidth(part + character) > width) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part];
}
