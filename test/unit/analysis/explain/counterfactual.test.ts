import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { counterfactuals } from '../../../../src/analysis/explain/counterfactual.ts';
import { explain } from '../../../../src/analysis/explain/explain.ts';
import { TOWARDS_ACTION } from '../../../../src/analysis/explain/towards_action.ts';
import { TOWARDS_HOLD } from '../../../../src/analysis/explain/towards_hold.ts';
import { actionsFrom, decidedIn, type Lever, type World } from '../../../../src/analysis/explain/world.ts';
import { recordedOf, settingsOfRun } from '../../../../src/analysis/replay/replay.ts';
import { decide } from '../../../../src/decide/decide.ts';
import type { Action } from '../../../../src/domain/action.ts';
import { CONFIRMED_BY, type Confirmation, type ConfirmedAction } from '../../../../src/domain/confirmation.ts';
import type { Reviewed, RunRecord } from '../../../../src/domain/run_record.ts';
import { loadPolicy, type Policy } from '../../../../src/policy/load.ts';
import { rated, UNSCORED } from '../../../helpers/requests.ts';
import { approvalsPerRun } from '../../../helpers/traces.ts';
import { examples } from '../../../suite/property_runs.ts';
import { SHIPPED } from '../../policy/cases.ts';
import { pastRun, type Story, SWITCHED_ON } from '../replay/past_runs.ts';

const SAMPLE = { mode: 'enforce', class: 'test', control: true } as const;
let policy: Policy;
beforeAll(async () => {
  policy = await loadPolicy(SHIPPED);
});

const worldOf = (
  record: RunRecord,
  { dossier, accessContext, assessment, ...rest }: Reviewed,
  acted: readonly Action[],
): World => ({
  subject: { dossier, accessContext, assessment },
  recorded: recordedOf({ ...rest }),
  policy: settingsOfRun(record),
  acted,
  approver: record.approvedBy,
  byPerson: false,
  flagsHeeded: true,
});

/** By hand, not with the code under test: the levers of a way, one after the other, and then deciding. */
function replayedByHand(world: World, names: readonly string[], table: Readonly<Record<string, Lever>>, about: Action) {
  const so = names.reduce((before, name) => table[name]?.imagine(before, about) ?? before, world);
  const how = { policy: so.policy, engine: policy, acted: (_id: string, action: Action) => so.acted.includes(action) };
  const prepared = decide(so.subject, null, how).verdict;
  const kind = CONFIRMED_BY[prepared as ConfirmedAction];
  // A confirmation of the right kind counts; one that was never asked for is taken to agree.
  const { confirmation, heldBack } = so.recorded;
  const agreeing: Confirmation = { kind, assessment: rated(kind === 'facts-only' ? 'low' : 'critical') };
  return decide(so.subject, { confirmation: confirmation?.kind === kind ? confirmation : agreeing, heldBack }, how)
    .verdict;
}

const story: fc.Arbitrary<Story> = fc.record({
  id: fc.constant('req-1'),
  by: fc.constantFrom('anna.berg', 'svc-portcullis'),
  container: fc.constantFrom('/Workstations', '/Test', '/Production/Servers', '/Tier 0/PKI', '/Elsewhere'),
  tags: fc.constantFrom<string[]>([], ['Duty :: Payment Approval'], ['Environment :: Production']),
  operation: fc.constantFrom('AssetView', 'AssetUnlock', 'AssetEdit'),
  assessment: fc.oneof(
    fc.constantFrom('low', 'medium', 'high', 'critical').map((risk) => rated(risk as 'low')),
    fc.constantFrom(UNSCORED, rated('medium', { normalised: true })),
    fc.constantFrom(
      rated('low', { confidence: 0.5 }),
      rated('low', { flags: ['weak_justification'], confidence: null }),
    ),
  ),
  confirmation: fc.constantFrom(undefined, undefined, rated('low'), rated('high'), rated('critical'), UNSCORED),
  actedBefore: fc.constantFrom<Action[][]>([], [], [], ['approve'], ['close']),
  part: fc.record({
    facts: fc.record({
      own: fc.constantFrom(false, false, true),
      offHours: fc.boolean(),
      requestedHours: fc.constantFrom(null, 1, 24, 100),
    }),
    texts: fc.record({
      suspicious: fc.constantFrom(false, false, true),
      contentFree: fc.constantFrom(false, false, true),
    }),
    history: fc.record(
      {
        firstForAsset: fc.boolean(),
        requestsInHour: fc.constantFrom(1, 30),
        refusal: fc.constant({ request: 'req-0', by: 'boss', at: 0, word: 'Rejected' }),
      },
      { requiredKeys: ['firstForAsset', 'requestsInHour'] },
    ),
    gaps: fc.constantFrom<Reviewed['dossier']['gaps'][]>(
      [],
      [],
      [{ what: 'asset', why: '403' }],
      [{ what: 'record', why: '`approvals` is an object with level' }],
      [
        { what: 'times', why: 'it was approved before it was asked for' },
        { what: 'window', why: 'its window lies beyond any calendar' },
      ],
    ),
  }),
  request: fc.constantFrom<Story['request'][]>(
    {},
    {},
    { requestor: { id: null, name: null, displayName: null } },
    { form: { id: null, name: 'Emergency access', type: null } },
    { approvals: [{ level: 1, user: 'anna.berg', decision: 'Approved', message: null, created: 0 }] },
  ),
}) as fc.Arbitrary<Story>;
const status = fc.oneof(
  fc.constant({ status: 'Active' }),
  fc.nat({ max: 20 }).map((grantedDaysAgo) => ({ status: 'Approved', grantedDaysAgo })),
  fc.constantFrom('Rejected', 'Completed', 'Escalated').map((name) => ({ status: name })),
);
const settings = fc.record({
  autoApprove: fc.constantFrom(true, true, false),
  autoReject: fc.constantFrom(true, true, false),
  autoCloseStale: fc.constantFrom(true, true, false),
  autoCloseExpired: fc.boolean(),
});
const heldBack = fc.constantFrom(undefined, undefined, approvalsPerRun(20));

