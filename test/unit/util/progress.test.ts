import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { line, silentProgress, terminalProgress } from '../../../src/util/progress.ts';

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
  expect(line('fetch', 400, null, { elapsedMs: 9_000 })).toBe('  fetch   reading the list of requests 400');
  expect(line('fetch', 0, 0, { elapsedMs: 9_000 })).toBe('  fetch   reading the list of requests');
  expect(line('decide', 0, null, { elapsedMs: 9_000 })).toBe('  decide  applying gates and policies');
  expect(line('score', 6, 24, { elapsedMs: 1_000 })).toBe('  score   ██████░░░░░░░░░░░░░░░░░░ 6/24');
  expect(line('score', 6, 24, { elapsedMs: 10_000 })).toBe('  score   ██████░░░░░░░░░░░░░░░░░░ 6/24 · about 30 s left');
  expect(line('score', 1, 24, { elapsedMs: 60_000 })).toBe(
    '  score   █░░░░░░░░░░░░░░░░░░░░░░░ 1/24 · about 23 min left',
  );
  expect(line('act', 24, 24, { elapsedMs: 60_000 })).toBe(`  act     ${'█'.repeat(24)} 24/24`);
});

test('What was known when a step first said how far it is takes no part in the time that is left', () => {
  const { drawn, progress, pass } = drawing();
  progress.begin('score');
  progress.update('score', 95_000, 100_000);
  pass(10_000);
  progress.update('score', 95_100, 100_000);
  expect(drawn.at(-1)).toContain('95100/100000 · about 9 min left');
  pass(480_000);
  progress.update('score', 99_900, 100_000);
  expect(drawn.at(-1)).toContain('99900/100000 · about 10 s left');
  expect(line('score', 95_000, 100_000, { elapsedMs: 10_000, base: 95_000 })).not.toContain('left');
});

test('A second count in one step is measured from its own beginning', () => {
  const { drawn, progress, pass } = drawing();
  progress.update('decide', 0, 10);
  pass(60_000);
  progress.update('decide', 10, 10);
  progress.update('decide', 0, 10);
  pass(3_000);
  progress.update('decide', 5, 10);
  expect(drawn.at(-1)).toContain('5/10 · about 3 s left');
});

test('More than was expected is still a full bar', () => {
  expect(line('fetch', 300, 200, { elapsedMs: 60_000 })).toBe(`  fetch   ${'█'.repeat(24)} 300/200`);
});

test('The line is drawn over itself, not too often, and the end of a step always', () => {
  const { drawn, progress, pass } = drawing();
  progress.update('score', 1, 10);
  pass(10);
  progress.update('score', 2, 10);
  pass(100);
  progress.update('score', 3, 10);
  progress.update('score', 10, 10);
  progress.end('score');
  progress.update('act', 1, 2);
  expect(drawn.map((text) => text.replace(CLEAR, '').trim().split(/\s+/).join(' '))).toEqual([
    expect.stringMatching(/^score .* 1\/10$/),
    expect.stringMatching(/^score .* 3\/10$/),
    expect.stringMatching(/^score .* 10\/10$/),
    '',
    expect.stringMatching(/^act .* 1\/2$/),
  ]);
  expect(drawn.every((text) => text.startsWith(CLEAR) && !text.includes('\n'))).toBe(true);
});

test('A step is shown from its beginning to its end, also one that says nothing on the way', () => {
  const { drawn, progress } = drawing();
  progress.begin('report');
  progress.end('report');
  expect(drawn).toEqual([`${CLEAR}  report  writing the report`, CLEAR]);
});

test('Of several steps at a time the first has the line, with its own time, and the others stand behind it', () => {
  const { drawn, progress, pass } = drawing();
  progress.begin('enrich');
  progress.update('enrich', 0, 40);
  pass(3_000);
  progress.begin('score');
  progress.update('score', 0, 9);
  pass(1_000);
  progress.update('enrich', 20, 40);
  expect(drawn.at(-1)).toBe(`${CLEAR}  enrich  ${'█'.repeat(12)}${'░'.repeat(12)} 20/40 · about 4 s left · score 0/9`);
  progress.end('enrich');
  pass(2_000);
  progress.update('score', 3, 9);
  expect(drawn.at(-1)).toBe(`${CLEAR}  score   ${'█'.repeat(8)}${'░'.repeat(16)} 3/9 · about 6 s left`);
});

test('A line is never longer than the terminal, or it could not be drawn over', () => {
  const { drawn, progress } = drawing();
  for (const step of ['fetch', 'enrich', 'score', 'confirm', 'act']) progress.update(step, 100_000, 1_000_000);
  for (const text of drawn) expect(text.replace(CLEAR, '').length).toBeLessThan(80);
});

test('Clearing leaves an empty line, and nothing when nothing was drawn', () => {
  const { drawn, progress } = drawing();
  progress.clear();
  expect(drawn).toEqual([]);
  progress.update('score', 1, 10);
  progress.clear();
  progress.clear();
  expect(drawn.slice(1)).toEqual([CLEAR]);
  silentProgress.begin('score');
  silentProgress.update('score', 1, 10);
  silentProgress.end('score');
  silentProgress.clear();
});
