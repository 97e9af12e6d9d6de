import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TEXT_FLAG_NAMES } from '../../../src/enrich/screening/text_flags.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { complaints, PERMIT_ALL, policyCase, policyFolder, policyWith, SHIPPED } from './cases.ts';

const forbid = (condition: string, action = 'action == Action::"approve"') =>
  `@id("mine")\n@says("a sentence")\nforbid (principal, ${action}, resource)\nwhen { ${condition} };\n`;

describe('the shipped policy', () => {
  test('loads, and every policy can be named, told and found', async () => {
    const { policies } = await loadPolicy(SHIPPED, { textFlags: TEXT_FLAG_NAMES });
    for (const { id, says, actions, place, text } of policies) {
      expect(id).toMatch(/^[a-z][a-z0-9-]+$/);
      expect(says.length, id).toBeGreaterThan(10);
      expect(actions.length, id).toBeGreaterThan(0);
      expect(text.startsWith('@id'), `${id} at ${place.file}:${place.line}`).toBe(true);
    }
    expect(policies.filter(({ effect }) => effect === 'permit').map(({ id }) => id)).toEqual([
      'approve-low-risk',
      'close-stale',
      'close-past-maximum',
      'reject-high-risk',
    ]);
  });
});

describe('a policy that cannot be meant stops the start, with its place and the nearest name', () => {
  test.each([
    [
      'an attribute',
      forbid('context.privileged && context.suspicous'),
      /^x\.cedar:4:30: attribute `suspicous` .*not found; did you mean `suspicious`\?$/,
    ],
    [
      'an attribute further on',
      forbid('context.priviledged'),
      /^x\.cedar:4:8: attribute `priviledged` .*did you mean `privileged`\?$/,
    ],
    [
      'an entity type',
      forbid('principal is Requester'),
      /^x\.cedar:4:21: unrecognized entity type `Requester`; did you mean `Requestor`\?$/,
    ],
    [
      'an action',
      forbid('true', 'action == Action::"aprove"'),
      /^x\.cedar:3:30: unrecognized action `Action::"aprove"`; did you mean `Action::"approve"`\?$/,
    ],
    [
      'a missing fact read without asking',
      forbid('resource.windowHours > 8'),
      /^x\.cedar:4:8: unable to guarantee safety of access to optional attribute `windowHours`.*has windowHours/,
    ],
    ['a comparison of a number with a text', forbid('context.floor == "high"'), /^x\.cedar:4:\d+: .*(type|Long)/],
    ['a forbid that can never apply', forbid('context.privileged && false'), /^x\.cedar:1:1: policy is impossible/],
    ['broken syntax', forbid('context.privileged &&'), /^x\.cedar:4:30: .*unexpected token `}`/],
    [
      'a place after letters of two bytes',
      forbid('"\u00fc\u00fc\u00fc" != "\u00e4" && context.offHuors'),
      /^x\.cedar:4:24: attribute `offHuors`/,
    ],
    ['no id', '@says("a sentence")\npermit (principal, action, resource);', /^x\.cedar:1:1: has no `@id/],
    ['no sentence', '@id("mine")\npermit (principal, action, resource);', /^x\.cedar:1:1: has no `@says/],
    [
      'an empty sentence',
      '@id("mine") @says(" ")\npermit (principal, action, resource);',
      /^x\.cedar:1:1: has no `@says/,
    ],
    [
      'an odd id',
      '@id("Mine!") @says("a")\npermit (principal, action, resource);',
      /^x\.cedar:1:1: `@id\("Mine!"\)` must be/,
    ],
    [
      'an id that is taken',
      PERMIT_ALL.replace('"all"', '"reject-high-risk"'),
      /^x\.cedar:1:1: `@id\("reject-high-risk"\)` is taken by the policy at reject\.cedar:3:1$/,
    ],
    [
      'a template',
      '@id("t") @says("a") permit (principal == ?principal, action, resource);',
      /^x\.cedar:1:1: static policy set includes a template/,
    ],
    [
      'a class that is none',
      forbid('context.classes.contains("prodution")'),
      /^x\.cedar:4:33: `context\.classes` never holds `prodution`; .*did you mean `production`\?$/,
    ],
    [
      'one of several classes',
      forbid('context.classes.containsAny(["test", "tset"])'),
      /^x\.cedar:4:45: .*never holds `tset`.*did you mean `test`\?$/,
    ],
    [
      'a flag that is none',
      forbid('context.suspicious || (if context.modelFlags.contains("of_hours") then true else false)'),
      /never holds `of_hours`.*did you mean `off_hours`\?$/,
    ],
  ])('%s', async (_, text, message) => {
    expect(await complaints({ 'x.cedar': text })).toEqual([expect.stringMatching(message)]);
  });

  test('a flag of screening, when the flags are handed in', async () => {
    const folder = policyFolder({ 'x.cedar': forbid('context.textFlags.contains("invisble")') });
    await expect(loadPolicy(folder, { textFlags: TEXT_FLAG_NAMES })).rejects.toThrow(
      /`invisble`.*did you mean `invisible`/,
    );
    await expect(loadPolicy(folder)).resolves.toBeDefined();
  });

  test('a policy that is also there as a comment is found where it really stands', async () => {
    const commented = forbid('context.offHuors').replace(/^/gm, '// ');
    expect(await complaints({ 'x.cedar': `${commented}\n${forbid('context.classes.contains("x")')}` })).toEqual([
      expect.stringMatching(/^x\.cedar:9:33: /),
    ]);
    const policy = await policyWith({ 'x.cedar': `// ${PERMIT_ALL}// "\n\n${PERMIT_ALL}` });
    expect(policy.policies.find(({ id }) => id === 'all')?.place.line).toBe(4);
  });

  test('the twelfth policy of a file is found in its own line', async () => {
    const many = Array.from({ length: 12 }, (_, at) => PERMIT_ALL.replace('"all"', `"all-${at}"`)).join('');
    const { policies } = await policyWith({ 'x.cedar': many });
    const own = policies.filter(({ id }) => id.startsWith('all-'));
    expect(own.map(({ id, place }) => [id, place.line])).toEqual(
      Array.from({ length: 12 }, (_, at) => [`all-${at}`, at + 1]),
    );
  });

  test('everything in all files at once', async () => {
    const found = await complaints({
      'access.yml': 'version: 1\nclasses: {}\nmapping: []\nrols: {}\n',
      'x.cedar': forbid('context.offHuors'),
      'y.cedar': 'permit (',
    });
    expect(found.map((line) => line.split(':')[0])).toEqual(['access.yml', 'x.cedar', 'y.cedar']);
  });
});

describe('no file is left out in silence', () => {
  test.each([
    [
      'a mistyped ending',
      { 'x.ceder': PERMIT_ALL },
      /^x\.ceder:1:1: looks like a policy but does not end in `\.cedar`/,
    ],
    ['an ending in capitals', { 'x.CEDAR': PERMIT_ALL }, /^x\.CEDAR:1:1: looks like a policy/],
    ['a sub-folder', { 'more/x.cedar': PERMIT_ALL }, /^more\/x\.cedar:1:1: looks like a policy but is in a sub-folder/],
    ['no access.yml', { 'access.yml': null }, /^access\.yml:1:1: is missing$/],
    ['no schema', { 'portcullis.cedarschema': null }, /^portcullis\.cedarschema:1:1: is missing$/],
    [
      'a schema that is none',
      { 'portcullis.cedarschema': 'entity Requestor = { named: Bol };' },
      /^portcullis\.cedarschema:1:29: .*Bol/,
    ],
  ])('%s', async (_, files, message) => {
    expect(await complaints(files)).toEqual([expect.stringMatching(message)]);
  });

  test('a folder without any policy', async () => {
    const none = Object.fromEntries(
      ['approve', 'reject', 'close', 'people', 'entitlements', 'break_glass'].map((n) => [`${n}.cedar`, null]),
    );
    expect(await complaints(none)).toEqual([expect.stringMatching(/there is no policy/)]);
  });

  test('a folder that is not there', async () => {
    await expect(loadPolicy('/nowhere/at/all')).rejects.toThrow(
      'POLICY_DIR: /nowhere/at/all:1:1: there is no such folder',
    );
  });

  test('bytes that are no text', async () => {
    const folder = policyFolder();
    writeFileSync(join(folder, 'x.cedar'), Buffer.from([0x70, 0xff, 0xfe]));
    await expect(loadPolicy(folder)).rejects.toThrow('x.cedar:1:1: is not UTF-8');
  });

  test('a copy that an editor left', async () => {
    await expect(policyWith({ 'approve.cedar~': 'anything', 'approve.cedar.bak': 'anything' })).resolves.toBeDefined();
  });
});

describe('a schema that no longer fits the code is found before the first request', () => {
  const edited = async (from: string, to: string) => {
    const schema = readFileSync(join(SHIPPED, 'portcullis.cedarschema'), 'utf8');
    expect(schema).toContain(from);
    return complaints({ 'portcullis.cedarschema': schema.replace(from, to) });
  };

  test('an attribute that the code does not hand over', async () => {
    expect((await edited('known: Bool,', 'known: Bool,\n  trusted: Bool,'))[0]).toMatch(
      /^portcullis\.cedarschema:1:1: a made-up request cannot be decided: .*trusted/,
    );
  });

  test('an attribute that was taken out', async () => {
    expect((await edited('exclusive: Bool,', ''))[0]).toMatch(/a made-up request cannot be decided: .*exclusive/);
  });
});

describe('a policy that fails while it is asked closes the gate', () => {
  // Valid in every type, and past the largest number that Cedar knows as soon as somebody waits for more than a day.
  const failing =
    '@id("fails") @says("fails")\nforbid (principal, action, resource)\nwhen { context.daysSinceCreated > 1 && context.daysSinceCreated * 9223372036854775807 > 1 };\n';
  const waiting = policyCase({
    dossier: { ...policyCase().dossier, facts: { ...policyCase().dossier.facts, daysSinceCreated: 2 } },
  });

  test('for the request that it fails on, although a permit applies and no forbid does', async () => {
    const policy = await policyWith({ 'x.cedar': failing });
    expect(policy.authorize('approve', waiting)).toEqual({
      allowed: false,
      basis: [],
      says: [],
      errors: [expect.stringMatching(/^policy `fails` failed: .*overflow/)],
    });
    expect(policy.matching('approve', waiting).errors).toHaveLength(1);
  });

  test('at the start already, when it fails on any request', async () => {
    const always = failing
      .replace('context.daysSinceCreated > 1 && ', '')
      .replace('daysSinceCreated *', 'daysSinceCreated + 9223372036854775807 +');
    const found = await complaints({ 'x.cedar': always.replace('+ 9223372036854775807 +', '+ 1 +') });
    expect(found).toEqual([expect.stringMatching(/policy `fails` failed: .*overflow/)]);
  });

  test('a value that Cedar cannot take', async () => {
    const policy = await loadPolicy(SHIPPED);
    const broken = {
      ...policyCase(),
      settings: { ...policyCase().settings, closeExpired: 'yes' as unknown as boolean },
    };
    const answer = policy.authorize('approve', broken);
    expect(answer.allowed).toBe(false);
    expect(answer.errors).toHaveLength(1);
  });

  test('a case that is not even one', async () => {
    const policy = await loadPolicy(SHIPPED);
    const answer = policy.authorize('approve', {} as never);
    expect(answer).toMatchObject({
      allowed: false,
      basis: [],
      errors: [expect.stringContaining('could not be asked')],
    });
  });
});

describe('the digest', () => {
  test('changes with every byte that decides, and with nothing else', async () => {
    const same = (await loadPolicy(SHIPPED)).digest;
    const people = { 'people.csv': 'user\nann\n' };
    const digests = await Promise.all(
      [
        { 'README.md': 'notes', 'cases.yml': 'tests: []', 'people.csv': 'not used' },
        { 'approve.cedar~': 'x' },
        { 'break_glass.cedar': null },
        { 'x.cedar': PERMIT_ALL },
        { 'y.cedar': PERMIT_ALL },
        { 'access.yml': 'version: 1\nclasses: {}\nmapping: []\nidentities: { file: people.csv }\n', ...people },
        {
          'access.yml': 'version: 1\nclasses: {}\nmapping: []\nidentities: { file: people.csv }\n',
          'people.csv': 'user\nbob\n',
        },
      ].map(async (files) => (await policyWith(files)).digest),
    );
    expect(digests.slice(0, 2)).toEqual([same, same]);
    expect(new Set([same, ...digests.slice(2)]).size).toBe(6);
  });

  test('a renamed file is another policy', async () => {
    const folder = policyFolder();
    const before = (await loadPolicy(folder)).digest;
    renameSync(join(folder, 'close.cedar'), join(folder, 'closing.cedar'));
    expect((await loadPolicy(folder)).digest).not.toBe(before);
  });
});

test('two policies loaded at once do not answer for each other', async () => {
  const [shipped, open] = await Promise.all([loadPolicy(SHIPPED), policyWith({ 'x.cedar': PERMIT_ALL })]);
  const nothing = policyCase({ risk: 'high' });
  expect(shipped.authorize('reject', nothing).allowed).toBe(false);
  expect(open.authorize('reject', nothing)).toMatchObject({ allowed: true, basis: ['all'], says: ['everything'] });
  expect(shipped.authorize('reject', nothing).allowed).toBe(false);
});
