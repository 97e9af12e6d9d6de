import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accountKey, isSameName, mayBeSameUser, sameUser } from '../../../src/domain/account_name.ts';

describe('Two account names mean the same user', () => {
  test.each([
    ['svc-portcullis', 'SVC-Portcullis'],
    ['CORP\\svc-portcullis', 'svc-portcullis'],
    ['svc-portcullis@corp.example', 'svc-portcullis'],
    ['CORP\\svc-portcullis', 'svc-portcullis@corp.example'],
    ['  svc-portcullis ', 'svc-portcullis'],
    ['CORP\\ svc-portcullis', 'svc-portcullis'],
    ['svc-portcullis @corp', 'svc-portcullis'],
    ['ｓｖｃ-portcullis', 'svc-portcullis'],
    ['e\u0301mile', 'émile'],
    ['svc\u200b-portcullis', 'svc-portcullis'],
  ])('%j and %j', (a, b) => {
    expect(sameUser(a, b)).toBe(true);
    expect(sameUser(b, a)).toBe(true);
  });

  test.each([
    ['svc-portcullis', 'svc-portcullis2'],
    ['svc-portcullis', 'svc'],
    ['', ''],
    ['@corp', '@corp'],
    ['CORP\\', 'CORP\\'],
    ['a b', 'ab'],
  ])('but not %j and %j', (a, b) => {
    expect(sameUser(a, b)).toBe(false);
  });

  test('whatever the domain, the case and the blanks around', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9._-]{0,12}$/);
    const domain = fc.constantFrom('', 'CORP\\', 'a.b\\', ' corp\\');
    const suffix = fc.constantFrom('', '@corp', '@a.example ', ' ');
    fc.assert(
      fc.property(name, domain, suffix, fc.boolean(), (plain, before, after, upper) => {
        expect(sameUser(`${before}${upper ? plain.toUpperCase() : plain}${after}`, plain)).toBe(true);
      }),
    );
  });
});

describe('A name that is exactly another', () => {
  test('has its letters in whatever case, with blanks around', () => {
    expect(isSameName(' Svc-Portcullis', 'svc-portcullis')).toBe(true);
  });

  test.each(['CORP\\svc', 'svc@corp', 's\u200bvc', 'ｓvc', 'ſvc', '', ' '])('is not %j', (other) => {
    expect(isSameName(other, 'svc')).toBe(false);
    expect(isSameName(other, '')).toBe(false);
  });
});

test('What is the same user may be the same user, and either way round', () => {
  const name = fc.string({ unit: 'grapheme', maxLength: 30 });
  fc.assert(
    fc.property(name, name, (a, b) => {
      expect(mayBeSameUser(a, b)).toBe(mayBeSameUser(b, a));
      if (sameUser(a, b)) expect(mayBeSameUser(a, b)).toBe(true);
    }),
  );
});

test.each(['(', '<', '[', '\\2d', '%2d', 'a=b,', '&#45;', ',', '@', '/', '#ext#', 'vv', '٠', '|'])(
  'A name made of %j over and over takes no time',
  (piece) => {
    const started = performance.now();
    for (let i = 0; i < 20; i += 1) accountKey(`${i}${piece.repeat(5000)}`);
    expect(performance.now() - started).toBeLessThan(2000);
  },
);
