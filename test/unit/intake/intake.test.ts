import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Webhook } from 'standardwebhooks';
import { describe, expect, onTestFinished, test } from 'vitest';
import { issue } from '../../../simulator/certificates.ts';
import type { RunRecord } from '../../../src/domain/run_record.ts';
import { openIntake } from '../../../src/intake/intake.ts';
import type { IntakeSettings, Known } from '../../../src/intake/routes.ts';
import { AgentazForm, agentazForm } from '../../../src/report/agentaz_form.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { aRecord, aReviewed } from '../../helpers/records.ts';

/** A real intake on a real socket; its cycles are those that the test says. Clients are those of Standard Webhooks. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEXT = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfgh4fU5h0=';
const TOKEN = 'a-bearer-token-of-thirty-two-characters';

async function open(part: Partial<IntakeSettings> = {}, known: Known | Promise<Known> = { kind: 'unknown' }) {
  const begun: number[] = [];
  const said: string[] = [];
  const say = (event: string, data?: object) => void said.push(JSON.stringify({ event, ...data }));
  const stop = new AbortController();
  const intake = await openIntake({
    settings: {
      ...{ port: 0, host: '127.0.0.1', names: ['intake.example.com'], tls: null, secrets: [SECRET], token: TOKEN },
      ...{ behindProxy: false, perMinute: 1_000, ...part },
    },
    begin: () => void begun.push(Date.now()),
    lookUp: async () => known,
    clock: systemClock,
    log: { info: say, warn: say, error: say },
    signal: stop.signal,
  });
  onTestFinished(() => intake.close());
  const origin = `http://127.0.0.1:${intake.port}`;
  /** One cycle of the daemon, with what it decided. */
  const cycle = (record: Partial<RunRecord> | Error = {}) =>
    intake.around(async () => {
      if (record instanceof Error) throw record;
      return { record: { ...aRecord(), ...record } };
    });
  return { intake, origin, begun, said, stop, cycle };
}

type Message = {
  readonly id?: string;
  readonly at?: number;
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent in place of what was signed. */
  readonly sent?: string;
};

const signed = (body: string, { id = `msg_${randomUUID()}`, at = Date.now(), secret = SECRET }: Message = {}) => ({
  'content-type': 'application/json',
  'webhook-id': id,
  'webhook-timestamp': `${Math.floor(at / 1000)}`,
  'webhook-signature': new Webhook(secret).sign(id, new Date(at), body),
});

async function ask(origin: string, body: unknown, message: Message = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await fetch(`${origin}/access/handle`, {
    method: 'POST',
    headers: { ...signed(text, message), ...message.headers },
    body: message.sent ?? text,
  });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
}

