import { expect, test } from 'vitest';
import { openClockWatch } from '../../../src/vault/clock_watch.ts';
import { MINUTE, NOON } from './tools.ts';

/** Answers that each took a second on the way. */
function heard(...ahead: readonly number[]): number | null {
  const watch = openClockWatch();
  for (const [n, ms] of ahead.entries()) {
    const sent = NOON + n * 5000;
    watch.heard(new Date(sent + 500 + ms).toUTCString(), { sent, received: sent + 1000 });
  }
  return watch.ahead();
}

test('Clocks that agree are not apart, also where an answer takes its time', () => {
  expect(heard(0, 0, 0)).toBe(0);
  const watch = openClockWatch();
  watch.heard(new Date(NOON + 30 * MINUTE).toUTCString(), { sent: NOON, received: NOON + 60 * MINUTE });
  expect(watch.ahead()).toBe(0);
});

test.each([180, -180])('A clock that is %i minutes ahead is told by the median of the answers', (minutes) => {
  const ahead = heard(minutes * MINUTE, minutes * MINUTE, 9_000 * MINUTE, minutes * MINUTE);
  expect(Math.round((ahead ?? 0) / MINUTE)).toBe(minutes);
});

test.each([undefined, '', 'yesterday', 'Mon, 31 Feb 2026 10:00:00 GMT'])('A date %j says nothing', (date) => {
  const watch = openClockWatch();
  watch.heard(date, { sent: NOON, received: NOON + 10 });
  expect(watch.ahead()).toBeNull();
});

test('A clock of ours that was put back in between says nothing', () => {
  const watch = openClockWatch();
  watch.heard(new Date(NOON).toUTCString(), { sent: NOON, received: NOON - 90 * MINUTE });
  expect(watch.ahead()).toBeNull();
});
