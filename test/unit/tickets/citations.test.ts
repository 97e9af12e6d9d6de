import { describe, expect, test } from 'vitest';
import { TICKET_SYSTEM, ticketSystem } from '../../../src/policy/ticket_systems.ts';
import { citationsIn } from '../../../src/tickets/citations.ts';

const given = (changes: Record<string, unknown> = {}) => ({
  ...{ name: 'desk', kind: 'servicenow', patterns: ['INC\\d+', 'CHG\\d{7}', 'OPS-\\d{1,4}'] },
  ...{ url: 'https://desk.example', credential_asset: 'asset-1', ...changes },
});
const system = (changes = {}) => ticketSystem(TICKET_SYSTEM.parse(given(changes)));
const cited = (text: string) => citationsIn(text, [system()]).map(({ number }) => number);

describe('the tickets that a text names', () => {
  test.each([
    ['see INC0010023, please', ['INC0010023']],
    ['inc0010023 and INC0010023 again', ['INC0010023']],
    ['(CHG0030001)/OPS-17: both', ['CHG0030001', 'OPS-17']],
    ['_INC7_ *INC8* “INC9”', ['INC7', 'INC8', 'INC9']],
    ['ＩＮＣ００１', ['INC001']],
    ['CHG003 has too few digits, CHG00300012 too many', []],
    ['XINC001 and INC001X and INC-001', []],
    ['INC followed by nothing, INC1234567890123 by too much', []],
    ['', []],
  ])('%s', (text, numbers) => {
    expect(cited(text)).toEqual(numbers);
  });
});

describe('a ticket system of access.yml', () => {
  test.each([
    [
      '(a+)+$',
      'INC.*',
      'INC\\d*',
      '\\d+',
      'INC',
      'INC\\d{0}',
      'INC\\d{5,2}',
      'INC\\d{13}',
      '(INC|CHG)\\d+',
      'IN C\\d+',
    ],
  ])('takes no other pattern than letters and digits', (...patterns) => {
    for (const pattern of patterns) expect(TICKET_SYSTEM.safeParse(given({ patterns: [pattern] })).success).toBe(false);
  });

  test.each([
    ['http', { url: 'http://desk.example' }],
    ['a user in the address', { url: 'https://me:pw@desk.example' }],
    [
      'a number that chooses the host',
      { kind: 'json', url: 'https://{number}.example', fields: { number: 'n', open: 'o' } },
    ],
    ['`json` without a number', { kind: 'json', fields: { number: 'n', open: 'o' } }],
    ['`json` without paths', { kind: 'json', url: 'https://desk.example/{number}' }],
    ['an unknown key', { passwort: 'x' }],
    ['a secret beside the asset', { password: 'x' }],
    ['a user with a colon', { user: 'me:too' }],
  ])('is refused with %s', (_, changes) => {
    expect(TICKET_SYSTEM.safeParse(given(changes)).success).toBe(false);
  });

  test('has the usual fields of its kind unless told otherwise', () => {
    expect(system().fields).toMatchObject({ number: 'number', open: 'active', asset: 'cmdb_ci.name' });
    const jira = system({ kind: 'jira', fields: { asset: 'fields.customfield_10100' } });
    expect(jira.fields).toMatchObject({ number: 'key', asset: 'fields.customfield_10100', from: null });
  });
});
