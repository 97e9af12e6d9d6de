import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sameUser } from '../../../src/domain/account_name.ts';
import type { Identity } from '../../../src/policy/access_model.ts';
import { identitiesLike } from '../../../src/policy/people.ts';

const listed = (user: string, at: number): Identity => ({
  ...{ user, roles: [], department: null, manager: null, entitlements: [] },
  place: { file: 'access.yml', line: at + 1, column: 1 },
});

/** Names that differ in what does not count, and in what does. */
const name = fc.oneof(
  fc.constantFrom(
    'anna',
    'ANNA',
    ' anna ',
    'CORP\\anna',
    'anna@corp',
    'anna\u200b',
    'ann',
    '',
    ' ',
    '@corp',
    'LAB\\Anna',
  ),
  fc.string({ unit: 'grapheme', maxLength: 8 }),
);

test('Finds exactly those whom a look through the whole list finds, in its order', () => {
  fc.assert(
    fc.property(fc.array(name, { maxLength: 12 }), name, (users, account) => {
      const identities = users.map(listed);
      expect(identitiesLike(account, identities)).toEqual(identities.filter(({ user }) => sameUser(user, account)));
    }),
  );
});

test('One list is looked through once', () => {
  let looked = 0;
  const identities = Array.from({ length: 100 }, (_, at) => ({
    ...listed('', at),
    get user() {
      looked++;
      return `user-${at}`;
    },
  }));
  for (let i = 0; i < 50; i++) expect(identitiesLike(`CORP\\User-${i}`, identities)).toHaveLength(1);
  expect(looked).toBe(100);
});
