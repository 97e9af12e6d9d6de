/** The ceilings, with questions under way at the same time. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Ceilings, createBudget, type DayBook, type Reservation } from '../../../../src/score/budget/budget.ts';
import { costOf } from '../../../../src/score/budget/prices.ts';
import { realDisk } from '../../../../src/store/disk.ts';
import { openSpend } from '../../../../src/store/spend.ts';
import { systemClock } from '../../../../src/util/clock.ts';
import { UpstreamError } from '../../../../src/util/errors.ts';
import { examples } from '../../../suite/property_runs.ts';

/** A dollar for each token. */
const PRICE = { input: 1e6, cachedInput: 1e6, output: 1e6, asOf: '2026-01-01' };
const tokens = (prompt: number) => ({ prompt, cached: 0, completion: 0 });

/** A day on which `before` was spent by others. */
function dayOf(before = 0): DayBook & { readonly taken: () => number } {
  let [spent, held] = [before, 0];
  return {
    today: () => spent + held,
    spentToday: () => spent,
    taken: () => spent + held,
    set: async (usd) => {
      held += usd;
      return {
        end(cost) {
          held -= usd;
          spent += cost;
        },
      };
    },
    settle: async () => {},
  };
}

/** On a day that is kept on disk. */
async function onDisk(ceilings: Ceilings) {
  const folder = mkdtempSync(join(tmpdir(), 'budget-'));
  const disk = { ...realDisk, replace: async () => {} };
  return createBudget(PRICE, ceilings, await openSpend(folder, { clock: systemClock, strict: true, step: 0.25, disk }));
}

const budget = (ceilings: Partial<Ceilings>, before = 0) =>
  createBudget(PRICE, { perRun: undefined, perDay: undefined, ...ceilings }, dayOf(before));
const held = async (from: ReturnType<typeof budget>, usd: number): Promise<Reservation> => {
  const reservation = await from.reserve(tokens(usd));
  if (reservation instanceof Error) throw reservation;
  return reservation;
};

describe('a ceiling', () => {
  test.each([
    ['MAX_USD_PER_RUN=10', { perRun: 10 }, 0],
    ['MAX_USD_PER_DAY=15', { perDay: 15 }, 5],
    ['MAX_USD_PER_RUN=10', { perRun: 10, perDay: 100 }, 50],
  ])('of %s is kept, and the refusal names it', async (setting, ceilings, before) => {
    const money = budget(ceilings, before);
    (await held(money, 6)).spend(tokens(6));
    expect(await money.reserve(tokens(5))).toEqual(
      new UpstreamError('model', 'over-budget', `the ceiling ${setting} is reached`),
    );
    expect((await held(money, 4)).spend(tokens(4))).toBe(4);
    expect(money.spent()).toBe(10);
  });

  test('makes a question wait for what others may give back, and refuses it when that would not be enough', async () => {
    const money = budget({ perRun: 10 });
    const first = await held(money, 8);
    const order: string[] = [];
    const second = held(money, 5).then((reservation) => {
      order.push('second');
      return reservation;
    });
    await Promise.resolve();
    order.push('first is over');
    first.spend(tokens(1));
    (await second).spend(tokens(5));
    expect(order).toEqual(['first is over', 'second']);

    const third = await held(money, 4);
    const hopeless = money.reserve(tokens(4));
    third.spend(tokens(4));
    expect(await hopeless).toBeInstanceOf(UpstreamError);
    expect(money.spent()).toBe(10);
  });

  test('is whole again when the last question is over, whatever the sums of fractions leave', async () => {
    const dollars = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(dollars, async (sizes) => {
        const sum = sizes.reduce((all, size) => all + size, 0);
        const money = await onDisk({ perRun: 10, perDay: 10 });
        const reservations = await Promise.all(sizes.map((size) => held(money, (size / sum) * 9.99)));
        for (const reservation of reservations) reservation.giveBack();
        const whole = money.reserve(tokens(10));
        const soon = new Promise((resolve) => setTimeout(resolve, 1000, 'waits for ever'));
        expect(await Promise.race([whole, soon])).toMatchObject({ spend: expect.any(Function) });
      }),
      { numRuns: examples(200) },
    );
  });

  test('that somebody else has taken all of is not waited for when no question is under way', async () => {
    const others: DayBook = { ...dayOf(), today: () => 8 };
    const money = createBudget(PRICE, { perRun: undefined, perDay: 10 }, others);
    expect(await money.reserve(tokens(5))).toMatchObject({ code: 'over-budget' });
  });

  test('is no longer waited for once the run is stopped', async () => {
    const money = budget({ perRun: 10 });
    await held(money, 8);
    const stop = new AbortController();
    const waiting = money.reserve(tokens(5), stop.signal);
    stop.abort();
    expect(await waiting).toMatchObject({ code: 'stopped' });
    expect(await money.reserve(tokens(5), stop.signal)).toMatchObject({ code: 'stopped' });
  });

  test('counts what nobody told as the most that it could have been, and what was not sent as nothing', async () => {
    const money = budget({ perRun: 10 });
    expect((await held(money, 4)).spend(null)).toBe(4);
    const back = await held(money, 6);
    back.giveBack();
    expect([back.spend(tokens(6)), money.spent()]).toEqual([0, 4]);
  });

  test('that the day cannot be written for lets nothing through, and the next question is asked for itself', async () => {
    const broken: DayBook = { ...dayOf(), set: () => Promise.reject(new Error('the disk is full')) };
    const money = createBudget(PRICE, { perRun: 10, perDay: 10 }, broken);
    for (const _ of [1, 2]) {
      expect(await money.reserve(tokens(6))).toEqual(new UpstreamError('model', 'over-budget', 'the disk is full'));
    }
    expect(money.ranOut()).toBe(true);
  });

  test('is never passed, whatever is asked at once and whatever comes of it', async () => {
    const question = fc.record({
      most: fc.integer({ min: 1, max: 6 }),
      /** What it costs in the end: a part of it, all, or nobody knows. */
      part: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      ticks: fc.integer({ min: 0, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(question, { maxLength: 30 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        async (questions, perRun, perDay) => {
          const day = dayOf(1);
          const money = createBudget(PRICE, { perRun, perDay }, day);
          let under = 0;
          await Promise.all(
            questions.map(async ({ most, part, ticks }) => {
              const reservation = await money.reserve(tokens(most));
              if (reservation instanceof Error) return;
              under += most;
              expect(money.spent() + under).toBeLessThanOrEqual(perRun + 1e-9);
              expect(day.taken()).toBeLessThanOrEqual(perDay + 1e-9);
              for (let n = 0; n < ticks; n += 1) await Promise.resolve();
              under -= most;
              reservation.spend(part === null ? null : tokens(most * part));
            }),
          );
          expect(money.spent()).toBeLessThanOrEqual(perRun + 1e-9);
        },
      ),
      { numRuns: examples(300) },
    );
  });
});

test('the most that a question can cost is reckoned at the full price', () => {
  expect(costOf({ ...PRICE, cachedInput: 0 }, tokens(3))).toBe(3);
});