const record = () =>
  fc.tuple(story, status, settings, heldBack).map(([one, at, some, cap]) => {
    const whole = { ...one, ...at, ...(cap !== undefined && { heldBack: cap }) };
    // Through JSON, as the archive gives it back.
    const run = JSON.parse(
      JSON.stringify(pastRun(policy, [whole], { settings: { ...SWITCHED_ON, ...some } })),
    ) as RunRecord;
    const [reviewed] = run.reviewed;
    if (reviewed === undefined) throw new Error('nothing was reviewed');
    return { run, reviewed, acted: whole.actedBefore ?? [] };
  });

describe('what would have had to differ', () => {
  test('deciding again from a record alone gives exactly what the run decided', () => {
    fc.assert(
      fc.property(record(), ({ run, reviewed, acted }) => {
        const again = decidedIn(worldOf(run, reviewed, acted), policy).decision;
        expect(again.verdict).toBe(reviewed.decision.verdict);
        expect(JSON.parse(JSON.stringify(again))).toEqual(reviewed.decision);
      }),
      { numRuns: examples(100) },
    );
  });

  test('every way that is given leads to its verdict when it is replayed, and no smaller one does', () => {
    let ways = 0;
    fc.assert(
      fc.property(record(), ({ run, reviewed, acted }) => {
        const world = worldOf(run, reviewed, acted);
        const { verdict } = reviewed.decision;
        for (const found of counterfactuals(world, policy)) {
          const table: Readonly<Record<string, Lever>> = found.target === 'hold' ? TOWARDS_HOLD : TOWARDS_ACTION;
          const about = found.target === 'hold' ? (verdict as Action) : found.target;
          expect(found.target).not.toBe(verdict);
          for (const { facts } of found.ways) {
            ways += 1;
            const names = facts.map(({ lever }) => lever);
            expect(replayedByHand(world, names, table, about)).toBe(found.target);
            for (const one of names) {
              const less = names.filter((name) => name !== one);
              expect(replayedByHand(world, less, table, about)).not.toBe(found.target);
            }
            if (found.smallest && names.length === 2) {
              for (const single of Object.keys(table)) {
                if (!table[single]?.differs(world, about)) continue;
                expect(replayedByHand(world, [single], table, about)).not.toBe(found.target);
              }
            }
          }
        }
      }),
      { numRuns: examples(60) },
    );
    expect(ways).toBeGreaterThan(20);
  });

  test('every held Active request has a way to an approval, so that no reader is left without an answer', () => {
    fc.assert(
      fc.property(record(), ({ run, reviewed, acted }) => {
        fc.pre(reviewed.dossier.request.status === 'Active' && reviewed.decision.verdict === 'hold');
        const [found] = counterfactuals(worldOf(run, reviewed, acted), policy);
        expect(found?.target).toBe('approve');
        expect(found?.ways.length).toBeGreaterThan(0);
      }),
      { numRuns: examples(40) },
    );
  });

  test('every lever is pulled by some request, and imagining it leaves nothing of itself to imagine', () => {
    const pulled = new Set<string>();
    const sample = fc.sample(record(), { numRuns: 400, seed: 7 });
    for (const { run, reviewed, acted } of sample) {
      const world = worldOf(run, reviewed, acted);
      for (const about of actionsFrom(reviewed.dossier.request.status)) {
        for (const [name, lever] of Object.entries(TOWARDS_ACTION) as [string, Lever][]) {
          if (!lever.differs(world, about)) continue;
          pulled.add(name);
          expect(lever.says(world, about)).not.toBe('');
          expect(lever.differs(lever.imagine(world, about), about)).toBe(false);
        }
      }
    }
    // They need roles, pairs and modes, which the shipped folder does not fill; they have their own cases below.
    const special = ['role', 'duties', 'approvals', 'class-enforced', 'not-in-the-sample'];
    expect([...new Set([...pulled, ...special])].sort()).toEqual(Object.keys(TOWARDS_ACTION).sort());
  });

  const waysOf = (one: Story, target: Action | 'hold', others: readonly Story[] = []) => {
    const run = pastRun(policy, [one, ...others]);
    const [reviewed] = run.reviewed;
    if (reviewed === undefined) throw new Error('nothing was reviewed');
    const past = { folder: 'state/ledger', unreadable: null, entries: () => [], actedBefore: () => false };
    const found = explain({ record: run, reviewed }, policy, past).counterfactuals.find((c) => c.target === target);
    return found?.ways.map(({ facts }) => facts.map(({ lever }) => lever));
  };

  test('a vendor master who asks to approve payments would have been approved without the other half', () => {
    const signed = [{ level: 1, user: 'finance-controller', decision: 'Approved', message: null, created: 0 }];
    const asked = {
      id: 'asked',
      container: '/Apps',
      tags: ['Duty :: Payment Approval'],
      request: { approvals: signed },
      part: { facts: { requestedHours: 4 } },
    };
    const held = {
      id: 'held',
      status: 'Approved',
      grantedDaysAgo: 1,
      container: '/Apps',
      tags: ['Duty :: Vendor Master'],
    };
    expect(waysOf(asked, 'approve', [held])).toEqual([['duties']]);
    expect(waysOf({ ...asked, request: {} }, 'approve', [held])).toEqual([['duties', 'approvals']]);
  });

  test('one of a class that is recommended would have been approved with the class enforced', () => {
    const run = pastRun(policy, [{ id: 'req-1' }]);
    const [reviewed] = run.reviewed;
    if (reviewed === undefined) throw new Error('nothing was reviewed');
    const recommended = { ...reviewed.accessContext, mode: { mode: 'recommend', class: 'test' } } as const;
    const world = worldOf(run, { ...reviewed, accessContext: recommended }, []);
    expect(decidedIn(world, policy).decision.verdict).toBe('hold');
    expect(counterfactuals(world, policy).find(({ target }) => target === 'approve')?.ways).toMatchObject([
      {
        facts: [{ lever: 'class-enforced', says: 'its class were enforced (the class `test` has `mode: recommend`)' }],
      },
    ]);
    expect(decidedIn({ ...world, byPerson: true }, policy).decision.verdict).toBe('approve');
    const sample = { ...world, subject: { ...world.subject, accessContext: { ...recommended, mode: SAMPLE } } };
    expect(counterfactuals(sample, policy).find(({ target }) => target === 'approve')?.ways).toMatchObject([
      { facts: [{ lever: 'not-in-the-sample', says: expect.stringContaining('CONTROL_SHARE') }] },
    ]);
  });

  test('an approved one would have been held for any single thing that speaks against it', () => {
    const ways = waysOf({ id: 'req-1' }, 'hold');
    expect(ways?.every((way) => way.length === 1)).toBe(true);
    expect(ways?.flat()).toEqual(expect.arrayContaining(['risk', 'confirmation', 'text']));
  });

  test('an old grant that was left alone would have been closed with the switch on', () => {
    const run = pastRun(policy, [{ id: 'req-1', status: 'Approved', grantedDaysAgo: 9 }], {
      settings: { ...SWITCHED_ON, autoCloseStale: false },
    });
    const [reviewed] = run.reviewed;
    if (reviewed === undefined) throw new Error('nothing was reviewed');
    expect(counterfactuals(worldOf(run, reviewed, []), policy)).toMatchObject([
      { target: 'close', ways: [{ facts: [{ lever: 'switch' }] }] },
    ]);
  });
});
