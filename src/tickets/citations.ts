import type { TicketPattern, TicketSystem } from '../domain/ticket.ts';

/** A ticket number in a text, and the system that knows such numbers. */
export type Citation = { readonly number: string; readonly system: TicketSystem };

/** Only the beginning of a text is looked through: who cites a ticket does it early. */
const LONGEST_TEXT = 20_000;

/**
 * The tickets that a text names, each once and in capitals. Whole words only, so that `XINC0010023` is none.
 * INVARIANT: time grows with the length of the text alone: patterns are compared word by word, and none of them becomes a
 * regular expression.
 */
export function citationsIn(text: string, systems: readonly TicketSystem[]): Citation[] {
  const found = new Map<string, Citation>();
  for (const [word] of text
    .slice(0, LONGEST_TEXT)
    .normalize('NFKC')
    .matchAll(/[\p{L}\p{N}_-]+/gu)) {
    const number = bare(word).toUpperCase();
    const system = systems.find(({ patterns }) => patterns.some((pattern) => fits(number, pattern)));
    if (system !== undefined) found.set(number, { number, system });
  }
  return [...found.values()];
}

function fits(number: string, { prefix, least, most }: TicketPattern): boolean {
  if (!number.startsWith(prefix)) return false;
  const digits = number.slice(prefix.length);
  return digits.length >= least && digits.length <= most && /^[0-9]+$/.test(digits);
}

/** Without the marks of `_INC0010023_` or `-INC0010023`. */
function bare(word: string): string {
  let [from, to] = [0, word.length];
  while (from < to && '_-'.includes(word.charAt(from))) from += 1;
  while (to > from && '_-'.includes(word.charAt(to - 1))) to -= 1;
  return word.slice(from, to);
}
