import { createInterface } from 'node:readline/promises';
import type { Ask } from '../act/act.ts';
import { plainLine } from '../kit/plain_text.ts';
import { requestorOf, subjectOf } from '../request/run_record.ts';

const ANSWERS = { y: 'yes', yes: 'yes', n: 'no', no: 'no', '': 'no', q: 'stop', quit: 'stop' } as const;

/**
 * Shows one planned action to the person at the terminal and asks. Anything but a clear yes is no; a closed input is a
 * stop. Questions go to stderr, so that `--json` keeps stdout to itself.
 */
export const askAtTerminal: Ask = async ({ request, action, comment }, signal) => {
  const lines = readLines();
  try {
    process.stderr.write(
      [
        '',
        `  ${action.toUpperCase()}  ${shown(subjectOf(request))}  for ${shown(requestorOf(request))}  (${shown(request.id)})`,
        `  justification: ${shown(request.justification) || 'none'}`,
        `  comment:       ${shown(comment)}`,
        '',
      ].join('\n'),
    );
    for (;;) {
      const text = await lines.question(`  ${action}? [y/N/q] `, signal === undefined ? {} : { signal });
      const answer = ANSWERS[text.trim().toLowerCase() as keyof typeof ANSWERS];
      if (answer !== undefined) return answer;
    }
  } catch {
    return 'stop';
  } finally {
    lines.close();
  }
};

function readLines() {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // readline takes Ctrl-C for itself while it asks; the clean stop has to hear of it.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return lines;
}

const shown = (text: string): string => plainLine(text, 200);
