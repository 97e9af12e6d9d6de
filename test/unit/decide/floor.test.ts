import { expect, test } from 'vitest';
import { FLOOR_RULES, type FloorFacts, type FloorRule, riskFloor } from '../../../src/decide/floor.ts';
import type { SodConflict } from '../../../src/domain/access_context.ts';
import type { Gap } from '../../../src/domain/dossier.ts';
import { rated, UNSCORED } from '../../helpers/requests.ts';
import { type SubjectParts, subject } from './subjects.ts';

const gap = (what: Gap['what']): readonly Gap[] => [{ what, why: 'the vault answered 403' }];
const conflict: SodConflict = {
  pair: 'vendor:create + payment:approve',
  asked: 'payment:approve',
  held: 'vendor:create',
  source: { kind: 'request', id: 'req-9' },
};
type Part = SubjectParts & Pick<FloorFacts, 'confirming'>;
const facts = ({ confirming, ...part }: Part): FloorFacts => ({ ...subject(part), confirming });

const TIMES = {
  ...{ fault: null, beginsInHours: 1, contiguousHours: 4 },
  ...{ askedOffHours: false, windowOffHours: false },
} as const;

type Case = readonly [when: string, facts: Part];

/** What makes each rule hold, and what is just short of it. `beside` are rules that cannot be kept out of a case. */
const CASES: Record<FloorRule, { holds: readonly Case[]; not: readonly Case[]; beside?: readonly FloorRule[] }> = {
  'floor-separation-of-duties': {
    holds: [['a pair would be held by one person', { accessContext: { sodConflicts: [conflict] } }]],
    not: [['there is no conflict', {}]],
  },
  'floor-privileged': {
    holds: [['the entitlement is privileged', { accessContext: { privileged: true } }]],
    not: [['it is not', {}]],
  },
  'floor-class-medium': {
    holds: [['its classes are at least medium', { accessContext: { classFloor: 'medium' } }]],
    not: [
      ['its classes say nothing', { accessContext: { classFloor: 'low' } }],
      ['its classes say more', { accessContext: { classFloor: 'high' } }],
      ['it was archived before classes had one', {}],
    ],
  },
  'floor-class-high': {
    holds: [['its classes are at least high', { accessContext: { classFloor: 'high' } }]],
    not: [['its classes say less', { accessContext: { classFloor: 'medium' } }]],
  },
  'floor-class-critical': {
    holds: [['its classes are critical', { accessContext: { classFloor: 'critical' } }]],
    not: [['its classes say less', { accessContext: { classFloor: 'high' } }]],
  },
  'floor-reach-site': {
    holds: [['it reaches a whole site', { accessContext: { reach: 'site' } }]],
    not: [
      ['it reaches one service', { accessContext: { reach: 'service' } }],
      ['it reaches one host', { accessContext: { reach: 'host' } }],
      ['no row says', { accessContext: { reach: null } }],
    ],
  },
  'floor-reach-domain': {
    holds: [['it reaches the domain', { accessContext: { reach: 'domain' } }]],
    not: [['it reaches a site', { accessContext: { reach: 'site' } }]],
  },
  'floor-requestor-unknown': {
    holds: [['the vault names no requestor', { gaps: gap('requestor') }]],
    not: [['another fact is missing', { gaps: gap('approval time') }]],
  },
  'floor-suspicious-text': {
    holds: [['screening found something', { texts: { suspicious: true, flags: ['invisible'] } }]],
    not: [['screening found nothing that steers', { texts: { flags: [] } }]],
  },
  'floor-steering-suspected': {
    holds: [
      ['the model suspects it', { assessment: rated('low', { flags: ['injection_suspected'] }) }],
      ['the facts-only reading suspects it', { confirming: rated('low', { flags: ['injection_suspected'] }) }],
      ['the single reading suspects it', { confirming: rated('critical', { flags: ['injection_suspected'] }) }],
    ],
    not: [
      ['the model noticed something else', { assessment: rated('low', { flags: ['urgency_pressure', 'other'] }) }],
      ['there is no rating', { assessment: UNSCORED, confirming: UNSCORED }],
    ],
  },
  'floor-off-hours-sensitive': {
    holds: [
      [
        'a privileged entitlement is wanted at night',
        { facts: { offHours: true }, accessContext: { privileged: true } },
      ],
      [
        'a class for people is wanted at night',
        { facts: { offHours: true }, accessContext: { neverAuto: ['production'] } },
      ],
    ],
    not: [
      ['everyday access is wanted at night', { facts: { offHours: true } }],
      ['sensitive access is wanted by day', { accessContext: { neverAuto: ['production'] } }],
    ],
    beside: ['floor-privileged'],
  },
  'floor-first-sensitive': {
    holds: [
      [
        'it is the first one for something sensitive',
        { history: { firstForAsset: true }, accessContext: { neverAuto: ['x'] } },
      ],
      [
        'it is the first one for a privilege',
        { history: { firstForAsset: true }, accessContext: { privileged: true } },
      ],
    ],
    not: [
      ['it is the first one for everyday access', { history: { firstForAsset: true } }],
      ['it is not the first one', { accessContext: { neverAuto: ['x'] } }],
    ],
    beside: ['floor-privileged'],
  },
  'floor-no-justification': {
    holds: [['the justification says nothing', { texts: { contentFree: true } }]],
    not: [['it says something', {}]],
  },
  'floor-long-window': {
    holds: [
      ['longer than the class allows', { facts: { requestedHours: 8.1 }, accessContext: { maxHours: 8 } }],
      ['longer with the windows that it touches', { facts: { times: { ...TIMES, contiguousHours: 216 } } }],
      ['without an end, where the class has a limit', { facts: { requestedHours: null } }],
      ['without an end, and without a limit', { facts: { requestedHours: null }, accessContext: { maxHours: null } }],
      ['beside one without an end', { facts: { requestedHours: 4, times: { ...TIMES, contiguousHours: null } } }],
      ['longer than a week, without a limit', { facts: { requestedHours: 168.1 }, accessContext: { maxHours: null } }],
    ],
    not: [
      ['just as long as the class allows', { facts: { requestedHours: 8 }, accessContext: { maxHours: 8 } }],
      ['a week, without a limit', { facts: { requestedHours: 168 }, accessContext: { maxHours: null } }],
      ['without an end, and settled', { request: { status: 'Completed' }, facts: { requestedHours: null } }],
      ['the class allows more than a week', { facts: { requestedHours: 200 }, accessContext: { maxHours: 300 } }],
    ],
  },
  'floor-burst': {
    holds: [['twenty requests in an hour', { history: { requestsInHour: 20 } }]],
    not: [['nineteen requests in an hour', { history: { requestsInHour: 19 } }]],
  },
  'floor-asset-unreadable': {
    holds: [
      ['the asset could not be read', { gaps: gap('asset') }],
      ['its container could not be read', { gaps: gap('container') }],
    ],
    not: [['the time of approval is missing', { gaps: gap('approval time') }]],
  },
};

