/**
 * Why there is a second cron library: what node-cron 4.6.0 cannot tell. When one of these tests fails because node-cron
 * has learned it, croner can go: then src/daemon/due.ts asks node-cron.
 */
import cron from 'node-cron';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { lastDue } from '../../../src/daemon/due.ts';

const at = (text: string): number => Date.parse(text);
const SILENT = { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What node-cron does and says between two moments, in Berlin. */
async function heard(pattern: string, from: string, to: string): Promise<string[]> {
  vi.setSystemTime(at(from));
  const said: string[] = [];
  const note = (what: string) => () => void said.push(`${what} ${new Date().toISOString().slice(0, 16)}Z`);
  const task = cron.schedule(pattern, note('runs'), { timezone: 'Europe/Berlin', logger: SILENT });
  task.on('execution:missed', note('missed'));
  await vi.advanceTimersByTimeAsync(at(to) - at(from));
  await task.destroy();
  return said;
}
const due = (pattern: string, since: string, now: string) => {
  const last = lastDue({ cron: pattern, timeZone: 'Europe/Berlin' }, at(since), at(now));
  return last === null ? null : new Date(last).toISOString().slice(0, 16);
};

describe('node-cron in a night of a clock change', () => {
  test('leaves out a run whose time does not exist, and does not say so', async () => {
    const night = ['2026-03-28T22:00:00Z', '2026-03-29T22:00:00Z'] as const;
    expect(await heard('30 2 * * *', ...night)).toEqual([]);
    expect(due('30 2 * * *', ...night)).toBe('2026-03-29T01:00');
  });

  test('runs in one of the two hours that a clock change makes of one, and does not say so', async () => {
    const said = await heard('*/30 * * * *', '2026-10-24T23:10:00Z', '2026-10-25T02:10:00Z');
    expect(said).toEqual([
      'runs 2026-10-24T23:30Z',
      'runs 2026-10-25T01:00Z',
      'runs 2026-10-25T01:30Z',
      'runs 2026-10-25T02:00Z',
    ]);
    expect(due('*/30 * * * *', '2026-10-24T23:30:00Z', '2026-10-25T00:10:00Z')).toBe('2026-10-25T00:00');
  });
});

test('node-cron cannot be asked what was due before it was started', async () => {
  vi.setSystemTime(at('2026-05-04T12:00:00Z'));
  const task = cron.schedule('0 */4 * * *', () => {}, { timezone: 'UTC', logger: SILENT });
  expect(['getPreviousRun', 'getPreviousRuns', 'getMissedRuns'].filter((name) => name in task)).toEqual([]);
  // A moment to count from is not taken: always from now on.
  const next = (task.getNextRun as (from?: Date) => Date | null)(new Date('2026-05-01T00:00:00Z'));
  expect(next?.toISOString()).toBe('2026-05-04T16:00:00.000Z');
  await task.destroy();
});
