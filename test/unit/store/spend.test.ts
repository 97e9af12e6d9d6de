/** What the days have cost, on disk: never less than it was. */
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Disk, realDisk } from '../../../src/store/disk.ts';
import { openSpend, SPEND_FILE } from '../../../src/store/spend.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const DAY = 86_400_000;
const folder = () => mkdtempSync(join(tmpdir(), 'spend-'));
const fileIn = (dir: string) => join(dir, SPEND_FILE);
const daysIn = (dir: string): Record<string, number> => JSON.parse(readFileSync(fileIn(dir), 'utf8')).days;

function opened(
  dir: string,
  { strict = true, step = 1, disk = realDisk }: { strict?: boolean; step?: number; disk?: Disk } = {},
) {
  const time = { at: NOON };
  return { time, book: openSpend(dir, { clock: { now: () => time.at }, strict, step, disk }) };
}

/** Counts the writes; `fails` makes them fail. */
function counting(fails = () => false) {
  let writes = 0;
  const disk: Disk = {
    ...realDisk,
    replace: async (file, text) => {
      writes += 1;
      if (fails()) throw new Error('the disk is full');
      await realDisk.replace(file, text);
    },
  };
  return { disk, writes: () => writes };
}

test('runs of one day add up, and the next day begins with nothing', async () => {
  const dir = folder();
  for (const run of [1, 2]) {
    const book = await opened(dir).book;
    const reservation = await book.set(0.5);
    reservation.end(0.2);
    await book.settle();
    expect(book.spentToday()).toBeCloseTo(0.2 * run, 12);
    expect(daysIn(dir)).toEqual({ '2026-11-20': expect.closeTo(0.2 * run, 8) });
  }
  const { time, book } = opened(dir);
  time.at += DAY;
  expect((await book).today()).toBe(0);
  expect(statSync(fileIn(dir)).mode & 0o777).toBe(0o600);
});

test('what is set aside is on disk before anybody may spend it, and a run that is killed leaves it there', async () => {
  const dir = folder();
  const { disk, writes } = counting();
  const book = await opened(dir, { disk }).book;
  for (let n = 0; n < 100; n += 1) {
    const reservation = await book.set(0.05);
    expect(daysIn(dir)['2026-11-20']).toBeGreaterThanOrEqual(book.today());
    reservation.end(0.04);
  }
  // Written in steps, not for each question; nobody settles, as after a kill.
  expect(writes()).toBeLessThanOrEqual(6);
  const after = await opened(dir).book;
  expect(after.today()).toBeGreaterThanOrEqual(4);
  expect(after.today()).toBeLessThanOrEqual(4 + 1 + 0.05);
});

test('questions at the same time are covered together', async () => {
  const dir = folder();
  const { disk } = counting();
  const book = await opened(dir, { disk, step: 0.01 }).book;
  const reservations = await Promise.all(Array.from({ length: 20 }, () => book.set(0.1)));
  expect(daysIn(dir)['2026-11-20']).toBeGreaterThanOrEqual(2);
  for (const reservation of reservations) reservation.end(0);
  await book.settle();
  expect(daysIn(dir)['2026-11-20']).toBe(0);
});

test('a run over midnight enters each question on the day on which it was asked', async () => {
  const dir = folder();
  const { time, book } = opened(dir);
  const spend = await book;
  const evening = await spend.set(1);
  time.at += DAY / 2;
  const morning = await spend.set(2);
  evening.end(0.5);
  morning.end(1.5);
  await spend.settle();
  expect([daysIn(dir), spend.today()]).toEqual([{ '2026-11-20': 0.5, '2026-11-21': 1.5 }, 1.5]);
});

