import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import { assetFromWire, isMalformed, pageFromWire, requestFromWire } from '../../../src/vault/wire.ts';
import { examples } from '../../suite/property_runs.ts';
import { NOON } from './tools.ts';

const plain = { id: 'r1', status: 'Active', created: NOON };
function read(raw: unknown): AccessRequest {
  const record = requestFromWire(raw, 0);
  if (isMalformed(record)) throw new Error(`malformed: ${record.problem}`);
  return record;
}

describe('a request with nothing but the three required fields', () => {
  test('is read, and everything else is absent', () => {
    expect(read(plain)).toEqual({
      ...plain,
      approved: null,
      completed: null,
      requestedFrom: null,
      requestedTo: null,
      justification: '',
      exclusive: null,
      operation: null,
      entityType: null,
      asset: null,
      requestor: { id: null, name: null, displayName: null },
      form: null,
      level: null,
      levels: null,
      approvals: [],
    });
  });

  test.each([
    ['id', { id: undefined }],
    ['id', { id: null }],
    ['id', { id: '' }],
    ['id', { id: '  ' }],
    ['id', { id: {} }],
    ['id', { id: true }],
    ['status', { status: null }],
    ['status', { status: ['Active'] }],
    ['created', { created: null }],
    ['created', { created: 'yesterday' }],
    ['created', { created: 0 }],
    ['created', { created: -1 }],
    ['created', { created: '' }],
    ['id, status, created', { id: null, status: '', created: false }],
  ])('is malformed when `%s` cannot be used: %j', (missing, change) => {
    expect(requestFromWire({ ...plain, ...change }, 7)).toEqual({
      position: 7,
      id: 'id' in change ? null : 'r1',
      problem: `no usable ${missing}`,
    });
  });

  test.each([
    'r1 ',
    ' r1',
    'r\u200b1',
    'r1\u0000',
    're\u0301q',
    'r  1',
    'ｒ1',
    'r\n1',
    '\u00a0r1',
    `r${'1'.repeat(300)}`,
  ])('is malformed when its id %j could be taken for another one', (id) => {
    expect(requestFromWire({ ...plain, id }, 7)).toMatchObject({
      position: 7,
      id,
      problem: expect.stringContaining('its id'),
    });
  });

  test.each(['r 1', 'réq', 'R1', 'a/b', '..x', '中-1'])('may have the plain id %j', (id) => {
    expect(read({ ...plain, id }).id).toBe(id);
  });

  test.each([' Active ', 'Active\n', '\tActive', '\u00a0Active\ufeff'])(
    'has the status Active, written %j',
    (status) => {
      expect(read({ ...plain, status }).status).toBe('Active');
    },
  );

  test.each(['active', 'Act\u200bive', 'Аctive', 'Active.'])('has another status, written %j', (status) => {
    expect(read({ ...plain, status }).status).not.toBe('Active');
  });

  test.each([[null], [undefined], ['text'], [42], [true], [[]], [[plain]]])('is malformed when it is %j', (raw) => {
    expect(requestFromWire(raw, 3)).toEqual({ position: 3, id: null, problem: 'no usable id, status, created' });
  });

  test('is malformed when its id is a number that JSON cannot hold exactly, for it would be the id of another', () => {
    expect(requestFromWire(JSON.parse('{"id":12345678901234567890,"status":"Active","created":1}'), 0)).toMatchObject({
      id: null,
    });
    expect(read({ ...plain, id: 4711 }).id).toBe('4711');
  });
});

