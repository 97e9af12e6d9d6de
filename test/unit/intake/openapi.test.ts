import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Document, OpenAPIClientAxios } from 'openapi-client-axios';
import { Webhook } from 'standardwebhooks';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OPENAPI, openapiText } from '../../../scripts/docs.ts';
import { createAsks } from '../../../src/intake/asks.ts';
import { openIntake } from '../../../src/intake/intake.ts';
import { intakeRoutes, type RouteOptions } from '../../../src/intake/routes.ts';
import { PROBLEMS } from '../../../src/intake/wire.ts';
import { AGENTAZ_DECISIONS, AgentazForm, agentazForm } from '../../../src/report/agentaz_form.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { silentLog } from '../../../src/util/log.ts';
import { aRecord, aReviewed } from '../../helpers/records.ts';

const text = readFileSync(join(resolve(import.meta.dirname, '../../..'), OPENAPI), 'utf8');
const document = JSON.parse(text) as Document;
const methodsOf = (path: object) =>
  Object.keys(path).filter((name) => ['get', 'put', 'post', 'patch', 'delete'].includes(name));

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const TOKEN = 'a-bearer-token-of-thirty-two-characters';
const line = aReviewed({ id: 'req 7/ü', verdict: 'approve', risk: 'low' });
const parts: Omit<RouteOptions, 'asks'> = {
  settings: { names: [], secrets: [SECRET], token: TOKEN, behindProxy: false, perMinute: 100 },
  lookUp: async (id) => (id === 'req 7/ü' ? { kind: 'found', form: agentazForm(line) } : { kind: 'unknown' }),
  ...{ clock: systemClock, log: silentLog, signal: new AbortController().signal },
};

describe('the OpenAPI document', () => {
  test('is what the code makes of its schemas (npm run docs makes it anew)', () => {
    expect(text).toBe(openapiText());
  });

  test('names every route that is served, and no other', () => {
    const { routes } = intakeRoutes({ ...parts, asks: createAsks(() => {}) });
    const served = routes.filter(({ method }) => method !== 'ALL');
    const told = Object.entries(document.paths ?? {}).flatMap(([path, about]) =>
      methodsOf(about ?? {}).map((method) => `${method.toUpperCase()} ${path.replace('{id}', ':id')}`),
    );
    expect([...new Set(served.map(({ method, path }) => `${method} ${path}`))].sort()).toEqual(told.sort());
  });

  test('names every answer that can be given, and every word of a decision', () => {
    const statuses = new Set(
      Object.values(document.paths ?? {}).flatMap((path) =>
        methodsOf(path ?? {}).flatMap((method) =>
          Object.keys((path as Record<string, { responses: object }>)[method]?.responses ?? {}),
        ),
      ),
    );
    expect([...statuses].map(Number).sort()).toEqual(
      [...new Set([200, 202, ...Object.values(PROBLEMS).map(({ status }) => status)])].sort(),
    );
    const fields = Object.keys(AgentazForm.shape);
    expect(document).toHaveProperty('components.schemas.Decision.required', fields);
    expect(document).toHaveProperty(
      'components.schemas.Decision.properties.decision.enum',
      Object.keys(AGENTAZ_DECISIONS),
    );
  });
});

test('a client that is made from the document alone asks, waits and reads', async () => {
  let begun = () => {};
  const began = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const { settings, ...rest } = parts;
  const socket = { port: 0, host: '127.0.0.1', tls: null };
  const intake = await openIntake({ settings: { ...settings, ...socket }, begin: () => begun(), ...rest });
  onTestFinished(() => intake.close());
  const url = `http://127.0.0.1:${intake.port}`;
  const api = new OpenAPIClientAxios({
    definition: document,
    withServer: { url },
    axiosConfigDefaults: { proxy: false, validateStatus: () => true },
  });
  const client = await api.init();

  const body = { request_id: 'req 7/ü' };
  const [id, at] = [`msg_${randomUUID()}`, new Date()];
  const signature = new Webhook(SECRET).sign(id, at, JSON.stringify(body));
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': Math.floor(at.getTime() / 1000),
    'webhook-signature': signature,
  };
  const asked = client.handleAccess?.({ ...headers, prefer: 'wait=20' }, body);
  await began;
  await intake.around(async () => ({ record: aRecord({ reviewed: [line] }) }));
  expect(await asked).toMatchObject({ status: 200, data: agentazForm(line) });

  const bearer = { headers: { authorization: `Bearer ${TOKEN}` } };
  expect(await client.readDecision?.({ id: 'req 7/ü' }, null, bearer)).toMatchObject({
    status: 200,
    data: agentazForm(line),
  });
  expect(await client.readDecision?.({ id: 'nobody' }, null, bearer)).toMatchObject({ status: 404 });
  expect(await client.readDecision?.({ id: 'req 7/ü' })).toMatchObject({ status: 401 });
});