const rows = Object.entries(CASES) as [FloorRule, (typeof CASES)[FloorRule]][];

test('Every floor rule has its cases here', () => {
  expect(Object.keys(CASES).sort()).toEqual(Object.keys(FLOOR_RULES).sort());
  for (const [rule, { holds, not }] of rows) expect([holds.length, not.length], rule).not.toContain(0);
});

for (const [rule, { holds, not, beside = [] }] of rows) {
  test.each(holds)(`Facts give at least ${FLOOR_RULES[rule].risk} (${rule}) when %s`, (_when, part) => {
    const floor = riskFloor(facts(part));
    expect(floor.rules.filter((name) => !beside.includes(name))).toEqual([rule]);
    expect(floor.risk).toBe(FLOOR_RULES[rule].risk);
  });
  test.each(not)(`${rule} is silent when %s`, (_when, part) => {
    expect(riskFloor(facts(part)).rules).not.toContain(rule);
  });
}

test('Nothing remarkable gives no floor', () => {
  expect(riskFloor(facts({}))).toEqual({ risk: 'low', rules: [] });
});

test('The highest of several floors counts, and all are named in the order of the table', () => {
  const several = facts({ texts: { contentFree: true }, gaps: [...gap('asset'), ...gap('requestor')] });
  expect(riskFloor(several)).toEqual({
    risk: 'high',
    rules: ['floor-requestor-unknown', 'floor-no-justification', 'floor-asset-unreadable'],
  });
});

test('Every rule has a sentence that goes on with "at least"', () => {
  for (const { about } of Object.values(FLOOR_RULES)) expect(about).toMatch(/^[a-z0-9][^.]+$/);
});
