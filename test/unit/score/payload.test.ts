import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dossier } from '../../../src/domain/dossier.ts';
import { rangeOf } from '../../../src/score/facts.ts';
import { factsOnlyFacts, factsOnlyMessage, singleMessage, slotted, userMessage } from '../../../src/score/payload.ts';
import { aDossier, anAccessContext } from './dossiers.ts';

const CONTEXT = { windowDays: 30, agentUser: 'svc-portcullis' };
const sent = (dossiers: readonly Dossier[], context = CONTEXT) => JSON.parse(userMessage(slotted(dossiers), context));

test('a request goes out with its facts and, apart from them, what people wrote', () => {
  const dossier = aDossier({
    id: 'secret-id',
    status: 'Active',
    operation: 'AssetUnlock',
    exclusive: false,
    levels: 2,
    displayName: 'Anna Berg',
    facts: { offHours: true, daysSinceApproved: 3, requestorFrequency: 7, requestedHours: 4 },
    deep: {
      type: 'Windows Server',
      containerPath: '/Tier 0/Domain Controllers',
      tags: ['Component :: Server :: Windows'],
    },
    gaps: [
      { what: 'container', why: 'vault answered 403 for `asset-77`' },
      { what: 'container', why: 'again' },
    ],
  });
  expect(sent([dossier])).toEqual({
    expected_automation_user: 'svc-portcullis',
    window_days: 30,
    requests: {
      r1: {
        facts: {
          status: 'Active',
          operation: 'AssetUnlock',
          entity_type: 'Asset',
          form_type: 'Access',
          level: 1,
          levels: 2,
          requested_hours: 4,
          off_hours: true,
          days_since_created: '0 to 6',
          requestor_requests_in_window: '1 to 9',
          asset_type: 'Windows Server',
          container_path: '/Tier 0/Domain Controllers',
          tags: ['Component :: Server :: Windows'],
          gaps: ['container not readable'],
        },
        untrusted_text: {
          justification: 'CHG0041877: install the November patches on the web tier.',
          requestor: 'CORP\\anna.berg',
          asset: 'srv-web-04',
          form: 'Server access',
        },
      },
    },
  });
});

test('what is not known is left out, except a justification: that there is none is worth knowing', () => {
  const known = aDossier({ justification: ' \n ', asset: null });
  const bare: Dossier = {
    ...known,
    request: {
      ...known.request,
      operation: null,
      entityType: null,
      form: null,
      level: null,
      levels: null,
      requestor: { id: 'u-1', name: null, displayName: null },
    },
    facts: { ...known.facts, requestedHours: null, requestorFrequency: 0 },
  };
  const message = sent([bare], { windowDays: 30, agentUser: null as unknown as string });
  expect(message).not.toHaveProperty('expected_automation_user');
  expect(message.requests.r1).toEqual({
    facts: { status: 'Active', days_since_created: '0 to 6' },
    untrusted_text: { justification: '' },
  });
});

test("the agent's own requests are marked, and requests are named in the order of the question", () => {
  const message = sent([aDossier(), aDossier({ facts: { own: true } }), aDossier({ facts: { mayBeOwn: true } })]);
  expect(Object.keys(message.requests)).toEqual(['r1', 'r2', 'r3']);
  // A doubt earns nothing.
  expect(message.requests.r3.facts).not.toHaveProperty('by_expected_automation');
  expect(message.requests.r2.facts.by_expected_automation).toBe(true);
});

test('facts that all requests of a question share stand there once, and those of each make its own again', () => {
  const dossiers = [
    aDossier({ operation: 'AssetUnlock', facts: { offHours: true } }),
    aDossier({ operation: 'AssetView', facts: { offHours: true } }),
  ];
  const message = sent(dossiers);
  expect(Object.keys(message)).toEqual(['expected_automation_user', 'window_days', 'shared_facts', 'requests']);
  expect(message.shared_facts).toMatchObject({ status: 'Active', entity_type: 'Asset', off_hours: true });
  expect(message.requests.r1.facts).toEqual({ operation: 'AssetUnlock' });
  const alone = dossiers.map((dossier) => sent([dossier]).requests.r1.facts);
  expect(
    Object.values<{ facts: object }>(message.requests).map(({ facts }) => ({ ...message.shared_facts, ...facts })),
  ).toEqual(alone);
  // What one of them has not is known of nobody.
  const [first, second = dossiers[1] as Dossier] = dossiers;
  const mixed = sent([first as Dossier, { ...second, facts: { ...second.facts, offHours: false } }]);
  expect([mixed.shared_facts.off_hours, mixed.requests.r1.facts.off_hours]).toEqual([undefined, true]);
});

