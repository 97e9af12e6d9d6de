import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { tell } from './say.ts';

/** Whether a person can be asked: they see the question on stderr and answer on stdin. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/**
 * Asks the person at the terminal until an answer is one of `answers` (words in small letters), and shows `help` on a
 * question mark; `closed` is what an input that ends and a stop count as.
 * INVARIANT: only what is typed while the question stands there answers it.
 */
export async function question<Answer>(
  says: string,
  answers: Readonly<Record<string, Answer>>,
  closed: Answer,
  signal?: AbortSignal,
  help?: string,
): Promise<Answer> {
  let lines: ReturnType<typeof readLines> | undefined;
  try {
    await forgetTypedAhead();
    if (process.stdin.readableEnded || signal?.aborted) return closed;
    lines = readLines();
    for (;;) {
      const text = await lines.question(says, signal === undefined ? {} : { signal });
      const word = text.trim().toLowerCase();
      if (word === '?' && help !== undefined) tell(`${help}\n`);
      if (Object.hasOwn(answers, word)) return answers[word] as Answer;
    }
  } catch {
    return closed;
  } finally {
    lines?.close();
  }
}

/** Long enough for the terminal to hand over what it had stored, too short for a person to answer in. */
const DRAIN_MS = 50;

/** A second `y` in a hurry, or a pasted block, was not meant for something that nobody had seen yet. */
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