describe('the names of a field', () => {
  const jane = { id: null, name: 'jdoe', displayName: null };
  test.each<[string, unknown, Partial<AccessRequest>]>([
    ['requestId', 'r2', { id: 'r2' }],
    ['uuid', 'r2', { id: 'r2' }],
    ['createdAt', NOON, { created: NOON }],
    ['requested', NOON, { created: NOON }],
    ['approvedAt', NOON, { approved: NOON }],
    ['approvedDate', NOON, { approved: NOON }],
    ['completedAt', NOON, { completed: NOON }],
    ['message', 'why', { justification: 'why' }],
    ['reason', 'why', { justification: 'why' }],
    ['justification', 'why', { justification: 'why' }],
    ['comment', 'why', { justification: 'why' }],
    ['entityId', 'a1', { asset: { id: 'a1', name: null } }],
    ['assetId', 'a1', { asset: { id: 'a1', name: null } }],
    ['asset', { id: 'a1', name: 'DC01' }, { asset: { id: 'a1', name: 'DC01' } }],
    ['entityName', 'DC01', { asset: { id: null, name: 'DC01' } }],
    ['assetName', 'DC01', { asset: { id: null, name: 'DC01' } }],
    ['requestor', 'jdoe', { requestor: jane }],
    ['requester', 'jdoe', { requestor: jane }],
    ['user', 'jdoe', { requestor: jane }],
    ['createdBy', 'jdoe', { requestor: jane }],
    ['requestor', { name: 'jdoe' }, { requestor: jane }],
    ['requester', { username: 'jdoe' }, { requestor: jane }],
    ['user', { userName: 'jdoe' }, { requestor: jane }],
    ['createdBy', { login: 'jdoe' }, { requestor: jane }],
    ['requestor', { id: 7, displayName: 'Jane' }, { requestor: { id: '7', name: null, displayName: 'Jane' } }],
    ['form', 'Tier 0', { form: { id: null, name: 'Tier 0', type: null } }],
    ['form', { id: 1, type: 'Automatic' }, { form: { id: '1', name: null, type: 'Automatic' } }],
    ['exclusive', 'true', { exclusive: true }],
    ['exclusive', false, { exclusive: false }],
    ['exclusive', 1, { exclusive: null }],
    ['level', '2', { level: 2 }],
    ['levels', 3, { levels: 3 }],
  ])('`%s` with %j is understood', (name, value, expected) => {
    const { id: _id, ...withoutId } = plain;
    const { created: _created, ...withoutTime } = plain;
    const rest = 'id' in expected ? withoutId : 'created' in expected ? withoutTime : plain;
    expect(read({ ...rest, [name]: value })).toMatchObject(expected);
  });

  test('the first name wins, and an empty or absent one gives way to the next', () => {
    expect(read({ ...plain, requestId: 'other' }).id).toBe('r1');
    expect(read({ ...plain, id: null, requestId: 'r2' }).id).toBe('r2');
    expect(read({ ...plain, message: '', reason: 'why' }).justification).toBe('why');
  });

  test.each([
    ['Space', null],
    ['asset', { id: 'a1', name: 'x' }],
    [null, { id: 'a1', name: 'x' }],
  ])('a request about a %s points at an asset: %j', (entityType, asset) => {
    expect(read({ ...plain, entityType, entityId: 'a1', entityName: 'x' }).asset).toEqual(asset);
  });
});

