import { describe, expect, test } from 'vitest';
import { tokenProblem, tokenWords } from '../../../src/phrases/token_words.ts';
import { DAY_MS, HOUR_MS } from '../../../src/util/durations.ts';
import { claimsOf, tokenEnd } from '../../../src/vault/token.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const seconds = (ms: number): number => Math.floor(ms / 1000);
const tokenOf = (claims: object): string =>
  `${[{ alg: 'HS256' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.c2ln`;

describe('The claims of a token', () => {
  test.each<[string, unknown, number | null]>([
    ['seconds', seconds(NOW), NOW],
    ['seconds with a fraction', NOW / 1000, NOW],
    ['digits in a text', String(seconds(NOW)), NOW],
    ['milliseconds', NOW, NOW],
    ['the year 9999', 253_402_300_799, 253_402_300_799_000],
    ['more than any calendar holds', 9e15, null],
    ['a date', '2026-11-20', null],
    ['nothing', null, null],
    ['an object', {}, null],
    ['not a number', 'NaN', null],
  ])('an end in %s', (_, exp, expires) => expect(claimsOf(tokenOf({ exp })).expires).toBe(expires));

  test('that cannot be read say nothing, and no token is told of then', () => {
    for (const token of ['o.t.her', 'a', '', 'eyJh.eyJv.c2ln']) {
      expect(claimsOf(token)).toEqual({ user: null, expires: null, issued: null });
      expect(tokenEnd(token, NOW, 14 * DAY_MS)).toBeNull();
    }
  });
});

/** How near its end a token of that life is, so long before it. */
const near = (left: number, life: number | null, warnDays = 14) =>
  tokenEnd(
    tokenOf({ exp: seconds(NOW + left), ...(life !== null && { iat: seconds(NOW + left - life) }) }),
    NOW,
    warnDays * DAY_MS,
  )?.near;
const YEAR = 365 * DAY_MS;

describe('The end of a token', () => {
  test.each<[number, number | null, string]>([
    [15 * DAY_MS, YEAR, 'far'],
    [14 * DAY_MS, YEAR, 'near'],
    [3 * DAY_MS + HOUR_MS, YEAR, 'near'],
    [3 * DAY_MS, YEAR, 'close'],
    [20 * HOUR_MS, YEAR, 'close'],
    [0, YEAR, 'over'],
    [-DAY_MS, YEAR, 'over'],
    // The last third of a month is shorter than 14 days.
    [11 * DAY_MS, 30 * DAY_MS, 'far'],
    [10 * DAY_MS, 30 * DAY_MS, 'near'],
    // One of a day that something renews half-way is never told of.
    [12 * HOUR_MS, DAY_MS, 'far'],
    [8 * HOUR_MS, DAY_MS, 'near'],
    [4 * HOUR_MS, DAY_MS, 'close'],
    [30 * 60_000, HOUR_MS, 'far'],
    [10 * 60_000, HOUR_MS, 'close'],
    // One that does not say when it was issued.
    [14 * DAY_MS, null, 'near'],
    [20 * HOUR_MS, null, 'near'],
    [12 * HOUR_MS, null, 'close'],
  ])('%i ms before it, of a life of %s ms, is %s', (left, life, wanted) => expect(near(left, life)).toBe(wanted));

  test('is told from the day on that the setting says, or not before it is over', () => {
    expect([near(29 * DAY_MS, YEAR, 30), near(31 * DAY_MS, YEAR, 30)]).toEqual(['near', 'far']);
    expect([near(DAY_MS, YEAR, 1), near(10 * HOUR_MS, YEAR, 1)]).toEqual(['near', 'close']);
    expect([near(1_000, YEAR, 0), near(-1, YEAR, 0)]).toEqual(['far', 'over']);
  });

  test('of a token that was issued after it, or holds from a later time on, is told as of any other', () => {
    expect(near(20 * HOUR_MS, -DAY_MS)).toBe('near');
    const { near: told } = tokenEnd(tokenOf({ exp: seconds(NOW + DAY_MS), nbf: seconds(NOW) }), NOW, 14 * DAY_MS) ?? {};
    expect(told).toBe('far');
  });

  test.each([
    [9.9 * DAY_MS, 'the vault token ends in 9 days'],
    [47.9 * HOUR_MS, 'the vault token ends in 47 hours'],
    [1.5 * HOUR_MS, 'the vault token ends in 1 hour'],
    [HOUR_MS / 2, 'the vault token ends in less than an hour'],
    [-1_000, 'the vault token has ended'],
    [20 * DAY_MS, null],
  ])('%i ms before it, in words: %s', (left, words) => {
    const token = tokenEnd(tokenOf({ ousr: 'svc', exp: seconds(NOW + left), iat: 0 }), NOW, 14 * DAY_MS);
    expect(tokenWords({ token, startedAt: NOW })).toBe(words);
  });

  test('is a problem that says whose token it is and when it ends, once that is near', () => {
    const at = (left: number) => tokenEnd(tokenOf({ ousr: 'svc', exp: seconds(NOW + left), iat: 0 }), NOW, 14 * DAY_MS);
    expect(tokenProblem({ token: at(9 * DAY_MS), startedAt: NOW })).toBeNull();
    expect(tokenProblem({ token: at(20 * HOUR_MS), startedAt: NOW })).toMatchObject({
      where: 'token',
      message: 'the vault token of `svc` ends 2026-11-21 08:00 UTC, in 20 hours',
      advice: expect.stringContaining('VAULT_API_TOKEN_FILE'),
    });
    expect(tokenProblem({ token: at(-HOUR_MS), startedAt: NOW })?.message).toBe(
      'the vault token of `svc` ended 2026-11-20 11:00 UTC',
    );
    expect(tokenProblem({ startedAt: NOW })).toBeNull();
  });
});
