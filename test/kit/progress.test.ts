import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { line, silentProgress, terminalProgress } from '../../src/kit/progress.ts';

const CLEAR = '\r\u001b[2K';

function drawing() {
  const drawn: string[] = [];
  let now = 0;
  const output = new Writable({
    write(chunk, _encoding, done) {
      drawn.push(String(chunk));
      done();
    },
  });
  const progress = terminalProgress(output, () => now);
  return { drawn, progress, pass: (ms: number) => (now += ms) };
}

test('The line says the step, how far it is and how long it takes yet', () => {
  expect(line('fetch', 400, null, 9_000)).toBe('  fetch   400');
  expect(line('fetch', 0, 0, 9_000)).toBe('  fetch   0');
  expect(line('score', 6, 24, 1_000)).toBe('  score   ██████░░░░░░░░░░░░░░░░░░ 6/24');
  expect(line('score', 6, 24, 10_000)).toBe('  score   ██████░░░░░░░░░░░░░░░░░░ 6/24 · about 30 s left');
  expect(line('score', 1, 24, 60_000)).toBe('  score   █░░░░░░░░░░░░░░░░░░░░░░░ 1/24 · about 23 min left');
  expect(line('act', 24, 24, 60_000)).toBe(`  act     ${'█'.repeat(24)} 24/24`);
});

test('More than was expected is still a full bar', () => {
  expect(line('fetch', 300, 200, 60_000)).toBe(`  fetch   ${'█'.repeat(24)} 300/200`);
});

test('The line is drawn over itself, not too often, and the end of a step always', () => {
  const { drawn, progress, pass } = drawing();
  progress.update('score', 1, 10);
  pass(10);
  progress.update('score', 2, 10);
  pass(100);
  progress.update('score', 3, 10);
  progress.update('score', 10, 10);
  progress.update('act', 1, 2);
  expect(drawn.map((text) => text.replace(CLEAR, '').trim().split(/\s+/).join(' '))).toEqual([
    expect.stringMatching(/^score .* 1\/10$/),
    expect.stringMatching(/^score .* 3\/10$/),
    expect.stringMatching(/^score .* 10\/10$/),
    expect.stringMatching(/^act .* 1\/2$/),
  ]);
  expect(drawn.every((text) => text.startsWith(CLEAR) && !text.includes('\n'))).toBe(true);
});

test('Clearing leaves an empty line, and nothing when nothing was drawn', () => {
  const { drawn, progress } = drawing();
  progress.clear();
  expect(drawn).toEqual([]);
  progress.update('score', 1, 10);
  progress.clear();
  progress.clear();
  expect(drawn.slice(1)).toEqual([CLEAR]);
  silentProgress.update('score', 1, 10);
  silentProgress.clear();
});
