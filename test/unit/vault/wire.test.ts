import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deep } from '../../../simulator/vault/odd_values.ts';
import { type AccessRequest, unreadThatHolds, unreadWords } from '../../../src/domain/access_request.ts';
import { isMalformed, pageFromWire, requestFromWire, wireKeyOf } from '../../../src/vault/wire.ts';
import { assetFromWire } from '../../../src/vault/wire_asset.ts';
import { shapeOf } from '../../../src/vault/wire_shapes.ts';
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
      problem: expect.stringMatching(
        new RegExp(
          missing
            .split(', ')
            .map((name) => `\`${name}\` is .*`)
            .join(''),
        ),
      ),
      unread: missing.split(', ').map((field) => ({ field, shape: expect.any(String) })),
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

  test.each([' Active ', 'Active\n', '\tActive', '\u00a0Active\ufeff', 'ACTIVE', 'active', ' aCTIVE '])(
    'has the status Active, written %j',
    (status) => {
      expect(read({ ...plain, status }).status).toBe('Active');
    },
  );

  test.each(['Act\u200bive', 'Аctive', 'Active.', 'Activ', 'Act ive', 'In Active', 'ACTİVE', 'ＡＣＴＩＶＥ'])(
    'has another status, written %j',
    (status) => {
      expect(read({ ...plain, status }).status).not.toBe('Active');
    },
  );

  test.each([[null], [undefined], ['text'], [42], [true], [[]], [[plain]]])('is malformed when it is %j', (raw) => {
    expect(requestFromWire(raw, 3)).toEqual({ position: 3, id: null, problem: `the record is ${shapeOf(raw)}` });
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

describe('what is there and cannot be read', () => {
  const odd = (change: object) => read({ ...plain, ...change }).unread;
  test.each<[string, object, string]>([
    ['requestedTo', { requestedTo: '30/11/2026' }, '`requestedTo` is a text such as 99/99/9999'],
    ['approvedDate', { approvedDate: [2026] }, '`approvedDate` is a list of 1 number'],
    ['reason', { reason: deep(1000) }, '`reason` is a list of 1 list'],
    ['operation', { operation: { name: 'x' } }, '`operation` is an object with name'],
    ['approvals', { approvals: { level: 1 } }, '`approvals` is an object with level'],
    ['requestor', { requestor: { sub: 'x' } }, '`requestor` is an object with sub'],
    ['a row', { approvals: [['Rejected']] }, '`approvals` is a list with a list of 1 text'],
    ['a decision', { approvals: [{ decision: { code: 5 } }] }, '`approvals.decision` is an object with code'],
    ['its time', { approvals: [{ created: '30/11/2026' }] }, '`approvals.created` is a text such as 99/99/9999'],
    ['its author', { approvals: [{ user: {} }] }, '`approvals.user` is an empty object'],
  ])('is named by its field and its shape: %s', (_field, change, says) => {
    expect(odd(change)?.map(unreadWords)).toEqual([says]);
  });

  test.each([
    ...[0, '0', -1, '', null, [], {}, false],
    ...['0001-01-01T00:00:00Z', '1970-01-01 00:00:00', '0000-00-00', '0000-00-00 00:00:00', '1900-01-01T00:00:00.000'],
    ...['1753-01-01', '1899-12-30 00:00:00', '1601-01-01T00:00:00Z', '1969-12-31T19:00:00-05:00', '1969-12-31 19:00'],
    ...['Thu, 01 Jan 1970 00:00:00 GMT', '01-JAN-1900', '1/1/0001 12:00:00 AM', '01.01.1970', '00000000', '00010101'],
    ...[-62135596800000, -62135596800, '-62135596800000', [1, 1, 1, 0, 0], [1970, 1, 1], { seconds: -62135596800 }],
    ...['9999-12-31', '31/12/9999', '12/31/9999', '31-DEC-9999', '99991231', 99991231, [9999, 12, 31]],
    ...[253402300799, '253402300799', 253402300799e6, '+999999999-12-31', '9223372036854775807', -(2 ** 63)],
    ...[{ $date: -62135596800000 }, { $date: '0001-01-01T00:00:00Z' }],
    ...['unlimited', 'Never', 'NONE', 'n/a', '-', 'infinity', 'no end', 'permanent'],
    ...[
      { epochSecond: 253402300799, nano: 0 },
      { year: 9999, monthValue: 12, dayOfMonth: 31 },
    ],
  ])('is nothing when it says "never" or "without an end": %j', (never) => {
    const request = read({ ...plain, approved: never, requestedFrom: never, requestedTo: never, message: null });
    expect(request).toMatchObject({ approved: null, requestedFrom: null, requestedTo: null });
    expect(request.unread).toBeUndefined();
  });

  test.each(['30/11/2026', '2026-11-30', 20261130, '20261130100000', 29624885, 'soon', '9999-99-99', '01/02/1900'])(
    'is not taken for "never" when it could be a moment, or is odd: %j',
    (value) => {
      expect(odd({ requestedTo: value })).toHaveLength(1);
    },
  );

  test.each<[string, object, Partial<AccessRequest>]>([
    ['a flag', { approved: false, approvedAt: NOON }, { approved: NOON }],
    ['an empty object', { approved: {}, approvedDate: NOON }, { approved: NOON }],
    ['a flag before the time of its end', { completed: true, completedAt: NOON }, { completed: NOON }],
    ['no list of approvals', { approvals: {} }, { approvals: [] }],
  ])('gives way to the next name when it is %s', (_name, change, expected) => {
    const request = read({ ...plain, ...change });
    expect(request).toMatchObject(expected);
    expect(request.unread).toBeUndefined();
  });

  test('gives way with a word when it is more, and no second name makes good whose it is or what it says', () => {
    const { created: _created, ...rest } = plain;
    expect(read({ ...rest, created: { by: 'x' }, createdAt: NOON }).created).toBe(NOON);
    const minor = read({ ...plain, approved: { by: 'x' }, approvedAt: NOON });
    expect([minor.approved, minor.unread]).toEqual([
      NOON,
      [{ field: 'approved', shape: 'an object with by', minor: true }],
    ]);
    expect(odd({ requestor: { sub: 'x' }, user: 'jdoe' })).toEqual([
      { field: 'requestor', shape: 'an object with sub' },
    ]);
    expect(odd({ message: { text: 'x' }, reason: 'why' })).toEqual([
      { field: 'message', shape: 'an object with text' },
    ]);
  });

  test.each<[string, object, string]>([
    ['levels', { levels: ['a', 'b'] }, '`levels` is a list of 2 texts'],
    ['level', { level: 'Level 1' }, '`level` is a text such as Aaaaa 9'],
    ['the level of a row', { approvals: [{ level: 'L1', user: 'x' }] }, '`approvals.level` is a text such as A9'],
  ])('is of no weight where no decision needs it: %s', (_name, change, says) => {
    const request = read({ ...plain, ...change });
    expect(request.unread?.map(unreadWords)).toEqual([says]);
    expect(unreadThatHolds(request)).toEqual([]);
  });

  test.each<[string, object]>([
    ['a decision that is a flag', { decision: false }],
    ['an author without a name', { user: {} }],
    ['a message in parts', { message: { text: 'no' } }],
  ])('may be a no of a person, and holds: %s', (_name, row) => {
    expect(unreadThatHolds(read({ ...plain, approvals: [row] }))).toHaveLength(1);
  });

  test('is cut where it is longer than anybody reads', () => {
    const request = read({ ...plain, message: 'x'.repeat(1_000_000), operation: 'y'.repeat(5000) });
    expect(request.justification).toHaveLength(50_000);
    expect(request.operation).toMatch(/^y{1999}…$/);
    expect(request.unread?.map(({ field }) => field)).toEqual(['message', 'operation']);
  });

  test('is a malformed record when nobody can have decided so often', () => {
    const approvals = Array.from({ length: 200_000 }, () => ({ decision: 'Approved', created: NOON }));
    expect(requestFromWire({ ...plain, status: 'Approved', approvals }, 0)).toMatchObject({
      problem: 'it has 200000 recorded approvals, more than 1000',
    });
  });

  test('takes no more than it needs from a list nested a hundred thousand deep', () => {
    const raw = { ...plain, id: deep(100_000), message: JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) };
    expect(requestFromWire(raw, 0)).toMatchObject({ id: null, problem: '`id` is a list of 1 list' });
    expect(wireKeyOf(raw)).not.toBe(wireKeyOf({ ...raw, id: deep(99_999) }));
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

  test.each<[string, unknown, number, string]>([
    [
      'more tags than anybody gives',
      Array.from({ length: 100_000 }, (_, n) => `t${n}`),
      500,
      'it has 100000 tags, of which 500 were read',
    ],
    ['a tag that is no text', ['a', deep(1000), { term: 't' }], 2, '1 of 3 tags cannot be read (a list of 1 list)'],
    [
      'a tag that nobody can read to its end',
      ['a', 'x'.repeat(5000)],
      1,
      '1 of 2 tags cannot be read (a text of 5000 characters)',
    ],
    ['tags that are no list', 'a,b', 0, '`tags` is a text such as a,a'],
  ])('with %s has a gap', (_name, tags, count, gap) => {
    const asset = assetFromWire({ id: 'a1', tags });
    expect(asset?.tags).toHaveLength(count);
    expect(asset?.gaps).toEqual([gap]);
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
    expect(record).toMatchObject({
      ...{ position: 0, id: null },
      problem: '`id` is missing, `status` is missing, `created` is missing',
    });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(requestFromWire(Object.create({ id: 'x', status: 'Active', created: NOON }), 0)).toMatchObject({ id: null });
  });
});

/** An object whose keys may be doubled or `__proto__`, which only text can hold. */
const asJson = (entries: [string, unknown][]): string =>
  `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
