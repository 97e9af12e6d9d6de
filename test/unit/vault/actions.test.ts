import { afterEach, describe, expect, test } from 'vitest';
import type { FaultSpec } from '../../../simulator/faults.ts';
import { createWriter } from '../../../src/vault/actions.ts';
import { readAsset } from '../../../src/vault/assets.ts';
import { vendorCodeIn } from '../../../src/vault/vendor_code.ts';
import { type Visitor, visit } from '../simulator/visitor.ts';
import {
  DEFAULT_PATHS,
  expectNoSecret,
  failure,
  openTestSession,
  placeOf,
  serverOfFile,
  TOKEN,
  testClock,
} from './tools.ts';

const server = await serverOfFile();
let visitor: Visitor | undefined;
afterEach(async () => {
  await visitor?.close();
  visitor = undefined;
});

const writer = (url = server.url, ca = server.ca) => createWriter(openTestSession({ url, ca }), DEFAULT_PATHS);
async function atTheVault(timeoutMs = 5_000) {
  visitor = await visit();
  const { sim } = visitor;
  const clock = testClock();
  return {
    sim,
    clock,
    writer: createWriter(openTestSession({ ...placeOf(sim), timeoutMs }, clock), DEFAULT_PATHS),
  };
}

describe('a comment', () => {
  test.each([
    ['plain words', 'Routine change with a ticket.'],
    ['quotes and backslashes', 'he said "ok" \\ {"comment":"x"}'],
    ['JSON that is one text', '"quoted"'],
    ['a number', '12345678901234567890'],
    ['what looks like a form', 'a=b&c=d%20e+f'],
    ['lines and tabs', 'one\r\ntwo\n\tthree'],
    ['other scripts and emoji', 'Prüfung — 承認 ✅ 👩🏽‍💻'],
    ['nothing', ''],
  ])('of %s arrives to the letter, as plain text', async (_name, comment) => {
    const { sim, writer } = await atTheVault();
    const approved = sim.vault.add({ status: 'Approved' });
    expect(await writer.send('close', approved.id, comment)).toEqual({
      kind: 'accepted',
      says: 'the vault answered 200',
    });
    expect(sim.journal.of('complete')).toMatchObject([
      { body: comment, contentType: 'text/plain; charset=utf-8', status: 200, after: 'Completed' },
    ]);
  });

  test('goes with PUT to the address of its action', async () => {
    server.answer = () => ({});
    for (const action of ['approve', 'reject', 'close'] as const) await writer().send(action, 'r1', 'x');
    expect(server.calls.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'PUT /ztna/acme/api/request/approve/r1',
      'PUT /ztna/acme/api/request/reject/r1',
      'PUT /ztna/acme/api/request/complete/r1',
    ]);
  });
});

describe('an id that the vault gave', () => {
  test.each([
    ['../../asset/asset/1', '..%2F..%2Fasset%2Fasset%2F1'],
    ['a/b', 'a%2Fb'],
    ['a?b=c#d', 'a%3Fb%3Dc%23d'],
    ['a%2e%2e', 'a%252e%252e'],
    ['%2e%2e', '%252e%252e'],
    ['{id}', '%7Bid%7D'],
    ['$&$1', '%24%26%241'],
    ['a\nb', 'a%0Ab'],
    ['a\\..\\b', 'a%5C..%5Cb'],
    ['...', '...'],
    ['zürich', 'z%C3%BCrich'],
  ])('such as %j stays within its place in the address', async (id, written) => {
    server.answer = () => ({});
    expect(await writer().send('approve', id, 'x')).toEqual({ kind: 'accepted', says: 'the vault answered 200' });
    expect(server.calls.map(({ url }) => url)).toEqual([`/ztna/acme/api/request/approve/${written}`]);
  });

  test.each([['.'], ['..'], ['\ud800'], ['']])('such as %j that cannot stand in an address is not sent', async (id) => {
    server.answer = () => ({});
    expect(await writer().send('approve', id, 'x')).toMatchObject({
      kind: 'refused',
      says: expect.stringContaining('cannot stand in an address'),
    });
    expect(await failure(readAsset(openTestSession(server), DEFAULT_PATHS.asset, id))).toMatchObject({
      code: 'refused',
    });
    expect(server.calls).toEqual([]);
  });
});

