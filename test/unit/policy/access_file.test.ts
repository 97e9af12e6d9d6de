import { describe, expect, test } from 'vitest';
import { readAccess } from '../../../src/policy/access_file.ts';
import { inReadingOrder, placed } from '../../../src/policy/place.ts';

const START =
  'version: 1\nclasses:\n  production: { about: live systems, owner: boss }\n  test: { about: no real data }\nmapping: []\n';
/** What the lines after START (from line 6 on) are blamed for. */
function blamed(lines: string, start = START): string[] {
  const read = readAccess('access.yml', start + lines, () => null);
  return 'findings' in read
    ? inReadingOrder(read.findings).map(({ place, message }) => `${placed(place)}: ${message}`)
    : [];
}
/** START with a row in its mapping, on line 5. */
const mapping = (row: string) => START.replace('[]', `[${row}]`);

describe('every problem of access.yml is told with its place, what is allowed and what was probably meant', () => {
  test.each([
    [
      'an unknown key',
      'never_atuo: []',
      /^access\.yml:6:1: unknown key `never_atuo`; allowed here: version, classes, .*; did you mean `never_auto`\?$/,
    ],
    [
      'an unknown key further down',
      'roles:\n  dba:\n    standart: [db:read]\n    standard: []',
      /^access\.yml:8:5: unknown key `standart`; allowed here: about, standard; did you mean `standard`\?$/,
    ],
    [
      'an unknown key in a row of the mapping',
      '',
      /^access\.yml:5:21: unknown key `containr`; .*did you mean `container`\?$/,
      mapping('{ when: { containr: /x, tag: y }, classes: [test] }'),
    ],
    [
      'a risk that is none',
      '',
      /^access\.yml:2:\d+: `meduim` is not allowed; allowed: low, medium, high, critical; did you mean `medium`\?$/,
      'version: 1\nclasses: { production: { about: live, floor: meduim } }\nmapping: []\n',
    ],
    [
      'a floor for what is privileged that is below that of the class',
      '',
      /^access\.yml:2:\d+: `medium` is below the `floor` of the class, `high`, and would never count$/,
      'version: 1\nclasses: { production: { about: live, floor: high, floor_privileged: medium } }\nmapping: []\n',
    ],
    [
      'a reach that is none',
      '',
      /^access\.yml:5:\d+: `forest` is not allowed; allowed: host, service, site, domain$/,
      mapping('{ when: { tag: y }, reach: forest }'),
    ],
    [
      'a class nobody described',
      'never_auto: [test, prodution]',
      /^access\.yml:6:20: unknown class `prodution`; described: production, test; did you mean `production`\?$/,
    ],
    [
      'a class in the mapping',
      '',
      /^access\.yml:5:\d+: unknown class `tset`; .*did you mean `test`\?$/,
      mapping('{ when: { tag: y }, classes: [tset] }'),
    ],
    [
      'a class in the approvals',
      'approvals:\n  productoin: [manager]',
      /^access\.yml:7:3: unknown class `productoin`; .*did you mean `production`\?$/,
    ],
    [
      'a role nobody described',
      'roles: { dba: { standard: [] } }\nidentities:\n  people: [{ user: ann, roles: [dbaa] }]',
      /^access\.yml:8:\d+: unknown role `dbaa`; described: dba; did you mean `dba`\?$/,
    ],
    [
      'an approver nobody knows',
      'approvals: { production: [managr] }',
      /^access\.yml:6:\d+: `managr` is not allowed; allowed: manager, owner; did you mean `manager`\?$/,
    ],
    [
      'an owner asked for where there is none',
      'approvals: { test: [owner] }',
      /^access\.yml:6:14: asks for the owner of `test`, and that class has no `owner`/,
    ],
    [
      'braces that do not close',
      'privileged: ["a{b:admin"]',
      /^access\.yml:6:14: .*braces of the pattern do not close/,
    ],
    [
      'an entitlement without a level',
      'privileged: [admin]',
      /^access\.yml:6:14: `admin`: expected a pattern of `resource:level`/,
    ],
    [
      'a row that fits everything',
      '',
      /^access\.yml:5:\d+: give at least one pattern/,
      mapping('{ when: {}, classes: [test] }'),
    ],
    [
      'a row that says nothing',
      '',
      /^access\.yml:5:\d+: give an `entitlement`, `classes`, a `reach`/,
      mapping('{ when: { tag: x } }'),
    ],
    [
      'a wildcard in what a row gives',
      '',
      /^access\.yml:5:\d+: `prod:\*`: expected `resource:level`/,
      mapping('{ when: { tag: x }, entitlement: "prod:*" }'),
    ],
    ['a conflict of one duty', 'sod_conflicts: [[a:b]]', /^access\.yml:6:17: a conflict is between two or more duties/],
    [
      'a conflict that is a text',
      'sod_conflicts: [a:b]',
      /^access\.yml:6:17: expected a list, not a text \(each conflict is a list of its own: `- \[a:b, c:d\]`\)$/,
    ],
    [
      'a text for a list',
      'privileged: a:b',
      /expected a list, not a text \(a list of one stands in brackets: `\[…\]`\)$/,
    ],
    ['a list of nothing', 'privileged:', /expected a list, not nothing \(`\[\]` is a list of none\)$/],
    [
      'a duty that is none, in a list and in a map',
      'sod_conflicts: [[a:b, c]]',
      /^access\.yml:6:23: `c`: expected a pattern of `resource:level`/,
    ],
    [
      'a duty that is none in a map',
      'sod_conflicts: [{ of: [a:b, c] }]',
      /^access\.yml:6:\d+: `c`: expected a pattern of `resource:level`/,
    ],
    [
      'an unknown key of a conflict',
      'sod_conflicts: [{ of: [a:b, c:d], at_mots: 1 }]',
      /^access\.yml:6:\d+: unknown key `at_mots`; allowed here: of, at_most; did you mean `at_most`\?$/,
    ],
    [
      'a conflict that could never be',
      'sod_conflicts: [{ of: [a:b, c:d], at_most: 2 }]',
      /^access\.yml:6:\d+: `2`: one person may hold all 2 of these duties, so nothing is ever in conflict$/,
    ],
    ['a conflict of none', 'sod_conflicts: [{ of: [a:b, c:d], at_most: 0 }]', /^access\.yml:6:\d+: `0`: .*1 or more$/],
    [
      'a list of three given twice',
      'sod_conflicts: [[a:b, c:d, e:f], { of: [e:f, c:d, A:b] }]',
      /^access\.yml:6:\d+: this conflict stands here a second time/,
    ],
    [
      'a pair of one with itself',
      'sod_conflicts: [[a:b, a:b]]',
      /^access\.yml:6:17: `a:b` cannot be in conflict with itself$/,
    ],
    [
      'a pair given twice',
      'sod_conflicts: [[a:b, c:d], [c:d, a:b]]',
      /^access\.yml:6:29: this pair stands here a second time/,
    ],
    ['a key given twice', 'never_auto: []\nnever_auto: []', /^access\.yml:7:1: this key stands here a second time$/],
    [
      'a missing description',
      '',
      /^access\.yml:4:9: `about` is missing$/,
      START.replace('about: no real data', 'owner: x'),
    ],
    [
      'hours that are none',
      '',
      /^access\.yml:4:\d+: `0`: expected whole hours, 1 or more$/,
      START.replace('about: no real data', 'about: x, max_hours: 0'),
    ],
    [
      'half an hour',
      '',
      /^access\.yml:4:\d+: expected a whole number, not `0\.5`$/,
      START.replace('about: no real data', 'about: x, max_hours: 0.5'),
    ],
    [
      'a yes that is no boolean',
      '',
      /^access\.yml:4:\d+: expected `true` or `false`, not a text$/,
      START.replace('about: no real data', 'about: x, break_glass: yes'),
    ],
    [
      'a user that is a number',
      'identities: { people: [{ user: 4711 }] }',
      /^access\.yml:6:\d+: expected a text, not a number \(put it in quotes\)$/,
    ],
    [
      'a day that does not exist',
      'exceptions: [{ id: e, user: u, entitlement: "a:b", until: 2026-02-31, owner: o, reason: r }]',
      /^access\.yml:6:\d+: `2026-02-31`: expected a day, such as/,
    ],
    [
      'an exception given twice',
      'exceptions:\n- &e { id: e, user: u, entitlement: "a:b", until: 2026-02-01, owner: o, reason: r }\n- *e',
      /^access\.yml:8:\d+: the exception `e` stands here a second time$/,
    ],
    [
      'a person listed twice',
      'identities: { people: [{ user: ann }, { user: CORP\\Ann }] }',
      /^access\.yml:6:39: `CORP\\Ann` is listed at access\.yml:6:24 already$/,
    ],
    ['identities outside the folder', 'identities: { file: ../people.csv }', /^access\.yml:6:21: .*without a path$/],
    [
      'identities that are not there',
      'identities: { file: people.csv }',
      /^access\.yml:6:21: `people\.csv` is not in this folder$/,
    ],
    [
      'an odd name of a class',
      '',
      /^access\.yml:4:3: `Test`: a name has small letters/,
      START.replace('  test:', '  Test:'),
    ],
    [
      'a version of the future',
      '',
      /^access\.yml:1:10: `2` is not allowed; allowed: 1$/,
      START.replace('version: 1', 'version: 2'),
    ],
    ['broken indentation', ' x: [', /^access\.yml:\d+:\d+: /],
  ])('%s', (_, lines, message, start = START) => {
    expect(blamed(lines, start)[0]).toMatch(message);
  });

  test('all of them at once, in the order of the lines', () => {
    const all = blamed('never_auto: [prodution]\nprivileged: [admin]\nrolse: {}\nsod_conflicts: [[a:b]]');
    expect(all.map((line) => line.split(':')[1])).toEqual(['6', '7', '8', '9']);
  });

  test('a class whose description is broken is not reported as unknown as well', () => {
    const all = blamed('never_auto: [test]', START.replace('about: no real data', 'abuot: x, about: y'));
    expect(all).toEqual([expect.stringMatching(/^access\.yml:4:11: unknown key/)]);
  });

  test('an empty file', () => {
    expect(blamed('', '')).toEqual([expect.stringMatching(/^access\.yml:1:1: expected a map of keys, not nothing/)]);
  });

  test('a file that would fill the memory by naming itself', () => {
    const nine = (name: string) => Array.from({ length: 9 }, () => name).join(',');
    const bomb = `a: &a [${nine('x')}]\nb: &b [${nine('*a')}]\nc: &c [${nine('*b')}]\nd: [${nine('*c')}]\n`;
    expect(blamed('', bomb)).toEqual([expect.stringMatching(/alias/)]);
  });

  test('a text with line breaks and escapes stays one line of a message', () => {
    expect(blamed('never_auto: ["a\\nb\\x1b[31m"]')[0]).toMatch(/unknown class `a b\[31m`/);
  });
});

