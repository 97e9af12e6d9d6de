import { plainLine } from '../text/plain_text.ts';

/** The door through which texts of others enter the JSON twin; JSON does the escaping. */
export const line = (text: string): string => plainLine(text, 4000);
export const optional = (text: string | null): string | null => (text === null ? null : line(text));
