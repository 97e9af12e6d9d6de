import { plainLine } from './plain_text.ts';

/** What a spreadsheet still takes into one cell. */
const LONGEST_CELL = 32_000;

/**
 * The one door through which a text enters a CSV file (RFC 4180). INVARIANT: what comes out is one line of visible text
 * that no spreadsheet takes for a formula: not at the start of the cell, not behind blanks or quotes, and not behind a
 * semicolon either, at which a spreadsheet of another country splits a line that was written with commas.
 */
export function csvCell(text: string): string {
  const shown = plainLine(text, LONGEST_CELL).replace(FORMULA, "$1'");
  return /[",;]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
}

/** One row with its line break. */
export const csvRow = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;

/** Where a cell may begin, up to a character that would make a formula of it; an apostrophe goes in between. */
const FORMULA = /((?:^|;)[\s"']*)(?=[=+\-@])/g;
