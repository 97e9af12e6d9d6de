/** What people decided in the vault's own window speaks for a class, or against it, from the first run on. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BacktestOptions, backtest } from '../../../../src/analysis/backtest/backtest.ts';
import { evidenceText } from '../../../../src/analysis/backtest/backtest_text.ts';
import { leastShare } from '../../../../src/decide/class_standing.ts';
import type { RunRecord } from '../../../../src/domain/run_record.ts';
import { loadPolicy, type Policy } from '../../../../src/policy/load.ts';
import { DAY_MS } from '../../../../src/util/durations.ts';
import { NOON, rated, UNSCORED } from '../../../helpers/requests.ts';
import { examples } from '../../../suite/property_runs.ts';
import { SHIPPED } from '../../policy/cases.ts';
import { archiveOf, pastRun, type Story, SWITCHED_ON } from '../replay/past_runs.ts';

const CAPS = {
  approvalsPerRun: 1,
  approvalsPerDay: 1,
  approvalsPerRequestorPerDay: 1,
  approvalsPerAssetPerDay: 1,
  rejectionsPerRun: 1,
  breakerFactor: 0,
  breakerMinimum: 10,
};

async function evidence(stories: readonly Story[] | readonly RunRecord[], more: Partial<BacktestOptions> = {}) {
  const policy: Policy = await loadPolicy(SHIPPED);
  const runs = stories.map((one) => ('runId' in one ? one : null)).filter((one) => one !== null);
  const archive = await archiveOf(runs.length > 0 ? runs : [pastRun(policy, stories as readonly Story[])]);
  const result = await backtest({
    ...{ archive, policy, trial: null, settings: SWITCHED_ON, caps: CAPS, rescore: null, promoteAt: 0.9 },
    span: { from: NOON - DAY_MS, to: NOON + 100 * DAY_MS },
    ...more,
  });
  if (result === null) throw new Error('there was nothing to replay');
  const of = (name: string) => result.classes.find((one) => one.name === name);
  return { result, of, text: evidenceText(result).replace(/\s+/g, ' ') };
}

const granted = (id: string, part: Partial<Story> = {}): Story => ({
  id,
  status: 'Approved',
  grantedDaysAgo: 2,
  ...part,
});
const refused = (id: string, part: Partial<Story> = {}): Story => ({ id, status: 'Rejected', ...part });
const many = (count: number, make: (id: string) => Story) => Array.from({ length: count }, (_, n) => make(`r${n}`));

describe('what people decided before the first run', () => {
  test('twenty-five that they approved make a class ready, with the edit', async () => {
    const { of, text } = await evidence(many(25, granted));
    expect(of('workstation')).toMatchObject({ decided: 25, agreed: 25, overApproved: [], ready: true, wanting: 0 });
    expect(text).toMatch(
      /workstation people approved 25 of 25, at least 90 % ready: write `mode: enforce` under `workstation` \(\S*access\.yml:\d+\)/,
    );
    expect(text).toContain('25 more had been decided by people before a run saw them wait');
  });

  test('twenty-four do not, and it says how many are wanting', async () => {
    const { of, text } = await evidence(many(24, granted));
    expect(of('workstation')).toMatchObject({ agreed: 24, ready: false, wanting: 1 });
    expect(text).toContain('1 more of them has to be decided, all of them approved');
  });

  test('one that they refused and the policy would approve keeps it from being ready, and is named', async () => {
    const { of, text } = await evidence([...many(60, granted), refused('no')]);
    expect(of('workstation')).toMatchObject({ decided: 61, overApproved: ['no'], ready: false, wanting: null });
    expect(text).toContain('people refused no not ready');
  });

  test('what the policy leaves to people is missed where they approved it, and says nothing where they refused it', async () => {
    const { of } = await evidence([
      granted('high', { assessment: rated('high') }),
      refused('too', { assessment: rated('high') }),
      granted('low'),
    ]);
    expect(of('workstation')).toMatchObject({ decided: 1, agreed: 1, missed: 1, overApproved: [] });
  });

  test('our own decisions, withdrawn and waiting ones do not count', async () => {
    const { of } = await evidence([
      granted('by us', { part: { facts: { ownDecision: 'approve' } } }),
      refused('no by us', { part: { facts: { ownDecision: 'reject' } } }),
      granted('for us', { part: { facts: { own: true } } }),
      { id: 'withdrawn', status: 'Completed' },
      { id: 'waiting' },
    ]);
    expect(of('workstation')).toMatchObject({ decided: 0, agreed: 0, missed: 0 });
  });

  test('it is decided as it waited: its window lay ahead, and its refusal had not come', async () => {
    const over = {
      fault: 'over',
      beginsInHours: 0,
      contiguousHours: 4,
      askedOffHours: false,
      windowOffHours: false,
    } as const;
    const { of } = await evidence([
      granted('over by now', { part: { facts: { times: over } } }),
      refused('refused since', {
        part: { history: { refusal: { request: 'refused since', by: 'boss', at: NOON, word: 'Rejected' } } },
      }),
      granted('refused before', {
        part: { history: { refusal: { request: 'another', by: 'boss', at: 0, word: 'Rejected' } } },
      }),
    ]);
    expect(of('workstation')).toMatchObject({ agreed: 1, overApproved: ['refused since'], missed: 1 });
  });

  test('what nobody rated counts as low, and the page says so', async () => {
    const { of, text } = await evidence(many(3, (id) => granted(id, { assessment: UNSCORED })));
    expect(of('workstation')).toMatchObject({ agreed: 3 });
    expect(text).toContain('3 of them nobody rated (DEEP_ANALYSIS), and they count as low');
  });

  test('what a run saw wait tells more than what can be recalled', async () => {
    const policy = await loadPolicy(SHIPPED);
    const first = pastRun(policy, [{ id: 'one', assessment: rated('high') }]);
    const second = pastRun(policy, [granted('one', { grantedDaysAgo: 0 })], { at: NOON + DAY_MS });
    const { of, result } = await evidence([first, second]);
    expect(of('workstation')).toMatchObject({ agreed: 0, missed: 1 });
    expect(result.measures.recalled).toBe(0);
  });
});

test('the lower end never lies above the share, grows with the number, and is 0.9 at 25 of 25', () => {
  expect(leastShare(25, 25)).toBeGreaterThanOrEqual(0.9);
  expect(leastShare(24, 24)).toBeLessThan(0.9);
  expect(leastShare(0, 0)).toBe(0);
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(1000), (hits, misses) => {
      const trials = hits + misses;
      if (trials === 0) return;
      expect(leastShare(hits, trials)).toBeLessThanOrEqual(hits / trials);
      expect(leastShare(10 * hits, 10 * trials)).toBeGreaterThanOrEqual(leastShare(hits, trials));
    }),
    { numRuns: examples(200) },
  );
});
