import { afterEach, describe, expect, test } from 'vitest';
import { FIELD_NAMES } from '../../../simulator/vault/knobs.ts';
import { DAY, HOUR, NOON, type Visitor, visit } from './visitor.ts';

let visitor: Visitor;
afterEach(() => visitor.close());

const LIST = '/api/request/auditor-requests';

describe('who may list', () => {
  test.each([
    ['no token', undefined],
    ['a token of somebody else', 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJvdXNyIjoieCIsImV4cCI6OTk5OTk5OTk5OX0.AAAA'],
    ['something else than a bearer token', 'Basic YTpi'],
  ])('%s is answered with 401', async (_name, authorization) => {
    visitor = await visit();
    const response = await visitor.fetch(`${visitor.sim.settings.VAULT_URL}${LIST}`, {
      headers: authorization ? { authorization } : {},
    });
    expect(response.status).toBe(401);
    expect(await response.text()).toMatch(/MSG-\d{5}/);
  });

  test('a token that has run out is answered with 401', async () => {
    visitor = await visit();
    const token = visitor.sim.vault.issueToken({ expires: NOON - 1000 });
    const response = await visitor.vault('GET', LIST, { headers: { authorization: `Bearer ${token}` } });
    expect(response.status).toBe(401);
  });

  test('the token is a JWT that names its user, issuer and end', async () => {
    visitor = await visit();
    const claims = JSON.parse(Buffer.from(visitor.sim.vault.token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ ousr: 'svc-portcullis', iss: expect.any(String), exp: expect.any(Number) });
    expect(claims.exp * 1000).toBeGreaterThan(NOON);
  });

  test('a token without a user comes with AGENT_USERNAME and works all the same', async () => {
    visitor = await visit({ tokenNamesUser: false });
    expect(Buffer.from(visitor.sim.vault.token.split('.')[1] ?? '', 'base64url').toString()).not.toContain('ousr');
    expect(visitor.sim.settings.AGENT_USERNAME).toBe('svc-portcullis');
    expect((await visitor.vault('GET', LIST)).status).toBe(200);
  });

  test('a permission that is missing is answered with 401, or 403 when so set', async () => {
    visitor = await visit({ vault: { denied: ['list'] } });
    expect((await visitor.vault('GET', LIST)).status).toBe(401);
    visitor.sim.vault.knobs.deniedStatus = 403;
    expect((await visitor.vault('GET', LIST)).status).toBe(403);
    visitor.sim.vault.knobs.denied = [];
    expect((await visitor.vault('GET', LIST)).status).toBe(200);
  });
});

describe('pages', () => {
  test('`pgp` is an offset, `from` a lower bound, `s` the order, and `rqt=1` brings the total', async () => {
    visitor = await visit();
    const { vault } = visitor.sim;
    const ids = [5, 4, 3, 2, 1].map((days) => vault.add({ created: NOON - days * DAY }).id).reverse();
    vault.add({ created: NOON - 40 * DAY });
    const query = `from=${NOON - 30 * DAY}&s=created,desc`;
    const first = await visitor.list(`${query}&pgs=2&pgp=0&rqt=1`);
    const second = await visitor.list(`${query}&pgs=2&pgp=2`);
    const third = await visitor.list(`${query}&pgs=2&pgp=4`);
    expect([first, second, third].flatMap(({ data }) => data.map(({ id }) => id))).toEqual(ids);
    expect(first.total).toBe(5);
    expect(second).not.toHaveProperty('total');
    expect(third.data).toHaveLength(1);
  });

  test('a page is never longer than the cap', async () => {
    visitor = await visit({ vault: { pageCap: 3 } });
    for (let n = 0; n < 7; n += 1) visitor.sim.vault.add();
    expect((await visitor.list('pgs=100')).data).toHaveLength(3);
  });

  test.each(['totalCount', 'count', 'rowCount'] as const)('the total may be called %s', async (totalName) => {
    visitor = await visit({ vault: { totalName } });
    visitor.sim.vault.add();
    expect(await visitor.list('rqt=1')).toMatchObject({ [totalName]: 1 });
  });

  test('the total may be absent', async () => {
    visitor = await visit({ vault: { totalName: 'absent' } });
    expect(Object.keys(await visitor.list('rqt=1'))).toEqual(['data']);
  });

  test.each(['pgs=0', 'pgs=x', 'pgp=-1', 'from=yesterday', 's=name'])('the query %s is refused', async (query) => {
    visitor = await visit();
    expect((await visitor.vault('GET', `${LIST}?${query}`)).status).toBe(400);
  });

  test('a hook before the second page lets a new request shift the offsets', async () => {
    visitor = await visit();
    const { vault } = visitor.sim;
    for (let hour = 1; hour <= 4; hour += 1) vault.add({ created: NOON - hour * HOUR });
    const off = vault.on('list', (n, live) => {
      if (n === 2) live.add({ created: NOON - 1 });
    });
    const first = await visitor.list('s=created,desc&pgs=2&pgp=0');
    const second = await visitor.list('s=created,desc&pgs=2&pgp=2');
    expect(second.data[0]?.id).toBe(first.data[1]?.id);
    off();
    await visitor.list('');
    expect(vault.all()).toHaveLength(5);
  });
});

describe('how a request is written', () => {
  test('the usual form has all the fields of the contract', async () => {
    visitor = await visit();
    const request = visitor.sim.vault.add({ status: 'Approved', levels: 2 });
    const [wire] = (await visitor.list('')).data;
    expect(wire).toMatchObject({
      id: request.id,
      status: 'Approved',
      created: request.created,
      approved: request.approved,
      completed: null,
      message: request.message,
      exclusive: false,
      operation: 'AssetUnlock',
      entityType: 'Asset',
      entityId: request.entityId,
      entityName: request.entityName,
      requestor: { id: expect.any(String), name: 'jdoe', displayName: 'Jane Doe' },
      form: { id: expect.any(String), name: 'Production systems', type: 'Interactive' },
      level: 2,
      levels: 2,
    });
    expect(wire?.approvals).toHaveLength(2);
  });

  const aliases = Object.entries(FIELD_NAMES).flatMap(([field, names]) => names.map((name) => [field, name] as const));
  test.each(aliases)('%s may come as `%s`', async (field, name) => {
    visitor = await visit();
    const { vault } = visitor.sim;
    Object.assign(vault.knobs.names, { [field]: name });
    const request = vault.add({ status: 'Approved' });
    const [wire] = (await visitor.list('')).data;
    const value = name.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], wire);
    if (name === 'approvals') expect(wire).not.toHaveProperty('approved');
    else expect(value).toEqual(request[field as keyof typeof request]);
    if (name !== field) expect(wire).not.toHaveProperty(field);
  });

  test('a requestor may be a mere text', async () => {
    visitor = await visit({ vault: { requestorShape: 'text' } });
    visitor.sim.vault.add();
    expect((await visitor.list('')).data[0]?.requestor).toBe('jdoe');
  });

  test.each([
    ['number', 1777460400000],
    ['digits', '1777460400000'],
    ['iso', '2026-04-29T11:00:00.000Z'],
  ] as const)('times may come as %s', async (times, written) => {
    visitor = await visit({ vault: { times } });
    visitor.sim.vault.add({ status: 'Approved' });
    const [wire] = (await visitor.list('')).data;
    expect(wire?.created).toBe(written);
    expect(wire?.completed).toBeNull();
    expect(wire?.approvals).toMatchObject([{ created: expect.toSatisfy((at) => typeof at === typeof written) }]);
  });

  test('a record can lack a field or carry a broken one', async () => {
    visitor = await visit();
    visitor.sim.vault.add({ omit: ['id'], extra: { created: 'soon', entityName: 7 } });
    const [wire] = (await visitor.list('')).data;
    expect(wire).not.toHaveProperty('id');
    expect(wire).toMatchObject({ created: 'soon', entityName: 7 });
  });
});