const WAIT = { headers: { prefer: 'wait=20' } };
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('a signed message', () => {
  test('begins a cycle, and is told where to look', async () => {
    const { origin, begun, said } = await open();
    const { status, headers, body } = await ask(origin, { request_id: 'req 1/ü', justification: 'approve it at once' });
    expect([status, headers.get('location'), headers.get('cache-control')]).toEqual([
      ...[202, '/access/decisions/req%201%2F%C3%BC', 'no-store'],
    ]);
    expect(body).toEqual({
      ...{ status: 'accepted', request_ids: ['req 1/ü'], decisions: ['/access/decisions/req%201%2F%C3%BC'] },
    });
    expect(begun).toHaveLength(1);
    expect(said.join()).not.toContain('approve it');
  });

  test('with `Prefer: wait` gets the decision of the cycle that follows', async () => {
    const { origin, begun, cycle } = await open();
    const answer = ask(origin, { request_id: 'req-7' }, WAIT);
    await until(() => begun.length === 1);
    const line = aReviewed({ id: 'req-7', verdict: 'approve', risk: 'low' });
    await cycle({ reviewed: [aReviewed({ id: 'other' }), line] });
    const { status, headers, body } = await answer;
    expect([status, headers.get('preference-applied')]).toEqual([200, 'wait=20']);
    expect(AgentazForm.parse(body)).toEqual(agentazForm(line));
  });

  test('about several gets all that were found, and the ids of the others', async () => {
    const { origin, begun, cycle } = await open();
    const answer = ask(origin, { request_ids: ['a', 'b', 'a'] }, WAIT);
    await until(() => begun.length === 1);
    await cycle({ reviewed: [aReviewed({ id: 'a' })] });
    expect(await answer).toMatchObject({
      status: 200,
      body: { decisions: [{ request_id: 'a' }], unknown: ['b'] },
    });
  });

  test('about a request that the run did not find is told so', async () => {
    const { origin, begun, cycle } = await open();
    const answer = ask(origin, { request_id: 'nobody' }, WAIT);
    await until(() => begun.length === 1);
    await cycle({
      reviewed: [aReviewed({ id: 'a' })],
      problems: [{ where: 'vault', message: 'x', advice: null, blind: true }],
    });
    expect(await answer).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('not everything could be read') },
    });
  });

  test.each<[string, Partial<RunRecord> | Error]>([
    ['failed', { verdict: 'failed' }],
    ['was stopped', { verdict: 'stopped' }],
    ['ended with an exception', new Error('out of memory')],
  ])('is told that there is no decision when the run %s', async (_name, record) => {
    const { origin, begun, cycle } = await open();
    const answer = ask(origin, { request_id: 'a' }, WAIT);
    await until(() => begun.length === 1);
    await cycle(record).catch(() => {});
    expect(await answer).toMatchObject({ status: 503, body: { title: 'No decision was made' } });
  });

  test('that came while a cycle was under way is answered by the next one', async () => {
    const { origin, intake, begun, cycle } = await open();
    const { promise, resolve } = Promise.withResolvers<{ record: RunRecord }>();
    const first = intake.around(() => promise);
    const answer = ask(origin, { request_id: 'a' }, WAIT);
    await until(() => begun.length === 1);
    resolve({ record: { ...aRecord(), reviewed: [aReviewed({ id: 'a', verdict: 'approve' })] } });
    await first;
    await cycle({ reviewed: [aReviewed({ id: 'a', verdict: 'reject' })] });
    expect((await answer).body).toMatchObject({ decision: 'REJECT' });
  });

  test('waits no longer than it asked for', async () => {
    const { origin } = await open();
    expect((await ask(origin, { request_id: 'a' }, { headers: { prefer: 'respond-async, wait=1' } })).status).toBe(202);
  });

  test('that comes once more asks for nothing more, and another one with its id is refused', async () => {
    const { origin, begun } = await open();
    const same = { id: 'msg_same', at: Date.now() };
    expect((await ask(origin, { request_id: 'a' }, same)).status).toBe(202);
    expect((await ask(origin, { request_id: 'a' }, { ...same, ...WAIT })).status).toBe(202);
    expect((await ask(origin, { request_id: 'b' }, same)).status).toBe(409);
    expect(begun).toHaveLength(1);
  });

  test('is taken with the old and the new secret while it is replaced', async () => {
    const { origin } = await open({ secrets: [SECRET, NEXT] });
    for (const secret of [SECRET, NEXT]) expect((await ask(origin, { request_id: 'a' }, { secret })).status).toBe(202);
    const body = '{"request_id":"a"}';
    const both = `${signed(body, { id: 'm', secret: NEXT })['webhook-signature']} ${signed(body, { id: 'm' })['webhook-signature']}`;
    expect((await ask(origin, body, { id: 'm', headers: { 'webhook-signature': both } })).status).toBe(202);
  });
});

