import { describe, expect, test } from 'vitest';
import { readStep } from '../../../src/policy/policy_step.ts';
import { complaints, policyCase, policyWith } from './cases.ts';

const forbid = (annotations: string) =>
  `@id("frozen")\n@says("nothing is changed during the freeze")\n${annotations}\nforbid (principal, action == Action::"approve", resource);\n`;

describe('what a policy may say about the next step', () => {
  test.each([
    [
      { next: 'ask', ask: 'which change?' },
      { kind: 'request_info', to: 'requestor', ask: 'which change?' },
    ],
    [
      { next: 'request_info', to: 'requestor', ask: 'x' },
      { kind: 'request_info', to: 'requestor', ask: 'x' },
    ],
    [{ ask: ' which change? ' }, { kind: 'request_info', to: 'requestor', ask: 'which change?' }],
    [{ to: 'team \u202echange-\nboard' }, { kind: 'escalate', to: 'team change- board', ask: null }],
    [{ next: 'decide' }, { kind: 'escalate', to: 'owner', ask: null }],
    [
      { next: 'escalate', to: 'security' },
      { kind: 'escalate', to: 'security', ask: null },
    ],
    [{ to: 'manager' }, { kind: 'escalate', to: 'manager', ask: null }],
    [{ to: 'team change-board' }, { kind: 'escalate', to: 'team change-board', ask: null }],
    [
      { to: 'owner CORP\\olga', ask: 'still on?' },
      { kind: 'escalate', to: 'owner CORP\\olga', ask: 'still on?' },
    ],
    [{ to: 'another authorizer' }, { kind: 'escalate', to: 'another authorizer', ask: null }],
    [{ next: 'observe' }, { kind: 'observe', to: 'Portcullis', ask: null }],
    [{}, null],
    [{ advice: 'wait' }, null],
  ])('%j', (annotations, step) => {
    expect(readStep(annotations, 'forbid')).toEqual({ step, problems: [] });
  });

  test('it comes with the answer, and a policy without one says nothing', async () => {
    const policy = await policyWith({
      'x.cedar': forbid('@next("ask")\n@ask("which change?")\n@advice("wait until Monday")'),
    });
    expect(policy.authorize('approve', policyCase())).toMatchObject({
      ...{ allowed: false, basis: ['frozen'], says: ['nothing is changed during the freeze'] },
      notes: [{ advice: 'wait until Monday', next: { kind: 'request_info', to: 'requestor', ask: 'which change?' } }],
    });
    const plain = await policyWith({ 'x.cedar': forbid('') });
    expect(plain.authorize('approve', policyCase()).notes).toEqual([{ advice: null, next: null }]);
  });
});

describe('what it may not say is told with its place and the nearest word', () => {
  test.each([
    ['@next("aks")', '3:1', '`@next("aks")` is not allowed; allowed: ask, decide,', '; did you mean `ask`?'],
    ['@next("Escalate")', '3:1', '', '; did you mean `escalate`?'],
    ['@to("secruity")', '3:1', '`@to("secruity")` is not allowed; allowed: requestor,', '; did you mean `security`?'],
    ['@to("mangaer boss")', '3:1', '', '; did you mean `manager`?'],
    ['@to("change-board")', '3:1', '', '`team change-board`)'],
    ['@to("team")', '3:1', '`@to("team")` is not allowed', ''],
    ['@to("constructor")', '3:1', 'is not allowed', ''],
    ['@next("constructor")', '3:1', 'is not allowed', ''],
    ['@next("ask")', '3:1', '`@ask("…")` is missing', ''],
    ['@to("requestor")', '3:1', '`@ask("…")` is missing', ''],
    ['@next("ask") @to("security") @ask("x")', '3:14', 'a question goes to the requestor', ''],
    ['@next("decide") @to("requestor")', '3:17', 'requestors decide nothing', ''],
    ['@next("observe") @to("security")', '3:18', '`@to` says nothing here', ''],
    ['@ask("")', '3:1', '`@ask` is empty', ''],
    ['@next', '3:1', '`@next` is empty', ''],
    ['@ask("\u200b \u202e")', '3:1', '`@ask` is empty', ''],
    ['@to("team \u2060")', '3:1', 'is not allowed', ''],
    [`@to("team ${'x'.repeat(96)}")`, '3:1', '`@to` has 101 characters; at most 100', ''],
    [`@ask("${'x'.repeat(301)}")`, '3:1', '`@ask` has 301 characters; at most 300', ''],
    ['// @next\n@advice("@next") @next("x")', '4:18', '`@next("x")` is not allowed', ''],
  ])('%s', async (annotations, at, says, end) => {
    const found = await complaints({ 'x.cedar': forbid(annotations) });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`x.cedar:${at}: `);
    expect(found[0]).toContain(says);
    expect(found[0]?.endsWith(end)).toBe(true);
  });

  test('a permit holds nothing, so it says nothing about the next step', async () => {
    const permit = forbid('@next("decide")').replace('forbid', 'permit');
    expect(await complaints({ 'x.cedar': permit })).toEqual([
      'x.cedar:3:1: `@next` belongs to a forbid: a permit holds no request',
    ]);
  });
});
