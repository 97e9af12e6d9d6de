import { visibleLines } from './control_chars.ts';
import { plainLine } from './plain_text.ts';

/**
 * The one door through which a text that a person, a model, the vault or a file gave enters a line on the terminal: one
 * visible line. INVARIANT: it cannot move the cursor, colour the screen, end its line or turn it round.
 */
export const terminalLine = (text: string, maxLength = 400): string => plainLine(text, maxLength);

/** The same for a cell of a table, which a `|` would end. */
export const terminalCell = (text: string, maxLength = 70): string =>
  terminalLine(text, maxLength).replaceAll('|', '/');

/** A finished page on its way out: whatever was forgotten inside is written out, the line breaks are ours. */
export const terminalPage = (page: string): string => visibleLines(page);
