/** Where in a file something stands, as editors and people read it: `policy/access.yml:14:5`. */
export type Place = { readonly file: string; readonly line: number; readonly column: number };

/** One thing that is wrong with a policy file. */
export type Finding = { readonly place: Place; readonly message: string };

export const placed = ({ file, line, column }: Place): string => `${file}:${line}:${column}`;

export const topOf = (file: string): Place => ({ file, line: 1, column: 1 });

/** The place of a character, counted from 0. */
export function placeOf(file: string, text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  return { file, line: before.split('\n').length, column: before.length - lastBreak };
}

/** Cedar counts bytes of UTF-8, not characters: without this every place after an umlaut would be off. */
export const characterAt = (text: string, byteOffset: number): number =>
  Buffer.from(text, 'utf8').subarray(0, byteOffset).toString('utf8').length;

/** By file, then from top to bottom. */
export function inReadingOrder(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    ({ place: a }, { place: b }) =>
      (a.file < b.file ? -1 : Number(a.file > b.file)) || a.line - b.line || a.column - b.column,
  );
}
