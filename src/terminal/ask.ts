import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ask } from '../act/act.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import { requestorOf, subjectOf } from '../domain/run_record.ts';
import { span, utcMinute } from '../phrases/time_words.ts';
import { terminalLine } from '../text/terminal_text.ts';
import { tell } from './say.ts';

const ANSWERS = { y: 'yes', yes: 'yes', n: 'no', no: 'no', '': 'no', q: 'stop', quit: 'stop' } as const;

/**
 * Shows one planned action to the person at the terminal and asks. Anything but a clear yes is no; a closed input is a
 * stop. Questions go to stderr, so that `--json` keeps stdout to itself.
 * INVARIANT: only what is typed while the question stands there answers it.
 */
export const askAtTerminal: Ask = async ({ request, action, comment }, signal) => {
  let lines: ReturnType<typeof readLines> | undefined;
  try {
    tell(
      [
        '',
        `  ${action.toUpperCase()}  ${shown(subjectOf(request))}  for ${shown(requestorOf(request))}  (${shown(request.id)})`,
        `  wants:         ${wants(request)}`,
        `  justification: ${shown(request.justification) || 'none'}`,
        `  comment:       ${shown(comment)}`,
        '',
      ].join('\n'),
    );
    await forgetTypedAhead();
    if (process.stdin.readableEnded || signal?.aborted) return 'stop';
    lines = readLines();
    for (;;) {
      const text = await lines.question(`  ${action}? [y/N/q] `, signal === undefined ? {} : { signal });
      const word = text.trim().toLowerCase();
      if (Object.hasOwn(ANSWERS, word)) return ANSWERS[word as keyof typeof ANSWERS];
    }
  } catch {
    return 'stop';
  } finally {
    lines?.close();
  }
};

/** Long enough for the terminal to hand over what it had stored, too short for a person to answer in. */
const DRAIN_MS = 50;

/** A second `y` in a hurry, or a pasted block, was not meant for a request that nobody had seen yet. */
async function forgetTypedAhead(): Promise<void> {
  const { stdin } = process;
  const onData = (typed: Buffer | string) => {
    if (typed.toString().includes('\u0003')) process.kill(process.pid, 'SIGINT');
  };
  // Raw, because a terminal keeps a line that is not finished to itself, and the rest of it would end up in the answer.
  stdin.setRawMode(true);
  stdin.on('data', onData).resume();
  await sleep(DRAIN_MS);
  stdin.off('data', onData).pause();
  stdin.setRawMode(false);
}

function readLines() {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // readline takes Ctrl-C for itself while it asks; the clean stop has to hear of it.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  return lines;
}

function wants({ operation, requestedFrom, requestedTo, created, exclusive }: AccessRequest): string {
  const window =
    requestedFrom === null || requestedTo === null
      ? 'for an unknown time'
      : `for ${span(requestedFrom, requestedTo)} from ${utcMinute(requestedFrom)}`;
  return `${shown(operation ?? 'access')}${exclusive ? ', exclusive,' : ''} ${window}; asked ${utcMinute(created)}`;
}

const shown = (text: string): string => terminalLine(text, 200);