test('a file without the optional parts is complete', () => {
  const read = readAccess('access.yml', START, () => null);
  if (!('model' in read)) expect.unreachable('the shortest file was refused');
  expect([...read.model.classes.keys()]).toEqual(['production', 'test']);
  expect(read.model.neverAuto.size).toBe(0);
});

test('a file of identities that lists nobody is a mistake: everybody would count as known', () => {
  const read = (identities: string) =>
    readAccess('access.yml', `${START}identities: ${identities}`, (file) => ({ file, text: 'user,roles\n\n' }));
  const alone = read('{ file: people.csv }');
  expect('findings' in alone && alone.findings.map(({ place, message }) => `${placed(place)}: ${message}`)).toEqual([
    expect.stringMatching(/^people\.csv:1:1: lists nobody/),
  ]);
  expect(read('{ file: people.csv, people: [{ user: ann }] }')).toHaveProperty('model');
});

test('people of the file and of the CSV beside it come together, and may not overlap', () => {
  const text = `${START}roles: { dba: { standard: [] } }\nidentities: { file: people.csv, people: [{ user: ann }] }`;
  const csv = (body: string) => readAccess('access.yml', text, (file) => ({ file, text: `user,roles\n${body}` }));
  const read = csv('bob,dba');
  if (!('model' in read)) expect.unreachable('two different people were refused');
  expect(read.model.identities.map(({ user, roles }) => [user, roles])).toEqual([
    ['ann', []],
    ['bob', ['dba']],
  ]);
  const doubled = csv('ann@corp.example,dba');
  expect('findings' in doubled && doubled.findings.map(({ place, message }) => [placed(place), message])).toEqual([
    ['people.csv:2:1', '`ann@corp.example` is listed at access.yml:7:42 already'],
  ]);
});
