import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOwn, sameUser } from '../../src/request/access_request.ts';
import { AGENT, request } from '../helpers/requests.ts';

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