test('a day that has not come yet counts as today: the clock was wrong once, the money was spent', async () => {
  const dir = folder();
  writeFileSync(fileIn(dir), JSON.stringify({ days: { '2026-11-19': 7, '2026-11-20': 1, '2026-12-24': 2 } }));
  const book = await opened(dir).book;
  expect([book.today(), book.spentToday()]).toEqual([3, 3]);
  (await book.set(1)).end(1);
  await book.settle();
  expect(daysIn(dir)).toEqual({ '2026-11-19': 7, '2026-11-20': 2, '2026-12-24': 2 });
});

test('days longer ago than a month are forgotten', async () => {
  const dir = folder();
  writeFileSync(fileIn(dir), JSON.stringify({ days: { '2026-01-01': 7, '2026-11-01': 1 } }));
  const book = await opened(dir).book;
  await book.set(1);
  expect(Object.keys(daysIn(dir))).toEqual(['2026-11-01', '2026-11-20']);
});

describe('a file that cannot be used', () => {
  test.each([
    ['no JSON', '{"days":'],
    ['a negative sum', '{"days":{"2026-11-20":-5}}'],
    ['a day that is none', '{"days":{"today":1}}'],
    ['another shape', '[]'],
    ['nothing', ''],
  ])('(%s) means with a ceiling that nothing may be spent, and stays as it is', async (_, text) => {
    const dir = folder();
    writeFileSync(fileIn(dir), text);
    const book = await opened(dir).book;
    expect(book.damage).not.toBeNull();
    await expect(book.set(0.01)).rejects.toThrow(/spend\.json.*MAX_USD_PER_DAY counts as reached/);
    await book.settle();
    expect(readFileSync(fileIn(dir), 'utf8')).toBe(text);
  });

  test('stops nobody without a ceiling, and stays as it is as well', async () => {
    const dir = folder();
    writeFileSync(fileIn(dir), 'garbage');
    const book = await opened(dir, { strict: false }).book;
    (await book.set(1)).end(1);
    await book.settle();
    expect([readFileSync(fileIn(dir), 'utf8'), book.today()]).toEqual(['garbage', 1]);
  });

  test('because the disk is full lets nothing be spent under a ceiling, and everything without one', async () => {
    let full = true;
    const { disk } = counting(() => full);
    const dir = folder();
    const strict = await opened(dir, { disk }).book;
    await expect(strict.set(1)).rejects.toThrow(/could not be entered.*full/);
    expect(strict.today()).toBe(0);
    await expect((await opened(dir, { disk, strict: false }).book).set(1)).resolves.toBeDefined();
    full = false;
    await strict.set(1);
    expect(daysIn(dir)['2026-11-20']).toBeGreaterThanOrEqual(1);
  });
});

describe('a process that has lost its lock', () => {
  /** The other one has spent 5 dollars since this one opened the file with 1 on it. */
  async function overtaken(strict: boolean) {
    const dir = folder();
    let held = true;
    const time = { now: () => NOON };
    const book = await openSpend(dir, { clock: time, strict, step: 1, lockHeld: () => held });
    const reservation = await book.set(1);
    held = false;
    const other = await openSpend(dir, { clock: time, strict, step: 1 });
    (await other.set(5)).end(5);
    await other.settle();
    return { dir, book, reservation };
  }

  test('enters nothing over what another has spent, when it settles', async () => {
    const { dir, book, reservation } = await overtaken(true);
    const before = daysIn(dir);
    reservation.end(0.5);
    await book.settle();
    expect(daysIn(dir)).toEqual(before);
  });

  test('spends nothing more under a ceiling', async () => {
    const { dir, book } = await overtaken(true);
    const before = daysIn(dir);
    await expect(book.set(0.1)).rejects.toThrow(/not known: the lock on the state folder was lost/);
    expect([daysIn(dir), book.today()]).toEqual([before, 1]);
  });

  test('is not kept from asking where no ceiling hangs on the file, and leaves it alone', async () => {
    const { dir, book } = await overtaken(false);
    const before = daysIn(dir);
    (await book.set(10)).end(10);
    await book.settle();
    expect(daysIn(dir)).toEqual(before);
  });
});
