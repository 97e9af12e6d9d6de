import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Caps } from '../../../src/decide/caps.ts';
import type { ActionPolicy, Subject } from '../../../src/decide/decide.ts';
import { conclude, type Limits, prepare, withConfirmations, withinLimits } from '../../../src/decide/decide_all.ts';
import { switchedOff } from '../../../src/decide/switched_off.ts';
import { SWITCH_NAMES, SWITCHES, type SwitchName } from '../../../src/domain/action.ts';
import type { Confirmation } from '../../../src/domain/confirmation.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { NOON, rated, UNSCORED } from '../../helpers/requests.ts';
import { examples } from '../../suite/property_runs.ts';
import { OPEN } from './open_caps.ts';
import {
  ALL_OFF,
  ALL_ON,
  factsOnly,
  grantedSubject,
  never,
  SHIPPED,
  type SubjectParts,
  single,
  subject,
} from './subjects.ts';

const engine = await loadPolicy(SHIPPED);
const limits = (caps: Partial<Caps> = {}): Limits => ({
  caps: { ...OPEN, ...caps },
  today: { approvals: 0, byRequestor: () => 0, byAsset: () => 0 },
  usual: { approve: [], reject: [], persons: [] },
});
/** One of several requests, of its own person for its own asset. */
const numbered = (n: number, { request: about, ...part }: SubjectParts = {}, make = subject): Subject =>
  make({
    request: {
      id: `req-${n}`,
      requestor: { id: `u-${n}`, name: `user-${n}`, displayName: null },
      asset: { id: `asset-${n}`, name: 'srv' },
      ...about,
    },
    ...part,
  });
const critical = { assessment: rated('critical') };

/** What a run with these settings says of its switches. */
function told(
  subjects: readonly Subject[],
  policy: ActionPolicy,
  confirmations: ReadonlyMap<string, Confirmation> = new Map(),
  caps: Partial<Caps> = {},
) {
  const how = { policy, engine, acted: never };
  const confirmed = withConfirmations(subjects, confirmations, how);
  const decided = withinLimits(subjects, confirmed, confirmations, how, limits(caps));
  return switchedOff({ subjects, confirmed, decided, confirmations, how, limits: limits(caps) });
}
const moreOf = async (...given: Parameters<typeof told>) =>
  Object.fromEntries((await told(...given)).map(({ setting, more }) => [setting, more]));

describe('What a switch that is off would do', () => {
  const subjects = [
    numbered(1),
    numbered(2),
    numbered(3, critical),
    numbered(4, { assessment: rated('medium') }),
    numbered(5, { assessment: UNSCORED }),
    numbered(6, {}, grantedSubject),
  ];

  test('is told for each switch while all are off, and of nothing that is on', async () => {
    expect(await moreOf(subjects, ALL_OFF)).toEqual({
      AUTO_APPROVE_LOW_RISK: 2,
      AUTO_REJECT_HIGH_RISK: 1,
      AUTO_CLOSE_STALE: 1,
      AUTO_CLOSE_EXPIRED: 0,
    });
    expect(await told(subjects, ALL_ON)).toEqual([]);
    expect(await moreOf(subjects, { ...ALL_ON, autoReject: false })).toEqual({ AUTO_REJECT_HIGH_RISK: 1 });
    expect(await told([], ALL_OFF)).toEqual([]);
  });

  test('says that nobody confirmed it, and counts a confirmation that there is for or against it', async () => {
    const of = async (confirmations: [string, Confirmation][]) =>
      (await told([numbered(1), numbered(2)], ALL_OFF, new Map(confirmations)))[0];
    expect(await of([])).toMatchObject({ more: 2, unconfirmed: true });
    expect(await of([['req-1', factsOnly('high')]])).toMatchObject({ more: 1, unconfirmed: true });
    const both: [string, Confirmation][] = [
      ['req-1', factsOnly('low')],
      ['req-2', factsOnly('low')],
    ];
    expect(await of(both)).toMatchObject({ more: 2, unconfirmed: false });
    // Of another kind: it says nothing about an approval.
    expect(await of([['req-1', single('critical')]])).toMatchObject({ more: 2, unconfirmed: true });
  });

  test('keeps to the gates, and to the caps, which it names', async () => {
    const own = [numbered(1, { facts: { own: true } }), numbered(2), numbered(3)];
    expect(await told(own, ALL_OFF, new Map(), { approvalsPerRun: 1 })).toContainEqual({
      ...{ setting: 'AUTO_APPROVE_LOW_RISK', action: 'approve', more: 1, unconfirmed: true, heldBack: 1 },
    });
    const rejections = await told([numbered(1, critical), numbered(2, critical)], ALL_OFF, new Map(), {
      rejectionsPerRun: 0,
    });
    expect(rejections[1]).toMatchObject({ more: 0, heldBack: 2 });
  });

  test('is what a run does in which that switch alone is on and every confirmation agrees', async () => {
    const kinds = ['low', 'critical', 'medium', 'granted', 'own', 'unscored'] as const;
    const one = (kind: (typeof kinds)[number], n: number): Subject => {
      const created = { request: { id: `req-${n}`, created: NOON - n * 60_000 } };
      if (kind === 'granted') return numbered(n, { request: { id: `req-${n}` } }, grantedSubject);
      if (kind === 'own') return numbered(n, { ...created, facts: { own: true } });
      return numbered(n, { ...created, assessment: kind === 'unscored' ? UNSCORED : rated(kind) });
    };
    const settings = fc.record({
      ...{ autoApprove: fc.boolean(), autoReject: fc.boolean() },
      ...{ autoCloseStale: fc.boolean(), autoCloseExpired: fc.boolean() },
    });
    const window = fc.array(fc.constantFrom(...kinds), { maxLength: 12 });
    const caps = fc.record({ approvalsPerRun: fc.nat(4), rejectionsPerRun: fc.nat(4) });
    await fc.assert(
      fc.asyncProperty(window, settings, caps, async (asked, on, limited) => {
        const requests = asked.map(one);
        const policy = { ...ALL_ON, ...on };
        const done = (how: ActionPolicy, setting: SwitchName) => {
          const by = { policy: how, engine, acted: never };
          const agreed = new Map(
            prepare(requests, by).flatMap(({ verdict }, i): [string, Confirmation][] =>
              verdict === 'approve' || verdict === 'reject'
                ? [[`req-${i}`, verdict === 'approve' ? factsOnly('low') : single('critical')]]
                : [],
            ),
          );
          const { action } = SWITCHES[setting];
          return conclude(requests, agreed, by, limits(limited)).filter(({ verdict }) => verdict === action).length;
        };
        for (const { setting, more } of await told(requests, policy, new Map(), limited)) {
          const before = SWITCHES[setting].action === 'close' ? done(policy, setting) : 0;
          expect(more).toBe(done({ ...policy, [SWITCHES[setting].field]: true }, setting) - before);
        }
      }),
      { numRuns: examples(40) },
    );
  });

  test('every switch of the settings is one of them', () => {
    expect(SWITCH_NAMES.map((name) => SWITCHES[name].field).sort()).toEqual(
      Object.keys(ALL_OFF)
        .filter((name) => name.startsWith('auto'))
        .sort(),
    );
  });
});
