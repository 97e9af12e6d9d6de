import { plural } from '../phrases/plural.ts';
import { terminalLine } from '../text/terminal_text.ts';
import { labelled, PAGE_WIDTH } from '../text/wrap.ts';
import type { State } from './check.ts';
import type { Diagnosis, Row } from './doctor.ts';

/** The same marks as those of `policy check`. */
const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const satisfies Record<State, string>;
const STATE_WIDTH = 7;
const LONGEST = 1500;

/** One line for each check, what is to be done below it, and a verdict at the end. */
export function doctorText({ rows, counts, state }: Diagnosis): string {
  const nameWidth = Math.max(...rows.map(({ name }) => name.length)) + 2;
  const lines = rows.map((row) => rowText(row, nameWidth));
  const verdict = [
    counts.fail === 0
      ? 'nothing fails'
      : `${plural(counts.fail, 'check')} failed: a run would not do its work as it is`,
    ...(counts.warn === 0 ? [] : [plural(counts.warn, 'warning')]),
    `${counts.ok} ok`,
  ].join(', ');
  return `${[...lines, '', `${MARKS[state]} ${verdict}`].join('\n')}\n`;
}

function rowText({ name, state, says, todo }: Row, nameWidth: number): string {
  const label = `${MARKS[state]} ${state}`.padEnd(STATE_WIDTH) + name;
  const width = STATE_WIDTH + nameWidth;
  const line = labelled(label, terminalLine(says, LONGEST), width, PAGE_WIDTH);
  if (todo === null) return line;
  return `${line}\n${' '.repeat(width)}${labelled('→', terminalLine(todo, LONGEST), 2, PAGE_WIDTH - width).replaceAll('\n', `\n${' '.repeat(width)}`)}`;
}
