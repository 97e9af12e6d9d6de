import type { Group } from '../../analysis/suggest/groups.ts';
import { plural } from '../../phrases/plural.ts';
import { question } from '../../terminal/question.ts';
import { tell } from '../../terminal/say.ts';
import { terminalLine } from '../../text/terminal_text.ts';

const ANSWERS = {
  ...{ y: 'take', yes: 'take', '': 'take', n: 'leave', no: 'leave' },
  ...{ a: 'all', all: 'all', q: 'stop', quit: 'stop' },
} as const;
type Answer = (typeof ANSWERS)[keyof typeof ANSWERS];

const HELP = `
  y      take the row into the draft (Enter is y); it is recommended there, and nothing is enforced
  n      leave it out: what it would fit stays with people
  a      take this one and all that follow
  q      stop here, and write nothing
  ?      this page
`;

/** Nothing is written. */
export class WalkStopped extends Error {}

/**
 * Goes through the groups that are proposed, one after the other, and asks about each. What is protected or not proposed is told in
 * a line. Gives the groups as the person leaves them.
 * @throws {WalkStopped} when they stop
 */
export async function walkThrough(groups: readonly Group[], signal: AbortSignal): Promise<readonly Group[]> {
  const proposed = groups.filter(({ not }) => not === null);
  const held = groups.filter(({ not }) => not?.startsWith('sensitive') === true);
  tell(
    [
      '',
      `${plural(groups.length, 'group')} by container, type and operation: ${held.length} protected, ${groups.length - held.length - proposed.length} not proposed (the draft says why), ${proposed.length} proposed.`,
      '',
    ].join('\n'),
  );
  const left = new Set<Group>();
  for (const [index, group] of proposed.entries()) {
    tell(`${shownGroup(group, index + 1, proposed.length)}\n`);
    const answer = await question<Answer>('  take it? [Y/n/a/q/?] ', ANSWERS, 'stop', signal, HELP);
    if (answer === 'stop') throw new WalkStopped();
    if (answer === 'all') break;
    if (answer === 'leave') left.add(group);
  }
  return groups.map((group) => (left.has(group) ? { ...group, not: 'you left it out' } : group));
}

function shownGroup(group: Group, number: number, of: number): string {
  const { container, type, operation, requests, requestors, approved, refused, waiting, approvers, hours } = group;
  const by = approvers.slice(0, 3).map(([who, count]) => `${shown(who)} ${count}`);
  const median = hours[Math.floor(hours.length / 2)];
  return [
    `  ${number} of ${of}: ${shown(operation)} of ${shown(type)} in ${shown(container)}`,
    `    asked:     ${plural(requests, 'time')} by ${plural(requestors, 'person', 'people')}; ${waiting === 0 ? 'none waits' : `${waiting} waiting now`}`,
    `    people:    approved ${approved}${by.length === 0 ? '' : ` (${by.join(', ')})`}, refused ${refused}`,
    ...(median === undefined ? [] : [`    granted:   for ${median} hours in the middle, ${hours.at(-1)} at the most`]),
    `    the row:   would approve ${approved + refused === 0 ? 'none' : `${approved} that people approved`}${refused === 0 ? '' : ` and ${refused} that they refused`}, if it were enforced and rated low`,
  ].join('\n');
}

const shown = (text: string): string => terminalLine(text, 120);
