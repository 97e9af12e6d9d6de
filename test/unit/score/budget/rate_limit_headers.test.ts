import { describe, expect, test } from 'vitest';
import { durationMs, learned, stretchAt, toldBy, waitFor } from '../../../../src/score/budget/rate_limit_headers.ts';

describe('A duration in a header', () => {
  test.each<[string | null, number | null]>([
    ['20ms', 20],
    ['1s', 1_000],
    ['7.66s', 7_660],
    ['6m0s', 360_000],
    ['1h2m', 3_720_000],
    ['1h0m30s', 3_630_000],
    ['59m59.5s', 3_599_500],
    ['1.5ms', 1.5],
    ['12', 12_000],
    ['0.5', 500],
    [' 1s ', 1_000],
    ['0s', 0],
    ['', null],
    [null, null],
    ['soon', null],
    ['-5s', null],
    ['1s2m', null],
    ['1d', null],
    ['2026-11-27T00:00:00Z', null],
    ['9'.repeat(400), null],
  ])('%j is %j milliseconds', (text, ms) => {
    expect(durationMs(text)).toBe(ms);
  });
});

describe('What an answer tells', () => {
  const told = (status: number, headers: Record<string, string>) => toldBy(status, new Headers(headers), 0);
  const left = (remaining: number, reset: string) => ({
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-remaining-requests': `${remaining}`,
    'x-ratelimit-reset-requests': reset,
  });

  test('is what is left of each limit, and when it is whole again', () => {
    expect(
      told(200, {
        ...left(499, '120ms'),
        ...{ 'x-ratelimit-remaining-tokens': '29000', 'x-ratelimit-reset-tokens': '6m0s' },
      }),
    ).toEqual({
      requests: { remaining: 499, limit: 500, resetMs: 120 },
      tokens: { remaining: 29_000, limit: null, resetMs: 360_000 },
      pauseMs: null,
    });
  });

  test.each<[string, Record<string, string>]>([
    ['no headers', {}],
    ['a limit without its reset', { 'x-ratelimit-remaining-requests': '0' }],
    ['numbers that are none', left(Number.NaN, 'never')],
    ['a negative count', left(-1, '1s')],
  ])('is nothing with %s', (_what, headers) => {
    expect(told(200, headers)).toEqual({ requests: null, tokens: null, pauseMs: null });
  });

  test.each<[string, Record<string, string>, number | null]>([
    ['milliseconds first', { 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['the reset of what is used up', left(0, '3s'), 3_000],
    ['nothing, when nothing says how long', left(3, '3s'), null],
  ])('is a pause when a question was one too many: %s', (_what, headers, pause) => {
    expect(told(429, headers).pauseMs).toBe(pause);
    expect(told(503, headers).pauseMs).toBeNull();
  });
});

describe('How long a question waits', () => {
  const heard = (remaining: number, resetMs = 1_000, limit: number | null = 10) =>
    learned(null, { remaining, limit, resetMs }, 0, 100);

  test.each<[string, number, number, number]>([
    ['not at all while there is more than what is under way', 3, 2, 0],
    ['until the reset when nothing is left', 0, 0, 1_000],
    ['until the reset, or an answer, when all that is left may be taken by what is under way', 2, 2, 1_000],
  ])('is %s', (_what, remaining, underWay, ms) => {
    expect(waitFor(heard(remaining), { needs: 1, underWay }, 100)).toBe(ms);
  });

  test('is nothing where no limit is known', () => {
    expect(waitFor(null, { needs: 1, underWay: 99 }, 0)).toBe(0);
  });

  test('is nothing after the reset, up to the whole limit', () => {
    expect(waitFor(heard(0), { needs: 1, underWay: 9 }, 1_100)).toBe(0);
    expect(waitFor(heard(0), { needs: 1, underWay: 10 }, 1_100)).toBe(60_000);
  });

  test('counts the size of the question, and one that is larger than the limit goes when everything is there', () => {
    expect(waitFor(heard(500, 1_000, 5_000), { needs: 600, underWay: 0 }, 100)).toBe(1_000);
    expect(waitFor(heard(4_000, 1_000, 5_000), { needs: 9_000, underWay: 0 }, 100)).toBe(1_000);
    expect(waitFor(heard(4_000, 1_000, 5_000), { needs: 9_000, underWay: 0 }, 1_100)).toBe(0);
  });

  test('is nothing when the reset is too far away: the endpoint says no by itself', () => {
    expect(waitFor(heard(0, 8 * 3_600_000), { needs: 1, underWay: 0 }, 100)).toBe(0);
  });

  test('is nothing when the clock of the machine was put back', () => {
    expect(waitFor(heard(0, 1_000), { needs: 1, underWay: 0 }, -3_600_000)).toBe(0);
  });
});

describe('What is known of a limit', () => {
  const quota = (remaining: number, limit: number | null = null) => ({ remaining, limit, resetMs: 1_000 });

  test('is the lowest count of answers that overtook each other', () => {
    const first = learned(null, quota(3), 0, 100);
    expect(learned(first, quota(5), 50, 110).left).toBe(3);
    expect(learned(first, quota(1), 50, 110).left).toBe(1);
  });

  test('is the newest count when the question left after the last answer', () => {
    const first = learned(null, quota(3), 0, 100);
    expect(learned(first, quota(7), 100, 150).left).toBe(7);
  });

  test('is not changed by the late answer to a question from before the reset', () => {
    const first = learned(null, quota(0, 10), 0, 100);
    expect(learned(first, quota(0, 10), 900, 1_200)).toEqual(stretchAt(first, 1_200));
    expect(stretchAt(first, 1_200).left).toBe(10);
  });

  test('is guessed from the most that was ever left, where no answer says how much there is', () => {
    const first = learned(null, quota(7), 0, 100);
    expect(learned(first, quota(2), 100, 200).full).toBe(8);
  });
});
