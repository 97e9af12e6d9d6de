import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ADDED_SINCE_01, cedarCase } from '../../../src/policy/cedar_case.ts';
import { loadCedar } from '../../../src/policy/cedar_source.ts';
import { leavingOut, undeclared } from '../../../src/policy/declared.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { policyCase, SHIPPED } from './cases.ts';

const FOLDER_OF_01 = resolve(import.meta.dirname, '../../data/v01/policy');
const schemaOf = (folder: string) => readFileSync(join(folder, 'portcullis.cedarschema'), 'utf8');

describe('attributes that a schema does not declare', () => {
  test('the shipped schema declares every attribute that was added', async () => {
    expect(undeclared(await loadCedar(), schemaOf(SHIPPED))).toEqual({ principal: [], resource: [], context: [] });
  });

  test('of those that were added, the ones that the schema does not know are named', async () => {
    const added = { principal: ['known', 'new'], resource: ['tags', 'newer'], context: ['risk', 'newest'] };
    expect(undeclared(await loadCedar(), schemaOf(SHIPPED), added)).toEqual({
      principal: ['new'],
      resource: ['newer'],
      context: ['newest'],
    });
  });

  test('they are left out, and nothing else is', () => {
    const whole = cedarCase(policyCase(), true);
    const less = leavingOut({ principal: ['known'], resource: ['tags'], context: ['risk', 'absent'] }, whole);
    expect(Object.keys(whole.principal.attrs).filter((name) => !Object.hasOwn(less.principal.attrs, name))).toEqual([
      'known',
    ]);
    expect(Object.keys(whole.resource.attrs).filter((name) => !Object.hasOwn(less.resource.attrs, name))).toEqual([
      'tags',
    ]);
    expect(Object.keys(whole.context).filter((name) => !Object.hasOwn(less.context, name))).toEqual(['risk']);
    expect(less.principal.uid).toEqual(whole.principal.uid);
  });

  test('a folder of 0.1 is asked and answers, whatever was added since', async () => {
    const policy = await loadPolicy(FOLDER_OF_01);
    expect(policy.authorize('approve', policyCase())).toMatchObject({ allowed: true, errors: [] });
    expect(Object.keys(ADDED_SINCE_01)).toEqual(['principal', 'resource', 'context']);
  });
});
