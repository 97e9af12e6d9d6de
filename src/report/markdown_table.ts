import { markdownTable } from 'markdown-table';
import stringWidth from 'string-width';
import type { Room } from './detail.ts';

/** `l`eft or `r`ight, one letter per column. */
export type Alignment = string;

/** A GitHub table whose columns also line up in the raw file, wide characters included. Cells are escaped already. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: Alignment = 'l'.repeat(head.length),
): string {
  return markdownTable([head, ...rows], { align: [...align], stringLength: stringWidth });
}

/** A second-level section; empty when there is nothing in it, so that the page simply leaves it out. */
export function section(title: string, ...blocks: readonly string[]): string {
  const content = blocks.filter((block) => block !== '');
  return content.length === 0 ? '' : [`## ${title}`, ...content].join('\n\n');
}

/** A table only when there are rows. */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: Alignment = 'l'.repeat(head.length),
): string {
  return rows.length === 0 ? '' : table(head, rows, align);
}

/** A table of things of which there may be very many: the first ones, and where the others are. */
export function longTable<T>(
  head: readonly string[],
  items: readonly T[],
  row: (item: T) => readonly string[],
  room: Room,
  align?: Alignment,
): string {
  const shown = items.slice(0, room.most);
  return [tableOf(head, shown.map(row), align), moreOf(items.length - shown.length, room)]
    .filter((text) => text !== '')
    .join('\n\n');
}

/** How many are not shown, and where they are; empty when there are none. */
export function moreOf(left: number, { sheet }: Pick<Room, 'sheet'>): string {
  if (left <= 0) return '';
  return `… and ${left} more, in ${sheet === null ? 'the JSON twin of this report' : `\`${sheet}\``}.`;
}

/** The same for things that are no requests of the window: the sheet does not have them. */
export const besideTheSheet = (room: Room): Room => ({ ...room, sheet: null });