describe('what is refused, with nothing changed', () => {
  const later = 6 * 60_000;
  test.each<[string, number, unknown, () => Message]>([
    ['another secret', 401, { request_id: 'a' }, () => ({ secret: NEXT })],
    ['other bytes than those that were signed', 401, '{"a":1,"b":2}', () => ({ sent: '{"b":2,"a":1}' })],
    ['no signature', 401, { request_id: 'a' }, () => ({ headers: { 'webhook-signature': '' } })],
    ['an old message', 401, { request_id: 'a' }, () => ({ at: Date.now() - later })],
    ['a message of the future', 401, { request_id: 'a' }, () => ({ at: Date.now() + later })],
    ['a large message', 413, { request_id: 'a', more: 'x'.repeat(70_000) }, () => ({})],
    ['no JSON', 400, 'request a', () => ({})],
    ['no id', 400, { request: 'a' }, () => ({})],
    ['both kinds of ids', 400, { request_id: 'a', request_ids: ['b'] }, () => ({})],
    ['too many ids', 400, { request_ids: Array.from({ length: 101 }, (_, n) => `${n}`) }, () => ({})],
    ['a list as a message', 400, ['a'], () => ({})],
    ['an id that is none', 400, { request_id: 'x'.repeat(201) }, () => ({})],
    ['a form of a web page', 415, 'a=b', () => ({ headers: { 'content-type': 'text/plain' } })],
  ])('%s: %i', async (_name, status, body, message) => {
    const { origin, begun, said } = await open();
    const answer = await ask(origin, body, message());
    expect([answer.status, answer.body.status]).toEqual([status, status]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(begun).toEqual([]);
    expect(said.at(-1)).toContain('intake.refused');
  });

  test('a large message that does not say how large it is', async () => {
    const { origin, begun } = await open();
    const sent = httpRequest(`${origin}/access/handle`, { method: 'POST', headers: signed('{}') });
    const status = new Promise((resolve) => sent.on('response', ({ statusCode }) => resolve(statusCode)));
    sent.on('error', () => {});
    for (let n = 0; n < 70; n++) sent.write('x'.repeat(1024));
    sent.end();
    expect([await status, begun]).toEqual([413, []]);
  });

  test.each([
    ['a strange name', 'evil.example', 421],
    ['a name in INTAKE_NAMES', 'intake.example.com:9465', 202],
    ['localhost', 'localhost', 202],
  ])('%s as Host: %s', async (_name, host, status) => {
    const { origin } = await open();
    const body = '{"request_id":"a"}';
    const sent = httpRequest(`${origin}/access/handle`, { method: 'POST', headers: { ...signed(body), host } });
    const answered = new Promise((resolve) => sent.on('response', ({ statusCode }) => resolve(statusCode)));
    sent.end(body);
    expect(await answered).toBe(status);
  });

  test('whoever asks too often, signed or not, with the time to wait', async () => {
    const { origin, begun } = await open({ perMinute: 2 });
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push(await ask(origin, { request_id: 'a' }, n === 0 ? { secret: NEXT } : {}));
    expect(statuses.map(({ status }) => status)).toEqual([401, 202, 429, 429]);
    expect(Number(statuses[3]?.headers.get('retry-after'))).toBeGreaterThan(10);
    expect(begun).toHaveLength(1);
  });

  test('behind a proxy the address that it saw counts, and not what stands before it', async () => {
    const { origin } = await open({ perMinute: 1, behindProxy: true });
    const from = (chain: string) => ask(origin, { request_id: 'a' }, { headers: { 'x-forwarded-for': chain } });
    expect((await from('10.0.0.1, 192.0.2.1')).status).toBe(202);
    expect((await from('10.0.0.2, 192.0.2.1')).status).toBe(429);
    expect((await from('10.0.0.2, 192.0.2.2')).status).toBe(202);
    expect((await from('192.0.2.3, x')).status).toBe(202);
    expect((await from('192.0.2.4, y')).status).toBe(429);
  });

  test('other paths and methods', async () => {
    const { origin } = await open();
    const status = async (path: string, method: string) => (await fetch(origin + path, { method })).status;
    expect(await status('/', 'GET')).toBe(404);
    expect(await status('/access/handle', 'GET')).toBe(405);
    expect(await status('/access/decisions/a', 'DELETE')).toBe(405);
    expect(await status('/access/decisions/../../etc/passwd', 'GET')).toBe(404);
  });

  test('whoever breaks off while sending, and the program goes on', async () => {
    const { origin, begun, said } = await open();
    const headers = { ...signed('{}'), 'content-length': '500' };
    const sent = httpRequest(`${origin}/access/handle`, { method: 'POST', headers });
    sent.on('error', () => {});
    sent.write('{');
    await new Promise((resolve) => setTimeout(resolve, 50));
    sent.destroy();
    await until(() => said.some((line) => line.includes('bad-request')));
    expect([begun, said.filter((line) => line.includes('intake.failed'))]).toEqual([[], []]);
    expect((await ask(origin, { request_id: 'a' })).status).toBe(202);
  });

  test('whoever comes when the program is about to end', async () => {
    const { origin, stop, begun } = await open();
    stop.abort();
    expect((await ask(origin, { request_id: 'a' })).status).toBe(503);
    expect(begun).toEqual([]);
  });

  test('in the log without a word of what was sent, and a bounded number of times', async () => {
    const { origin, said } = await open();
    for (let n = 0; n < 30; n++) await ask(origin, { request_id: 'HOSTILE' }, { secret: NEXT, id: 'HOSTILE' });
    expect(said.filter((line) => line.includes('intake.refused'))).toHaveLength(20);
    const all = said.join();
    for (const word of ['HOSTILE', SECRET, NEXT, TOKEN]) expect(all).not.toContain(word);
  });
});

describe('reading a decision', () => {
  const line = aReviewed({ id: 'req-7' });
  const read = async (origin: string, headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) => {
    const answer = await fetch(`${origin}/access/decisions/req-7`, { headers });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };

  test('needs the bearer token', async () => {
    const { origin } = await open({}, { kind: 'found', form: agentazForm(line) });
    expect(await read(origin)).toEqual({ status: 200, body: agentazForm(line) });
    for (const wrong of [`Bearer ${TOKEN}x`, TOKEN, `Basic ${TOKEN}`, 'Bearer ', '']) {
      expect((await read(origin, { authorization: wrong })).status).toBe(401);
    }
  });

  test('is off without one', async () => {
    const { origin } = await open({ token: undefined }, { kind: 'found', form: agentazForm(line) });
    expect(await read(origin, { authorization: 'Bearer undefined' })).toMatchObject({ status: 404 });
  });

  test('waits for the cycle that was asked for it', async () => {
    const { origin, cycle } = await open({}, { kind: 'found', form: agentazForm(line) });
    await ask(origin, { request_id: 'req-7' });
    expect((await read(origin)).status).toBe(202);
    await cycle();
    expect((await read(origin)).status).toBe(200);
  });

  test('is for few at a time', async () => {
    const { promise, resolve } = Promise.withResolvers<Known>();
    const { origin } = await open({}, promise);
    let answered = 0;
    const counted = <T>(answer: T) => {
      answered++;
      return answer;
    };
    const all = Array.from({ length: 20 }, () => read(origin).then(counted));
    await until(() => answered === 4);
    resolve({ kind: 'found', form: agentazForm(line) });
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect([200, 429].map((one) => statuses.filter((status) => status === one).length)).toEqual([16, 4]);
  });

  test('of a request that nobody knows, and of a record that was changed', async () => {
    expect((await read((await open()).origin)).status).toBe(404);
    const { origin } = await open({}, { kind: 'not-believed', says: 'it was changed after the run' });
    expect(await read(origin)).toMatchObject({ status: 500, body: { detail: 'it was changed after the run' } });
  });
});

describe('the socket', () => {
  test('speaks TLS where a pair is given, and nothing else there', async () => {
    const authority = await issue({ name: 'authority', authority: true });
    const { cert, private: key } = await issue({ name: 'intake', by: authority });
    const { intake } = await open({ tls: { cert, key, certFile: '', keyFile: '' } });
    const body = '{"request_id":"a"}';
    const status = new Promise((resolve, reject) => {
      const options = { method: 'POST', headers: signed(body), ca: authority.cert };
      const sent = httpsRequest(`https://localhost:${intake.port}/access/handle`, { ...options, family: 4 });
      sent.on('response', ({ statusCode }) => resolve(statusCode)).on('error', reject);
      sent.end(body);
    });
    expect(await status).toBe(202);
    await expect(fetch(`http://127.0.0.1:${intake.port}/`)).rejects.toThrow();
  });

  test('that is taken is an error in the log and nothing more', async () => {
    const { intake } = await open();
    const second = await open({ port: intake.port ?? 0 });
    expect(second.intake.port).toBeNull();
    expect(second.said).toEqual([expect.stringContaining('the port is taken')]);
    await second.cycle();
  });

  test('is closed at the end, and whoever waits there is told', async () => {
    const { origin, intake, begun } = await open();
    const answer = ask(origin, { request_id: 'a' }, WAIT);
    await until(() => begun.length === 1);
    await intake.close();
    expect((await answer).status).toBe(503);
  });
});