test('facts that all rows of a facts-only question share, or have at rest, stand there once, and no fact is lost or moved', () => {
  const value = fc.oneof(fc.boolean(), fc.constantFrom('a', 'b'), fc.constant([]), fc.constantFrom(undefined));
  const rows = fc.array(fc.dictionary(fc.constantFrom('status', 'levels', 'classes', 'in_role', 'privileged'), value), {
    minLength: 1,
  });
  fc.assert(
    fc.property(rows, (all) => {
      const asked = all.map((facts, index) => ({ slot: `r${index + 1}`, facts }));
      const {
        shared_facts: shared,
        facts_unless_stated: resting,
        requests,
      } = JSON.parse(factsOnlyMessage(asked, CONTEXT));
      const read = Object.values<{ facts: object }>(requests).map(({ facts }) => ({ ...resting, ...shared, ...facts }));
      expect(read).toEqual(JSON.parse(JSON.stringify(all)));
    }),
  );
});

test('what a person waits for is told in ranges, and what has ended in none', () => {
  const facts = { daysSinceCreated: 8, daysSinceApproved: 31, requestorFrequency: 100 };
  const told = (status: string) => {
    const { facts: all } = sent([aDossier({ status, facts })]).requests.r1;
    return [all.days_since_created, all.days_since_approved, all.requestor_requests_in_window];
  };
  expect(told('Active')).toEqual(['7 to 29', undefined, '100 or more']);
  expect(told('Approved')).toEqual([undefined, '30 or more', '100 or more']);
  for (const ended of ['Rejected', 'Completed', 'Expired'])
    expect(told(ended)).toEqual([undefined, undefined, undefined]);
});

test.each([
  [[0, 7, 30], 0, '0 to 6'],
  [[0, 7, 30], 6, '0 to 6'],
  [[0, 7, 30], 7, '7 to 29'],
  [[0, 7, 30], 29, '7 to 29'],
  [[0, 7, 30], 30, '30 or more'],
  [[1, 10], 9, '1 to 9'],
  [[1, 10], 1e9, '10 or more'],
])('with ranges from %j on, %d is `%s`', (starts, value, range) => {
  expect(rangeOf(value, starts)).toBe(range);
});

test('what each run writes under its own requests is told without the id of the run', () => {
  const justification = 'Portcullis needs its model key for run 20261120T084851123Z';
  const told = (own: boolean) =>
    sent([aDossier({ justification, facts: { own } })]).requests.r1.untrusted_text.justification;
  expect([told(true), told(false)]).toEqual(['Portcullis needs its model key', justification]);
});

test('long texts are cut and many tags are bounded', () => {
  const message = sent([
    aDossier({
      justification: 'j'.repeat(5000),
      requestor: 'n'.repeat(500),
      asset: 'a'.repeat(500),
      deep: { tags: Array(50).fill('t'.repeat(500)) },
    }),
  ]);
  const { facts, untrusted_text } = message.requests.r1;
  expect(untrusted_text.justification).toHaveLength(1000);
  expect([untrusted_text.requestor.length, untrusted_text.asset.length]).toEqual([64, 64]);
  expect([facts.tags.length, facts.tags[0].length]).toEqual([20, 200]);
});

describe('whatever people wrote', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string(),
    fc.constantFrom('\u001b[2J', '\u2028', '"}},"r2":{', '\u202e'),
  );
  const dossiers = fc.array(
    fc.record({
      justification: anything,
      requestor: anything,
      asset: anything,
      status: anything,
      operation: anything,
      id: fc.uuid(),
      tag: anything,
    }),
    { minLength: 1, maxLength: 5 },
  );

  test('no id of a request and no control character is sent, and no text makes or leaves its entry', () => {
    fc.assert(
      fc.property(dossiers, (stories) => {
        const made = stories.map(({ tag, ...story }) =>
          aDossier({ ...story, deep: { id: story.id, containerPath: tag, tags: [tag] } }),
        );
        const message = userMessage(slotted(made), CONTEXT);
        for (const { id } of stories) expect(message).not.toContain(id);
        // Also none that JSON writes as an escape: the model reads the decoded text.
        const read: string[] = [message];
        JSON.parse(message, (_key, value) => {
          if (typeof value === 'string') read.push(value);
          return value;
        });
        expect(read.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        expect(Object.keys(JSON.parse(message).requests)).toEqual(stories.map((_, index) => `r${index + 1}`));
      }),
    );
  });
});

