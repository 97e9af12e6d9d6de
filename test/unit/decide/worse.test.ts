import { expect, test } from 'vitest';
import { type Decided, type WORSE, worseThan } from '../../../src/decide/worse.ts';
import type { Action } from '../../../src/domain/action.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { type SubjectParts, subject } from './subjects.ts';

const ASSET = { id: 'asset-7', name: 'srv-web-04', type: 'Server', containerPath: '/Test', tags: ['a', 'b'] };
const decided = (verdict: Decision['verdict'], part: SubjectParts = {}, over: Partial<Decision> = {}): Decided => ({
  ...subject({ asset: ASSET, ...part }),
  decision: { verdict, floor: 'low', risk: 'low', rules: [], basis: [], next: null, needsPerson: false, ...over },
});

type Case = { readonly now: (action: Action) => Decided; readonly bars: readonly Action[]; readonly says: RegExp };
const ALL: readonly Action[] = ['approve', 'reject', 'close'];

const CASES: Record<keyof typeof WORSE, readonly Case[]> = {
  verdict: [
    { now: () => decided('hold'), bars: ALL, says: /^it would be decided otherwise now$/ },
    {
      now: () => decided('hold', {}, { rules: [{ kind: 'gate', action: 'approve', gate: 'own-request' }] }),
      bars: ALL,
      says: /^no approve: it is the agent's own request$/,
    },
  ],
  gap: [
    {
      now: (action) => decided(action, { gaps: [{ what: 'container', why: 'the vault answered 500' }] }),
      bars: ALL,
      says: /^the container could not be read right before the call: the vault answered 500$/,
    },
  ],
  asset: [
    {
      now: (action) => decided(action, { asset: { ...ASSET, containerPath: '/Lab' } }),
      bars: ['approve', 'reject'],
      says: /Server, in \/Test, a, b then, Server, in \/Lab, a, b now$/,
    },
    {
      now: (action) => decided(action, { asset: { ...ASSET, tags: ['a'] } }),
      bars: ['approve', 'reject'],
      says: /not as it was rated/,
    },
    { now: (action) => decided(action, { asset: null }), bars: ['approve', 'reject'], says: /not read now$/ },
  ],
  entitlement: [
    {
      now: (action) => decided(action, { accessContext: { entitlement: 'lab:operate' } }),
      bars: ['approve', 'reject'],
      says: /^it is about lab:operate now, and was rated as test:operate$/,
    },
    {
      now: (action) => decided(action, { accessContext: { classes: ['test', 'lab'] } }),
      bars: ['approve', 'reject'],
      says: /test:operate/,
    },
  ],
  floor: [
    {
      now: (action) => decided(action, {}, { floor: 'medium' }),
      bars: ['approve'],
      says: /^facts alone make it medium now, and made it low when it was decided$/,
    },
  ],
};

for (const [row, cases] of Object.entries(CASES)) {
  test.each(cases)(`${row}: $says`, ({ now, bars, says }) => {
    for (const action of ALL) {
      const why = worseThan(decided(action), now(action), action);
      if (bars.includes(action)) expect(why, action).toMatch(says);
      else expect(why, action).toBeNull();
    }
  });
}

test('What is as it was, or better, bars nothing', () => {
  const gaps = [{ what: 'asset', why: 'the vault answered 500' }] as const;
  const better: SubjectParts[] = [
    {},
    { asset: { ...ASSET, name: 'renamed', tags: ['b', 'a'] } },
    { facts: { daysSinceCreated: 3 } },
  ];
  for (const action of ALL) {
    for (const part of better) expect(worseThan(decided(action), decided(action, part), action)).toBeNull();
    // It was not read before either.
    expect(worseThan(decided(action, { gaps }), decided(action, { gaps }), action)).toBeNull();
    expect(worseThan(decided(action, {}, { floor: 'high' }), decided(action), action)).toBeNull();
  }
});
