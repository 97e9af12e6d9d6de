import { describe, expect, test } from 'vitest';
import { readIdentities } from '../../../src/policy/identities_csv.ts';

const ROLES = new Set(['dba', 'helpdesk']);
const read = (text: string) => {
  const { identities, findings } = readIdentities('people.csv', text, ROLES);
  return {
    people: identities.map(({ place, ...rest }) => ({ ...rest, line: place.line })),
    problems: findings.map(({ place, message }) => `${place.line}: ${message}`),
  };
};

describe('identities from a CSV', () => {
  test('columns in any order, several roles, quotes, empty lines, both line ends', () => {
    const text =
      'manager,user,roles,department,entitlements\r\nboss,ann,dba; helpdesk,"R&D, ""east""",a:b;c:d\r\n\r\n,bob,,,\n"multi\nline",eve,,,';
    expect(read(text)).toEqual({
      problems: [],
      people: [
        {
          user: 'ann',
          roles: ['dba', 'helpdesk'],
          department: 'R&D, "east"',
          manager: 'boss',
          entitlements: ['a:b', 'c:d'],
          line: 2,
        },
        { user: 'bob', roles: [], department: null, manager: null, entitlements: [], line: 4 },
        { user: 'eve', roles: [], department: null, manager: 'multi\nline', entitlements: [], line: 5 },
      ],
    });
  });

  test('only the user is required', () => {
    expect(read('user\nann\nbob\n').people.map(({ user }) => user)).toEqual(['ann', 'bob']);
  });

  test.each([
    ['an empty file', '', /^1: the first line names the columns/],
    ['an unknown column', 'user,rolle\nann,dba', /^1: unknown column `rolle`; allowed: .*; did you mean `roles`\?$/],
    ['a column twice', 'user,user\na,b', /^1: a column stands here a second time$/],
    ['a field too many', 'user,roles\nann,dba,x\n', /^2: 3 fields, but the first line names 2 columns$/],
    ['a quote that does not close', 'user,roles\nann,"dba\nbob,dba', /^2: a quote that does not close/],
    ['a quote in the middle', 'user\nan"n"\n', /^2: a quote that does not close, or stands inside/],
    ['text after a closing quote', 'user\n"ann"x\n', /^2: a quote/],
    ['nobody', 'user,roles\n,dba', /^2: `user` is empty$/],
    ['an unknown role', 'user,roles\nann,dba\nbob,helpdsk', /^3: unknown role `helpdsk`; .*did you mean `helpdesk`\?$/],
    ['an entitlement without a level', 'user,entitlements\nann,payment', /^2: `payment`: expected `resource:level`/],
    ['the line after a field of several lines', 'user,department\nann,"a\nb"\nbob', /^4: 1 fields/],
  ])('%s is told with its line', (_, text, problem) => {
    expect(read(text).problems[0]).toMatch(problem);
  });
});