describe('a time', () => {
  test.each([
    ['milliseconds', 1777493141787, 1777493141787],
    ['milliseconds with a fraction', 1777493141787.9, 1777493141787],
    ['digits', '1777493141787', 1777493141787],
    ['digits with blanks', ' 1777493141787 ', 1777493141787],
    ['ISO in UTC', '2026-04-29T12:00:00Z', NOON],
    ['ISO with milliseconds', '2026-04-29T12:00:00.250Z', NOON + 250],
    ['ISO with nanoseconds', '2026-04-29T12:00:00.123456789Z', NOON + 123],
    ['ISO with an offset', '2026-04-29T14:00:00+02:00', NOON],
    ['ISO with an offset without colon', '2026-04-29T14:00:00+0200', NOON],
    ['ISO without seconds', '2026-04-29T12:00Z', NOON],
    ['ISO without an offset, which means UTC', '2026-04-29T12:00:00', NOON],
    ['ISO without offset or seconds', '2026-04-29T12:00', NOON],
  ])('may come as %s', (_name, written, expected) => {
    expect(read({ ...plain, created: written }).created).toBe(expected);
  });

  test('without an offset means UTC whatever zone this machine is in', () => {
    const zone = process.env.TZ;
    try {
      process.env.TZ = 'America/New_York';
      expect(read({ ...plain, created: '2026-04-29T12:00:00' }).created).toBe(NOON);
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  });

  test.each([
    ['seconds since the epoch', 1777493141],
    ['seconds in digits', '1777493141'],
    ['a day in digits', '20260429'],
    ['the year nought', '0001-01-01T00:00:00Z'],
    ['a number beyond all dates', 1e17],
    ['endless digits', '9'.repeat(40)],
    ['a day', '2026-04-29'],
    ['SQL', '2026-04-29 12:00:00'],
    ['RFC 2822', 'Wed, 29 Apr 2026 12:00:00 GMT'],
    ['a zone by name', '2026-04-29T14:00+02:00[Europe/Berlin]'],
    ['half an offset', '2026-04-29T14:00:00+02'],
    ['an hour that does not exist', '2026-04-29T25:00:00Z'],
    ['Java as a list', [2026, 4, 29, 12, 0]],
    ['an object', { seconds: 1 }],
    ['a truth', true],
  ])('that comes as %s is not guessed at: the record is malformed', (_name, created) => {
    expect(requestFromWire({ ...plain, created }, 0)).toMatchObject({ id: 'r1', problem: 'no usable created' });
  });
});

describe('the approval time', () => {
  const approvals = [
    { level: 1, user: 'boss', decision: 'Approved', message: 'ok', created: NOON },
    { level: 2, user: { name: 'ciso' }, decision: 'approved', created: `${NOON + 5}` },
    { level: 3, user: 'x', decision: 'Rejected', created: NOON + 9 },
  ];
  test('is that of the last approval when it has no field of its own', () => {
    const request = read({ ...plain, status: 'Approved', approvals });
    expect(request.approved).toBe(NOON + 5);
    expect(request.approvals.map(({ user }) => user)).toEqual(['boss', 'ciso', 'x']);
  });
  test('is absent while the request is still Active on its next level', () => {
    expect(read({ ...plain, approvals }).approved).toBeNull();
  });
  test('is absent when no approval carries a time', () => {
    expect(read({ ...plain, status: 'Approved', approvals: [{ decision: 'Approved' }, null, 5] }).approved).toBeNull();
  });
});

describe('a page', () => {
  test.each([['total'], ['totalCount'], ['count'], ['rowCount']])('may call its total `%s`', (name) => {
    expect(pageFromWire({ data: [], [name]: '12' })).toEqual({ records: [], total: 12 });
  });
  test.each([[null], [[]], ['x'], [{}], [{ data: null }], [{ data: {} }], [{ items: [] }]])('is none: %j', (raw) => {
    expect(pageFromWire(raw)).toBeNull();
  });
  test('needs no total', () => expect(pageFromWire({ data: [1] })).toEqual({ records: [1], total: null }));
});

describe('an asset', () => {
  test.each<[string, object, object]>([
    ['type.name', { type: { name: 'Server' } }, { type: 'Server' }],
    ['type', { type: 'Server' }, { type: 'Server' }],
    ['assetType.name', { assetType: { name: 'Server' } }, { type: 'Server' }],
    ['assetType', { assetType: 'Server' }, { type: 'Server' }],
    ['container', { container: { id: 'c', path: '/T0' } }, { containerId: 'c', containerPath: '/T0' }],
    ['containerPath', { containerPath: '/T0' }, { containerPath: '/T0' }],
    ['path', { path: '/T0' }, { containerPath: '/T0' }],
    ['parent', { parent: { id: 'c', path: '/T0' } }, { containerId: 'c', containerPath: '/T0' }],
    ['tags as text', { tags: ['a :: b', 5, null, ''] }, { tags: ['a :: b', '5'] }],
    ['tags as objects', { tags: [{ path: 'p' }, { term: 't' }, { name: 'n' }, {}] }, { tags: ['p', 't', 'n'] }],
    ['data', { data: { id: 'inner', name: 'n' } }, { id: 'inner', name: 'n' }],
  ])('is understood with `%s`', (_name, fields, expected) => {
    expect(assetFromWire({ id: 'a1', ...fields })).toMatchObject(expected);
  });

  test('keeps nothing but the allowed fields, so that no secret is carried along', () => {
    const raw = {
      id: 'a1',
      password: 'hunter2',
      fields: { Password: 'hunter2' },
      tags: [{ name: 't', secret: 'hunter2' }],
    };
    expect(JSON.stringify(assetFromWire(raw))).not.toContain('hunter2');
    expect(Object.keys(assetFromWire(raw) ?? {}).sort()).toEqual(
      ['containerId', 'containerPath', 'id', 'name', 'tags', 'type'].sort(),
    );
  });

  test('without an id is none', () => expect(assetFromWire({ name: 'x' })).toBeNull());
});

describe('whatever the vault answers', () => {
  const names = [
    'id',
    'requestId',
    'status',
    'created',
    'approved',
    'requestor',
    'form',
    'asset',
    'approvals',
    'data',
    'type',
  ];
  const nasty = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', ...names);
  const json = fc.oneof(
    fc.jsonValue(),
    fc.letrec((tie) => ({
      tree: fc.oneof(fc.jsonValue(), fc.constantFrom(NOON, `${NOON}`, 'Active'), tie('object'), fc.array(tie('tree'))),
      object: fc.array(fc.tuple(nasty, tie('tree'))).map((entries) => JSON.parse(asJson(entries)) as unknown),
    })).tree,
  );

  test('reading it never throws, and gives a usable request or a malformed one', () => {
    fc.assert(
      fc.property(json, (raw) => {
        const record = requestFromWire(raw, 0);
        if (isMalformed(record)) {
          expect(record.problem).not.toBe('');
          return;
        }
        expect(record.id).toMatch(/\S/);
        expect(record.status).toMatch(/\S/);
        for (const time of [record.created, record.approved ?? NOON, record.completed ?? NOON])
          expect(() => new Date(time).toISOString()).not.toThrow();
        expect(typeof record.justification).toBe('string');
        expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
      }),
      { numRuns: examples(1_000) },
    );
    fc.assert(fc.property(json, (raw) => void [assetFromWire(raw), pageFromWire(raw)]));
  });

  test('a key `__proto__` changes nothing, here or anywhere else', () => {
    const record = requestFromWire(
      JSON.parse(
        '{"__proto__":{"id":"x","status":"Active","created":1777493141787,"polluted":1},"asset":{"__proto__":{"id":"y"}}}',
      ),
      0,
    );
    expect(record).toEqual({ position: 0, id: null, problem: 'no usable id, status, created' });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(requestFromWire(Object.create({ id: 'x', status: 'Active', created: NOON }), 0)).toMatchObject({ id: null });
  });
});

/** An object whose keys may be doubled or `__proto__`, which only text can hold. */
const asJson = (entries: [string, unknown][]): string =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
