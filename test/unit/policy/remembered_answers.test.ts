/** Answers of Cedar that are remembered: each is the fresh one, whatever the policies look at. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { wordsOf } from '../../../src/analysis/lint/dimensions.ts';
import { madeUpCases } from '../../../src/analysis/lint/made_up_cases.ts';
import { policyCase as caseOf } from '../../../src/decide/decide.ts';
import { ACTION_NAMES, type Action } from '../../../src/domain/action.ts';
import type { PolicyCase } from '../../../src/domain/policy_case.ts';
import { RISKS } from '../../../src/domain/risk.ts';
import { type Authorization, makeAuthorization } from '../../../src/policy/authorize.ts';
import type { CedarCase } from '../../../src/policy/cedar_case.ts';
import { type Cedar, loadCedar, readSource } from '../../../src/policy/cedar_source.ts';
import { loadPolicy, type Policy } from '../../../src/policy/load.ts';
import { remembering } from '../../../src/policy/remembered_answers.ts';
import { rated } from '../../helpers/requests.ts';
import { examples } from '../../suite/property_runs.ts';
import { dossier, harmless, policyCase, SHIPPED } from './cases.ts';

const OF_01 = resolve(import.meta.dirname, '../../data/v01/policy');
const schemaOf = (dir: string) => readFileSync(join(dir, 'portcullis.cedarschema'), 'utf8');

let cedar: Cedar;
let shipped: Policy;
beforeAll(async () => {
  [cedar, shipped] = await Promise.all([loadCedar(), loadPolicy(SHIPPED)]);
});

/** Two that answer for the same policies: one remembers, the other asks Cedar each time. */
function both(text: string, schema = schemaOf(SHIPPED)) {
  let asked = 0;
  const counting: Cedar = {
    ...cedar,
    statefulIsAuthorized(call) {
      asked += 1;
      return cedar.statefulIsAuthorized(call);
    },
  };
  const { policies, findings } = readSource(cedar, { name: 'x', file: 'x', bytes: Buffer.from(text), text });
  expect(findings).toEqual([]);
  const about = { policies, schema, digest: `${text} ${schema}`, identitiesDefined: true };
  return {
    policies,
    remembers: makeAuthorization(counting, about),
    fresh: makeAuthorization(cedar, about, 0),
    asked: () => asked,
  };
}

/** Requests that differ in one thing and in several, in the words of the policies; those who ask and what differ too. */
function casesFor(policies: Parameters<typeof wordsOf>[0], more: number): PolicyCase[] {
  const { mapping, classes, ...access } = shipped.access;
  const few = { mapping: mapping.slice(0, 3), classes: new Map([...classes].slice(0, 3)) };
  const made = [...madeUpCases({ ...access, ...few }, wordsOf(policies), ['invisible'], more)];
  return made.map(({ subject, settings }, at) => {
    const facts = caseOf(subject, settings);
    const requestor = { id: `person-${at % 3}`, name: null, displayName: null };
    const request = { ...facts.dossier.request, id: `request-${at % 4}`, requestor };
    return { ...facts, dossier: { ...facts.dossier, request } };
  });
}

function compare({ remembers, fresh }: { remembers: Authorization; fresh: Authorization }, cases: PolicyCase[]): void {
  for (const [at, facts] of cases.entries()) {
    for (const action of ACTION_NAMES) {
      expect(remembers.authorize(action, facts)).toEqual(fresh.authorize(action, facts));
      if (at % 4 === 0) expect(remembers.matching(action, facts)).toEqual(fresh.matching(action, facts));
    }
  }
}

const rule = (condition: string, scope = 'principal, action, resource', effect = 'permit') =>
  `@id("mine") @says("x") ${effect} (${scope}) when { ${condition} };`;
const PERMIT = '@id("all") @says("x") permit (principal, action, resource);\n';
const PERSON = 'Requestor::"person-1"';

