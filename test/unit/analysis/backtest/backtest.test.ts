/** Replaying recorded runs: built ones for every measure, and real ones for the whole way. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Backtest, type BacktestOptions, backtest } from '../../../../src/analysis/backtest/backtest.ts';
import { backtestText } from '../../../../src/analysis/backtest/backtest_text.ts';
import { rangeOf } from '../../../../src/analysis/replay/archived_runs.ts';
import type { Caps } from '../../../../src/decide/caps.ts';
import type { RunRecord } from '../../../../src/domain/run_record.ts';
import { loadPolicy, type Policy } from '../../../../src/policy/load.ts';
import { openRunArchive } from '../../../../src/store/run_archive.ts';
import { ACTING, DAY, openPlace } from '../../../e2e/place.ts';
import { NOON, rated, UNSCORED } from '../../../helpers/requests.ts';
import { policyWith, SHIPPED } from '../../policy/cases.ts';
import { archiveOf, pastRun, type Story, SWITCHED_ON } from '../replay/past_runs.ts';

const CAPS: Caps = {
  approvalsPerRun: 100,
  approvalsPerDay: 100,
  approvalsPerRequestorPerDay: 100,
  approvalsPerAssetPerDay: 100,
  rejectionsPerRun: 100,
  breakerFactor: 0,
  breakerMinimum: 10,
};

let policy: Policy;
beforeAll(async () => {
  policy = await loadPolicy(SHIPPED);
});

const day = (n: number) => NOON + n * DAY;
const runOn = (n: number, stories: readonly Story[]) => pastRun(policy, stories, { at: day(n) });
async function replayed(runs: readonly RunRecord[], more: Partial<BacktestOptions> = {}): Promise<Backtest> {
  const span = { from: NOON - DAY, to: NOON + 100 * DAY };
  const archive = await archiveOf(runs);
  const result = await backtest({
    ...{ archive, span, policy, trial: null, settings: SWITCHED_ON, caps: CAPS, rescore: null, promoteAt: 0.9 },
    ...more,
  });
  if (result === null) throw new Error('there was nothing to replay');
  return result;
}
const flat = (result: Backtest, reasons = false) => backtestText(result, { reasons }).replace(/\s+/g, ' ');
const done = { kind: 'done', statusAfter: 'Approved', note: '' } as const;

describe('what would have been done', () => {
  test('each request counts once for each status, however many runs saw it, and the first action settles it', async () => {
    const runs = [0, 1, 2].map((n) =>
      runOn(n, [
        { id: 'low' },
        { id: 'critical', assessment: rated('critical') },
        { id: 'medium', assessment: rated('medium') },
        { id: 'stale', status: 'Approved', grantedDaysAgo: 6 + n },
        { id: 'fresh', status: 'Approved', grantedDaysAgo: n },
        { id: 'over', status: 'Completed' },
      ]),
    );
    const { measures, affected, history } = await replayed(runs);
    expect(history.runs).toHaveLength(3);
    expect(measures.would).toEqual({ approve: 1, reject: 1, hold: 1, close: 1, unchanged: 1 });
    expect(affected.map(({ id, new: verdict, runId }) => [id, verdict, runId])).toEqual([
      ['low', 'approve', runs[0]?.runId],
      ['critical', 'reject', runs[0]?.runId],
      ['stale', 'close', runs[1]?.runId],
    ]);
  });

  test('switches that were off do not keep a policy from being tried', async () => {
    const off = { ...SWITCHED_ON, autoApprove: false, autoReject: false, autoCloseStale: false };
    const run = pastRun(policy, [{ id: 'low' }], { settings: off });
    expect(run.reviewed[0]?.decision.verdict).toBe('hold');
    const result = await replayed([run]);
    expect(result.measures.would.approve).toBe(1);
    expect(result.measures.withoutConfirmation).toBe(1);
    expect(flat(result)).toContain('1 of the would-be approvals and rejections had no confirmation at the time');
  });

  test('a confirmation of that time that disagreed still holds; the newest rating counts, an unscored one does not', async () => {
    const { measures } = await replayed([
      runOn(0, [{ id: 'disagreed', confirmation: rated('high') }, { id: 'worse' }, { id: 'outage' }]),
      runOn(1, [
        { id: 'disagreed', confirmation: rated('high') },
        { id: 'worse', assessment: rated('high') },
        { id: 'outage', assessment: UNSCORED },
      ]),
    ]);
    expect(measures.would).toMatchObject({ approve: 1, hold: 2 });
    expect(measures.withoutConfirmation).toBe(0);
  });

  test('what the caps would have held back is said, and hides nothing', async () => {
    const stories = Array.from({ length: 12 }, (_, n) => ({ id: `low-${n}`, by: `person-${n}` }));
    const result = await replayed([runOn(0, stories), runOn(2, [{ id: 'later' }])], {
      caps: { ...CAPS, approvalsPerDay: 5 },
    });
    expect(result.measures.would.approve).toBe(13);
    expect(result.measures.capped).toBe(7);
    expect(flat(result)).toContain('The caps would have held back 7 of the actions');
  });

  test('runs outside the range and runs that decided nothing are left out', async () => {
    const empty = { ...runOn(1, []), verdict: 'failed' as const };
    const result = await replayed([runOn(-3, [{ id: 'too old' }]), runOn(0, [{ id: 'low' }]), empty]);
    expect(result.measures.requests).toBe(1);
    expect(result.passedOver).toEqual([empty.runId]);
    expect(flat(result)).toContain('One archived run decided nothing');
  });
});

test('who asks for more than a role of theirs has of the same is counted, and named with what they have', async () => {
  const shipped = readFileSync(join(SHIPPED, 'access.yml'), 'utf8');
  const listed = await policyWith({
    'access.yml': shipped
      .replace('\nroles: {}\n', '\nroles: { developer: { standard: [test:read] } }\n')
      .replace('\nidentities: {}\n', '\nidentities: { people: [{ user: ann, roles: [developer] }, { user: bob }] }\n'),
  });
  const asks = (id: string, by: string, operation: string): Story => ({ id, by, operation, container: '/Test' });
  const result = await replayed(
    [
      runOn(0, [
        asks('a', 'ann', 'AssetEdit'),
        asks('b', 'ann', 'AssetEdit'),
        asks('c', 'ann', 'AssetConnect'),
        asks('d', 'ann', 'AssetView'),
        asks('e', 'bob', 'AssetEdit'),
        asks('f', 'stranger', 'AssetEdit'),
      ]),
    ],
    { policy: listed },
  );
  expect(result.measures.askedForMore).toEqual({ of: 6, count: 3 });
  expect(result.measures.askedForMoreBy).toEqual([
    { requestor: 'ann', asked: 'test:admin', enough: 'test:read', count: 2 },
    { requestor: 'ann', asked: 'test:operate', enough: 'test:read', count: 1 },
  ]);
  expect(flat(result)).toContain('asked for more 50 % (3 of 6) than a role of the person has of the same');
  expect(flat(result)).toContain('2 × ann: test:admin, has test:read');
});

describe('how it compares with what people did', () => {
  test('agreement, over-approval, over-rejection and escalation', async () => {
    const waiting: Story[] = [
      { id: 'both yes' },
      { id: 'we yes, they no' },
      { id: 'we no, they yes', assessment: rated('critical') },
      { id: 'both no', assessment: rated('critical') },
      { id: 'left to them', assessment: rated('medium') },
      { id: 'withdrawn' },
      { id: 'ended after a grant' },
      { id: 'still open' },
      { id: 'by the agent', outcome: done },
    ];
    const ends: Story[] = [
      { id: 'both yes', status: 'Approved', grantedDaysAgo: 0 },
      { id: 'we yes, they no', status: 'Rejected' },
      { id: 'we no, they yes', status: 'Approved', grantedDaysAgo: 0 },
      { id: 'both no', status: 'Rejected' },
      { id: 'left to them', status: 'Approved', grantedDaysAgo: 0 },
      { id: 'withdrawn', status: 'Completed' },
      { id: 'ended after a grant', status: 'Completed', grantedDaysAgo: 0 },
      { id: 'still open' },
      { id: 'by the agent', status: 'Approved', grantedDaysAgo: 0 },
    ];
    const { measures } = await replayed([runOn(0, waiting), runOn(1, ends)]);
    expect(measures.agreement).toEqual({ of: 5, count: 3 });
    expect(measures.overApproved).toEqual(['we yes, they no']);
    expect(measures.overRejected).toEqual(['we no, they yes']);
    expect(measures.escalation).toEqual({ of: 9, count: 1 });
    expect(measures.afterwards.approve).toEqual({ approved: 2, rejected: 1, withdrawn: 1, agent: 1, open: 1 });
    expect(measures.afterwards.hold.approved).toBe(1);
  });

  test('SoD recall counts the waiting requests with conflicting duties that would not have been approved', async () => {
    const signed = [{ level: 1, user: 'finance-controller', decision: 'Approved', message: null, created: 0 }];
    const { measures } = await replayed([
      runOn(0, [
        { id: 'asks', container: '/Apps', tags: ['Duty :: Payment Approval'], request: { approvals: signed } },
        { id: 'holds', status: 'Approved', grantedDaysAgo: 1, container: '/Apps', tags: ['Duty :: Vendor Master'] },
      ]),
    ]);
    expect(measures.sodRecall).toEqual({ of: 1, count: 1 });
    expect(measures.dangerous).toEqual([]);
  });
});

describe('two policies', () => {
  const LOOSE = {
    'entitlements.cedar': '// nothing is asked about what it is\n',
    'people.cedar': '// nor about who\n',
  };

  test('exactly the affected requests are listed, with both verdicts and what determined them', async () => {
    const stricter = await policyWith({
      'extra.cedar':
        '@id("no-tests") @says("no tests") forbid (principal, action == Action::"approve", resource) when { context.classes.contains("test") };\n',
    });
    const run = runOn(0, [
      { id: 'workstation' },
      { id: 'test', container: '/Test' },
      { id: 'medium', assessment: rated('medium') },
    ]);
    const result = await replayed([run], { trial: stricter });
    expect(result.affected).toMatchObject([
      { id: 'test', old: 'approve', new: 'hold', oldBasis: ['approve-low-risk'], newBasis: ['no-tests'] },
    ]);
    expect(result.measuresBefore?.would.approve).toBe(2);
    expect(result.measures.would.approve).toBe(1);
    expect(flat(result)).not.toContain('no-tests');
    expect(flat(result, true)).toMatch(
      /test approve → hold anna\.berg → WS-1001, Active old approve-low-risk new no-tests/,
    );
  });

  test('the same policy twice affects nothing', async () => {
    const result = await replayed([runOn(0, [{ id: 'low' }])], { trial: policy });
    expect(result.affected).toEqual([]);
    expect(flat(result)).toContain('Both policies come to the same verdict');
  });

  test('one that would approve privileged or conflicting access is found out, also when it forgets what is privileged', async () => {
    const trial = await policyWith(LOOSE);
    const run = runOn(0, [
      { id: 'root', container: '/Tier 0/PKI' },
      { id: 'asks', container: '/Apps', tags: ['Duty :: Payment Approval'] },
      { id: 'holds', status: 'Approved', grantedDaysAgo: 1, container: '/Apps', tags: ['Duty :: Vendor Master'] },
    ]);
    const settings = { ...SWITCHED_ON, approveUpTo: 'high' } as const;
    const result = await replayed([run], { trial, settings });
    expect(result.measures.dangerous.map(({ id }) => id)).toEqual(['root', 'asks']);
    expect(result.measures.sodRecall).toEqual({ of: 1, count: 0 });
    expect(flat(result)).toMatch(
      /✗ 2 privileged or conflicting would have been approved:.*root: privileged or never_auto; by approve-low-risk/,
    );
    expect((await replayed([run], { settings })).measures.dangerous).toEqual([]);
  });
});

describe('asking the model again', () => {
  test('the newest state of each case is rated anew, candidates get their confirmation, and nothing else is asked', async () => {
    const asked: string[][] = [];
    const looked: string[][] = [];
    const usage = { model: 'again', calls: 1, promptTokens: 10, completionTokens: 1 };
    const result = await replayed(
      [
        runOn(0, [
          { id: 'now low', assessment: rated('high') },
          { id: 'disagreed', assessment: rated('high') },
        ]),
        runOn(1, [
          { id: 'now low', assessment: rated('high') },
          { id: 'granted', status: 'Approved', grantedDaysAgo: 9 },
        ]),
      ],
      {
        rescore: {
          score: async (dossiers) => {
            asked.push(dossiers.map(({ request }) => request.id));
            return {
              assessments: new Map(dossiers.map(({ request }) => [request.id, rated('low')])),
              usage,
              problems: [],
            };
          },
          confirm: async (candidates) => {
            looked.push(candidates.map(({ dossier, action }) => `${action} ${dossier.request.id}`));
            const confirmation = (id: string) =>
              ({ kind: 'facts-only', assessment: rated(id === 'disagreed' ? 'high' : 'low') }) as const;
            return {
              confirmations: new Map(
                candidates.map(({ dossier: { request } }) => [request.id, confirmation(request.id)]),
              ),
              usage,
              problems: [{ message: 'one question went wrong' }],
            };
          },
        },
      },
    );
    expect(asked).toEqual([['granted'], ['now low', 'disagreed']]);
    expect(looked).toEqual([['approve now low', 'approve disagreed']]);
    expect(result.measures.would).toMatchObject({ approve: 1, hold: 1, close: 1 });
    expect(result.measures.withoutConfirmation).toBe(0);
    expect(result.rescored).toMatchObject({ usage: { calls: 3 }, problems: ['one question went wrong'] });
    expect(flat(result)).toContain('asked anew of again: 3 questions, 33 tokens');
  });
});

describe('after real runs', () => {
  test('runs against the vault are replayed without it, and agree with what they did', async () => {
    await using place = await openPlace(
      { data: 'realistic', requests: 120, seed: 12 },
      { POLICY_DIR: SHIPPED, DEEP_ANALYSIS: 'true', AUTO_APPROVE_LOW_RISK: 'true' },
    );
    const first = await place.run();
    place.later(DAY);
    await place.run();
    const calls = place.sim.model.calls.length;
    const archive = openRunArchive(place.state, 10);
    const span = { from: place.now() - 60 * DAY, to: place.now() };
    const options = {
      archive,
      span,
      policy,
      trial: null,
      settings: SWITCHED_ON,
      caps: CAPS,
      rescore: null,
      promoteAt: 0.9,
    };
    const result = await backtest(options);
    if (result === null) throw new Error('there was nothing to replay');
    expect(place.sim.model.calls).toHaveLength(calls);
    expect(result.history.runs).toHaveLength(2);
    expect(result.measures.dangerous).toEqual([]);
    expect(result.measures.withoutConfirmation).toBe(0);
    // Whatever the first run did, deciding again does.
    for (const { dossier, decision } of first.record.reviewed) {
      if (decision.verdict === 'hold') continue;
      expect(result.affected).toContainEqual(
        expect.objectContaining({ id: dossier.request.id, old: decision.verdict, new: decision.verdict }),
      );
    }
    for (const reasons of [false, true]) {
      const text = backtestText(result, { reasons });
      expect(Math.max(...text.split('\n').map((line) => stringWidth(line)))).toBeLessThanOrEqual(100);
      expect(text).not.toMatch(ACTING);
    }
    expect(await backtest({ ...options, span: { from: 0, to: 1 } })).toBeNull();
  });
});

test.each([
  ['60d', 60 * DAY],
  ['12h', DAY / 2],
  ['8w', 56 * DAY],
  ['0d', null],
  ['60', null],
  ['99999w', null],
  ['d', null],
  ['-1d', null],
])('the range %s', (text, length) => {
  expect(rangeOf(text)).toBe(length);
});
