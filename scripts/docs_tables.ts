import { markdownTable } from 'markdown-table';
import type { Setting, Settings } from '../src/config/setting.ts';

/** What the generated parts of the docs are written with. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  markdownTable([head, ...rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))], {
    alignDelimiters: false,
    padding: true,
  });
export const code = (text: string): string => `\`${text}\``;

export const rowsOf = (group: Settings): [string, Setting][] => Object.entries(group);