describe('what became of a write', () => {
  test.each<[string, Omit<FaultSpec, 'on'>, object, string]>([
    [
      'a refusal of the token',
      { kind: 'status', status: 401, body: 'no' },
      { kind: 'refused', says: 'the vault answered 401', credential: 'doubted' },
      'Active',
    ],
    [
      '403',
      { kind: 'status', status: 403 },
      { kind: 'refused', says: 'the vault answered 403', credential: 'doubted' },
      'Active',
    ],
    ['404', { kind: 'status', status: 404 }, { kind: 'refused', says: 'the vault answered 404' }, 'Active'],
    [
      'a wrong state',
      { kind: 'status', status: 409, body: '{"error":{"code":"MSG-00123: secret"}}' },
      { kind: 'refused', says: 'the vault answered 409 MSG-00123' },
      'Active',
    ],
    [
      '429',
      { kind: 'status', status: 429, retryAfter: 1 },
      { kind: 'refused', says: 'the vault answered 429' },
      'Active',
    ],
    ['a redirect', { kind: 'status', status: 302 }, { kind: 'refused', says: 'the vault answered 302' }, 'Active'],
    [
      '500 that did nothing',
      { kind: 'status', status: 500, body: 'MSG-00999' },
      { kind: 'unanswered', says: 'the vault answered 500 MSG-00999', heard: true },
      'Active',
    ],
    [
      '500 that did it',
      { kind: 'status-after', status: 500 },
      { kind: 'unanswered', says: 'the vault answered 500' },
      'Approved',
    ],
    [
      '503',
      { kind: 'status', status: 503, retryAfter: 0 },
      { kind: 'unanswered', says: 'the vault answered 503' },
      'Active',
    ],
    [
      'a connection dropped before',
      { kind: 'reset-before' },
      { kind: 'unanswered', says: 'the vault cannot be reached: connection dropped' },
      'Active',
    ],
    [
      'a connection dropped after',
      { kind: 'reset-after' },
      { kind: 'unanswered', says: 'the vault cannot be reached: connection dropped' },
      'Approved',
    ],
    [
      'silence before',
      { kind: 'hang' },
      { kind: 'unanswered', says: 'the vault cannot be reached: no answer in time' },
      'Active',
    ],
    [
      'silence after',
      { kind: 'hang-after' },
      { kind: 'unanswered', says: 'the vault cannot be reached: no answer in time' },
      'Approved',
    ],
    [
      'a log-in page with 200',
      { kind: 'html' },
      { kind: 'unanswered', says: 'the vault answered 200 with a web page' },
      'Active',
    ],
    [
      'half a JSON body with 200',
      { kind: 'truncated-json' },
      { kind: 'accepted', says: 'the vault answered 200' },
      'Approved',
    ],
  ])('after %s is told, and it is never repeated', async (_name, fault, answer, status) => {
    const { sim, clock, writer } = await atTheVault(fault.kind.startsWith('hang') ? 300 : 5_000);
    const { id } = sim.vault.add();
    sim.faults.add({ on: 'vault.approve', ...fault });
    expect(await writer.send('approve', id, 'ok')).toEqual(answer);
    expect(sim.vault.get(id)?.status).toBe(status);
    expect(sim.journal.calls.filter(({ method }) => method === 'PUT')).toHaveLength(1);
    expect(clock.pauses).toEqual([]);
  });

  test('to a vault that is not there is "refused", because it cannot have arrived', async () => {
    const answer = await writer(server.url.replace(/:\d+/, ':1')).send('approve', 'r1', 'x');
    expect(answer).toEqual({ kind: 'refused', says: 'the vault cannot be reached: connection refused' });
  });

  test('to a vault of the wrong certificate is "refused" too, and holds no token', async () => {
    const { sim } = await atTheVault();
    const answer = await writer(placeOf(sim).url, server.ca).send('approve', 'r1', 'x');
    expect(answer).toMatchObject({ kind: 'refused', says: expect.stringContaining('certificate') });
    expectNoSecret(answer, TOKEN);
  });
});

test.each([
  ['plain MSG-00863 text', 'MSG-00863'],
  ['{"a":{"b":"x MSG-12345: y"}}', 'MSG-12345'],
  ['MSG-123', undefined],
  ['', undefined],
])('the vendor code in %j is %j', (text, code) => expect(vendorCodeIn(text)).toBe(code));

describe('reading an asset', () => {
  test.each([
    ['something else', 'wrong-shape', { body: { items: [] } }],
    ['a list', 'wrong-shape', { body: [{ id: 'a1' }] }],
    ['a refusal', 'unauthorized', { status: 401 }],
    ['that it is not there', 'refused', { status: 404 }],
    ['a web page', 'not-json', { body: '<html>' }],
  ])('ends with a clear error when the vault answers %s', async (_name, code, reply) => {
    server.answer = () => reply;
    expect(await failure(readAsset(openTestSession(server), DEFAULT_PATHS.asset, 'a1'))).toMatchObject({ code });
  });
});