describe('a remembered answer is the fresh one', () => {
  test.each([
    ['the shipped policies', SHIPPED],
    ['those of 0.1, whose schema knows fewer attributes', OF_01],
  ])('%s', async (_what, dir) => {
    const { policies } = await loadPolicy(dir);
    const two = both(policies.map(({ text }) => text).join('\n'), schemaOf(dir));
    const cases = casesFor(policies, 60);
    compare(two, cases);
    expect(two.asked()).toBeLessThan(cases.length * 2);
  });

  test.each([
    ['a pattern', rule('resource has container && resource.container like "/Work*"')],
    [
      'sets',
      rule(
        'context.classes.containsAny(["production"]) || resource.tags.contains("x") || !context.conflicts.isEmpty()',
      ),
    ],
    ['a name in brackets', rule('context["offHours"]')],
    ['what is there at all', rule('context has maxHours && !(principal has department)')],
    [
      'a condition that must not hold',
      `${PERMIT}@id("mine") @says("x") forbid (principal, action, resource) unless { context.privileged };`,
    ],
    ['if, then, else', rule('if context has risk then context.risk > 1 else principal.known')],
    ['a record of its own', rule('{ a: context.floor, b: resource.exclusive } == { a: 2, b: false }')],
    ['numbers', rule('context.requestsInHour * 2 - context.daysSinceCreated > -3')],
    [
      'one that fails on some',
      `${PERMIT}${rule('context.requestsInHour * 9000000000000000000 > 0', undefined, 'forbid')}`,
    ],
    ['a person in the condition', rule(`principal == ${PERSON}`)],
    ['a person in the scope', rule('context.privileged', `principal == ${PERSON}, action, resource`)],
    ['a person above in the hierarchy', rule('true', `principal in ${PERSON}, action, resource`)],
    ['a request in the scope', rule('true', 'principal, action, resource in Request::"request-2"')],
    ['a person of a type', rule('true', `principal is Requestor in ${PERSON}, action, resource`)],
    ['a type in the condition', rule(`principal is Requestor && principal is Requestor in ${PERSON}`)],
    [
      'a person among several',
      rule(`principal in [${PERSON}, Requestor::"x"] || [principal].contains(Requestor::"x")`),
    ],
    ['one of two', rule(`(if context.privileged then principal else ${PERSON}) == ${PERSON}`)],
    ['an action in the condition', rule('action == Action::"close" && context has hoursGranted')],
    [
      'several actions',
      rule('context.offHours', 'principal, action in [Action::"approve", Action::"close"], resource'),
    ],
  ])('policies with %s', (_what, text) => {
    const two = both(text);
    const cases = casesFor(two.policies, 20);
    compare(two, cases);
    expect(two.asked()).toBeLessThan(cases.length);
  });

  test('whatever was asked before', () => {
    const { remembers, fresh } = both(shipped.policies.map(({ text }) => text).join('\n'));
    const drawn = fc.record({
      risk: fc.constantFrom(...RISKS),
      known: fc.boolean(),
      named: fc.boolean(),
      privileged: fc.boolean(),
      hours: fc.constantFrom(null, 1, 30),
    });
    fc.assert(
      fc.property(drawn, fc.constantFrom(...ACTION_NAMES), ({ risk, known, named, privileged, hours }, action) => {
        const nobody = { requestor: { id: null, name: null, displayName: null } };
        const facts = policyCase({
          dossier: dossier({ facts: { requestedHours: hours }, ...(!named && { request: nobody }) }),
          accessContext: { ...harmless, privileged, person: { ...harmless.person, known } },
          ...{ assessment: rated(risk), risk },
        });
        expect(remembers.authorize(action, facts)).toEqual(fresh.authorize(action, facts));
      }),
      { numRuns: examples(400) },
    );
  });

  test('actions in a group of the schema', () => {
    const schema = schemaOf(SHIPPED).replace(
      'action approve, reject, close appliesTo',
      'action write;\naction approve, reject, close in [write] appliesTo',
    );
    const two = both(rule('context.offHours', 'principal, action in Action::"write", resource'), schema);
    compare(two, casesFor(two.policies, 20));
    expect(two.remembers.authorize('close', policyCase()).errors).toEqual([]);
  });
});

test.each([
  ['the whole context', rule('{ all: context } == { all: context }')],
  ['what comes out of a choice', rule('(if context.offHours then principal else principal).known')],
  ['what is inside a record of its own', rule('{ who: principal }.who.known')],
  ['what another person is like', rule(`${PERSON} has known && ${PERSON}.known`)],
  ['tags of an entity', rule('principal.hasTag("x")')],
  ['addresses, dates and whatever comes later', rule('ip("10.0.0.1").isLoopback() || context.offHours')],
])('nothing is remembered of policies that look at %s', (_what, text) => {
  const two = both(text);
  const cases = casesFor(two.policies, 5);
  compare(two, cases);
  expect(two.asked()).toBeGreaterThanOrEqual(cases.length * ACTION_NAMES.length);
});

describe('a case that does not fit the schema is refused as before, also after one that does', () => {
  const odd = (values: object): PolicyCase => {
    const facts = policyCase();
    return { ...facts, settings: { ...facts.settings, ...values } };
  };

  test.each([
    ['a value of another type', () => [schemaOf(SHIPPED), odd({ closeExpired: 'yes' })] as const],
    ['a missing one', () => [schemaOf(SHIPPED), odd({ closeExpired: null })] as const],
    ['one that nobody declared', () => [schemaOf(SHIPPED).replace('exclusive: Bool,', ''), policyCase()] as const],
    [
      'one that had to be there',
      () => [schemaOf(SHIPPED).replace('exclusive: Bool,', 'exclusive: Bool, x: Long,'), policyCase()] as const,
    ],
    [
      'one that is declared as something else',
      () => [schemaOf(SHIPPED).replace('exclusive: Bool', 'exclusive: String'), policyCase()] as const,
    ],
  ])('%s', (_what, given) => {
    const [schema, facts] = given();
    const two = both(rule('context.offHours'), schema);
    compare(two, [policyCase(), facts, policyCase(), facts]);
    expect(two.remembers.authorize('approve', facts).errors).not.toEqual([]);
    expect(two.remembers.authorize('approve', {} as never).errors).toEqual([
      expect.stringContaining('could not be asked'),
    ]);
  });
});

describe('how much is remembered', () => {
  const counting = () => {
    const asked: string[] = [];
    const ask = (_action: Action, made: CedarCase) => {
      asked.push(made.resource.uid as never);
      return { errors: [] };
    };
    return { asked, ask };
  };
  const about = (id: string) => ({ resource: { uid: id } }) as unknown as CedarCase;
  const keyOf = (_action: Action, made: CedarCase) => `${made.resource.uid}`;

  test('no more than a bound: then all of it is forgotten', () => {
    const { asked, ask } = counting();
    const remembered = remembering(keyOf, ask, 10_000);
    for (const at of Array(100).keys()) remembered('approve', about(`${at}`));
    for (const at of [99, 98, 0]) remembered('approve', about(`${at}`));
    expect(asked).toHaveLength(101);
  });

  test('nothing that is larger by itself', () => {
    const { asked, ask } = counting();
    const remembered = remembering(keyOf, ask, 1_000);
    const [small, large] = [about('x'), about('y'.repeat(1_000))];
    for (const one of [small, large, small, large]) remembered('approve', one);
    expect(asked).toHaveLength(3);
  });
});
