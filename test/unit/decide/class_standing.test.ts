/** When a class is ready to be enforced, and when it is not any more (design, section 5). */
import { describe, expect, test } from 'vitest';
import { classStandings, demotedNames } from '../../../src/decide/class_standing.ts';
import type { ClassEvidence, Demotion, Found, JudgedClass } from '../../../src/domain/class_evidence.ts';
import { DAY_MS } from '../../../src/util/durations.ts';
import { NOON } from '../../helpers/requests.ts';

const CLASS: JudgedClass = { name: 'test', mode: 'enforce', since: null, place: { file: 'access.yml', line: 7 } };
const LIMITS = { promoteAt: 0.9, demoteBelow: 0.8 };
let n = 0;
const some = (count: number, found: Found, daysAgo = 1): ClassEvidence[] =>
  Array.from({ length: count }, () => ({
    ...{ request: `r${n++}`, classes: ['test'], found, policy: 'p' },
    at: NOON - daysAgo * DAY_MS,
  }));

function judged(
  evidence: readonly ClassEvidence[],
  part: Partial<JudgedClass> = {},
  demotions: readonly Demotion[] = [],
) {
  const known = new Map(demotions.map((one) => [one.class, one]));
  const { standings, demoted } = classStandings([{ ...CLASS, ...part }], evidence, known, LIMITS, NOON);
  const [one] = standings;
  if (one === undefined) throw new Error('no standing');
  return { ...one, demoted };
}

describe('a class is ready', () => {
  test.each([
    ['with 25 of 25', some(25, 'agreed'), true, 0],
    ['not with 24 of 24', some(24, 'agreed'), false, 1],
    [
      'not with one that people refused, however many they approved',
      [...some(500, 'agreed'), ...some(1, 'over-approved')],
      false,
      null,
    ],
    [
      'not by what still waits or is left to people',
      [...some(30, 'would-approve'), ...some(30, 'left-to-people')],
      false,
      25,
    ],
    ['not by its own approvals', some(40, 'approved'), false, 25],
    ['not by what is older than 180 days', some(25, 'agreed', 181), false, 25],
  ])('%s', (_what, evidence, ready, wanting) => {
    expect(judged(evidence, { mode: 'recommend' })).toMatchObject({ ready, wanting, demoted: [] });
  });

  test('by what came after `since` alone', () => {
    const since = NOON - 2 * DAY_MS;
    expect(judged([...some(25, 'agreed', 1), ...some(1, 'over-approved', 3)], { since }).ready).toBe(true);
    expect(judged(some(25, 'agreed', 3), { since })).toMatchObject({ ready: false, decided: 0 });
  });
});

describe('an enforced class is demoted', () => {
  test.each([
    ['by two that were taken back', [...some(18, 'approved'), ...some(2, 'undone')], { why: 'undone', bad: 2, of: 20 }],
    ['not by one', [...some(1, 'approved'), ...some(1, 'undone')], null],
    [
      'not by two of which only one is among the last twenty',
      [...some(19, 'approved', 1), ...some(1, 'undone', 2), ...some(1, 'undone', 3)],
      null,
    ],
    [
      'by an agreement below the limit, from ten decisions on',
      [...some(7, 'agreed'), ...some(3, 'over-approved')],
      { why: 'agreement', bad: 3, of: 10 },
    ],
    ['not at the limit', [...some(8, 'agreed'), ...some(2, 'over-approved')], null],
    ['not by nine decisions', some(9, 'over-approved'), null],
  ])('%s', (_what, evidence, why) => {
    const { demoted, demotion } = judged(evidence);
    expect(demoted).toEqual(why === null ? [] : [{ class: 'test', at: NOON, ...why }]);
    expect(demotion).toEqual(demoted[0] ?? null);
  });

  test('once: what the ledger knows is not entered again, and one that is only recommended is not demoted', () => {
    const before: Demotion = { class: 'test', why: 'undone', bad: 2, of: 5, at: NOON - DAY_MS };
    expect(judged(some(2, 'undone'), {}, [before])).toMatchObject({ demoted: [], demotion: before, ready: false });
    expect(judged(some(2, 'undone'), { mode: 'recommend' }).demoted).toEqual([]);
  });

  test('until `since` is later than the demotion, and then anew by what comes after it', () => {
    const before: Demotion = { class: 'test', why: 'undone', bad: 2, of: 5, at: NOON - 2 * DAY_MS };
    const known = new Map([['test', before]]);
    expect([...demotedNames([{ ...CLASS, since: before.at }], known)]).toEqual(['test']);
    const since = NOON - 1.5 * DAY_MS;
    expect([...demotedNames([{ ...CLASS, since }], known)]).toEqual([]);
    expect(judged(some(2, 'undone', 3), { since }, [before])).toMatchObject({ demoted: [], demotion: null });
    expect(judged(some(2, 'undone', 1), { since }, [before]).demoted).toHaveLength(1);
  });
});