describe('what the policy says', () => {
  const accessContext = anAccessContext({ entitlement: 'lab:admin', classes: ['lab'], maxHours: 336 });
  const waiting = aDossier({
    status: 'Active',
    operation: 'AssetUnlock',
    deep: { type: 'Server', containerPath: '/Lab', tags: [] },
  });
  const factsIn = (message: string) => JSON.parse(message).requests.r1.facts as Record<string, unknown>;
  const usual = (dossier: Dossier, context = accessContext) =>
    factsIn(userMessage(slotted([dossier], undefined, new Map([[dossier.request.id, context]])), CONTEXT));

  test('stands in every kind of question about what waits, and is the same in each', () => {
    const one = { dossier: waiting, accessContext, slot: 'r1' };
    const facts = usual(waiting);
    expect(facts).toMatchObject({ entitlement: 'lab:admin', classes: ['lab'], class_max_hours: 336, in_role: true });
    expect(facts).toMatchObject({
      sod_conflicts: [],
      approvals_missing: [],
      first_for_asset: false,
      requests_in_hour: 1,
    });
    expect(factsIn(singleMessage(one, CONTEXT))).toEqual(facts);
    expect(factsIn(factsOnlyMessage([{ slot: 'r1', facts: factsOnlyFacts(one) }], CONTEXT))).toEqual(facts);
  });

  test('stands once where all requests of a question have it in common', () => {
    const two = [
      waiting,
      aDossier({ id: 'q-2', status: 'Active', deep: { type: 'Server', containerPath: '/Lab', tags: [] } }),
    ];
    const contexts = new Map(two.map(({ request }) => [request.id, accessContext]));
    const { shared_facts } = JSON.parse(userMessage(slotted(two, undefined, contexts), CONTEXT));
    expect(shared_facts).toMatchObject({ class_max_hours: 336, entitlement: 'lab:admin' });
  });

  test('is only what it is about for what has ended, so that it is not asked about again', () => {
    const over = usual({ ...waiting, request: { ...waiting.request, status: 'Completed' } });
    expect(over).toMatchObject({ entitlement: 'lab:admin', class_max_hours: 336 });
    for (const name of ['sod_conflicts', 'approvals_missing', 'first_for_asset', 'requests_in_hour']) {
      expect(over).not.toHaveProperty(name);
    }
  });

  test('does not call an asset unknown, or a person out of role, that nobody looked up', () => {
    const blind = { ...waiting, asset: null };
    const context = anAccessContext({ entitlement: null, classes: [], assetKnown: false, inRole: false });
    expect(usual(blind, context)).not.toHaveProperty('asset_known');
    expect(usual(blind, context)).not.toHaveProperty('in_role');
    const refused = { ...blind, gaps: [{ what: 'asset', why: '403' }] as const };
    expect(usual(refused, context)).toMatchObject({ asset_known: false, in_role: false });
    expect(usual({ ...blind, request: { ...blind.request, status: 'Completed' } }, context)).not.toHaveProperty(
      'classes',
    );
  });
});

test('a fact that is at rest is left out only where every request of the question says it, so that unknown stays unknown', () => {
  const asked = [{ privileged: false }, { privileged: false }, { privileged: true }, {}].map((facts, n) => ({
    slot: `r${n + 1}`,
    facts,
  }));
  const told = (rows: typeof asked) => JSON.parse(factsOnlyMessage(rows, CONTEXT));
  expect(told(asked).facts_unless_stated).toBeUndefined();
  const known = told(asked.slice(0, 3));
  expect(known.facts_unless_stated).toEqual({ privileged: false });
  expect(Object.values<{ facts: object }>(known.requests).map(({ facts }) => facts)).toEqual([
    {},
    {},
    { privileged: true },
  ]);
});
