import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOwn, requestorKey, sameUser } from '../../../src/domain/access_request.ts';
import { AGENT, request } from '../../helpers/requests.ts';

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

describe("The agent's own request", () => {
  test.each([
    [{ id: AGENT, name: null, displayName: null }],
    [{ id: 'u-1', name: `CORP\\${AGENT.toUpperCase()}`, displayName: 'A robot' }],
    [{ id: 'u-1', name: 'somebody', displayName: AGENT }],
  ])('is known by id, name or display name: %j', (requestor) => {
    expect(isOwn(request({ requestor }), ['other', AGENT])).toBe(true);
  });

  test('is not one of somebody else, nor of nobody', () => {
    expect(isOwn(request(), [AGENT])).toBe(false);
    expect(isOwn(request({ requestor: { id: null, name: null, displayName: null } }), [AGENT, ''])).toBe(false);
  });
});

describe('One key for everything that a person asked for', () => {
  const keyOf = (id: string | null, name: string | null, displayName: string | null = null) =>
    requestorKey(request({ requestor: { id, name, displayName } }));

  test('is the id, whatever the names', () => {
    expect(keyOf('u-1', 'anna')).toBe('id:u-1');
    expect(keyOf(' u-1 ', 'somebody else', 'Anna')).toBe('id:u-1');
    expect(keyOf('u-1', null)).not.toBe(keyOf('u-2', null));
  });

  test.each(['CORP\\anna', 'ANNA@corp.example', ' anna ', 'an\u200bna'])(
    'is the account without case and domain, however it is spelled: %j',
    (name) => {
      expect(keyOf(null, name)).toBe('name:anna');
      expect(keyOf(' ', null, name)).toBe('name:anna');
    },
  );

  test('is none where the vault names nobody', () => {
    expect([keyOf(null, null), keyOf('', ' ', ''), keyOf(null, '\u200b', '@corp.example')]).toEqual([null, null, null]);
  });

  test('of an id is never that of a name', () => {
    expect(keyOf('anna', null)).not.toBe(keyOf(null, 'anna'));
    expect(keyOf(null, 'id:anna')).not.toBe(keyOf('anna', null));
  });
});
