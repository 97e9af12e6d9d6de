import { expect, test } from 'vitest';
import { readAccess } from '../../../src/policy/access_file.ts';
import { lesserOf } from '../../../src/policy/lesser.ts';

const read = readAccess(
  'access.yml',
  `
roles:
  developer: { standard: [test:read, "staging:{read,operate}", vendor:create, ledger:view] }
  reader: { standard: ["*:read"] }
  admin: { standard: ["prod:*"] }
mapping:
  - { when: { tag: a }, entitlement: test:admin }
  - { when: { tag: b }, entitlement: staging:read }
  - { when: { tag: c }, entitlement: staging:operate }
  - { when: { tag: d }, entitlement: staging:admin }
  - { when: { tag: e }, entitlement: vendor:approve }
  - { when: { tag: f }, entitlement: prod:read }
  - { when: { tag: g }, entitlement: prod:operate }
`,
  () => null,
);
if (!('model' in read)) throw new Error(JSON.stringify(read.findings));
const { model } = read;
const lesser = (asked: string, ...roles: string[]) =>
  lesserOf(asked, { known: true, roles, department: null, manager: null }, model, () => []);

test.each([
  ['administration, where the role names less in full', 'test:admin', 'developer', 'test:read'],
  ['operating, where the role may read', 'test:operate', 'developer', 'test:read'],
  ['administration, where a pattern has two: the greater', 'staging:admin', 'developer', 'staging:operate'],
  ['in another case', 'Test:Admin', 'developer', 'test:read'],
  ['operating, by a pattern of what the mapping gives', 'prod:operate', 'reader', 'prod:read'],
  ['a level of their own, where the role may look', 'ledger:post', 'developer', 'ledger:view'],
])('there is less of it for somebody who asks for %s', (_what, asked, role, entitlement) => {
  expect(lesser(asked, role)).toEqual({ entitlement, role });
});

test.each([
  ['the same level', 'test:read', 'developer'],
  ['another duty, which is neither more nor less', 'vendor:approve', 'developer'],
  ['another resource', 'billing:admin', 'developer'],
  ['a role that has more', 'prod:read', 'admin'],
])('there is none for %s', (_what, asked, role) => {
  expect(lesser(asked, role)).toBeNull();
});

test('there is none without a role', () => {
  expect(lesser('test:admin')).toBeNull();
});

test('the second role is named when it is the one that has it', () => {
  expect(lesser('prod:operate', 'developer', 'reader')).toEqual({ entitlement: 'prod:read', role: 'reader' });
});

test('what would bring the person into conflict is not offered', () => {
  const pair = { pair: 'x', asked: 'x', held: 'x', source: { kind: 'identity' } } as const;
  const person = { known: true, roles: ['developer'], department: null, manager: null };
  const found = lesserOf('staging:admin', person, model, (one) => (one === 'staging:operate' ? [pair] : []));
  expect(found).toEqual({ entitlement: 'staging:read', role: 'developer' });
});
