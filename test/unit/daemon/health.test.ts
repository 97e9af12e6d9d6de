import { once } from 'node:events';
import { request as ask } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Health, healthOf, NO_FAILURES, type Vitals } from '../../../src/daemon/health.ts';
import { METRICS } from '../../../src/daemon/metrics.ts';
import { earlierCycles, openWatching, type WatchingOptions } from '../../../src/daemon/watching.ts';
import type { Halt } from '../../../src/domain/halt.ts';
import type { RunRecord, TokenEnd } from '../../../src/domain/run_record.ts';
import { DAY_MS, HOUR_MS } from '../../../src/util/durations.ts';
import type { LogEvent } from '../../../src/util/log.ts';
import { anOrdinaryRun, aRecord, aReviewed } from '../../helpers/records.ts';
import { fakeClock } from '../../helpers/requests.ts';
import { freePort } from './monitor.ts';

const NOON = Date.parse('2026-05-04T12:00:00Z');
const MINUTE = 60_000;
const EVERY_FOUR_HOURS = { cron: '0 */4 * * *', timeZone: 'UTC' };
const HALT: Halt = { source: 'file', since: NOON, by: 'anna.berg', reason: 'INC-4711' };
const NO_PAST = { last: null, lastSuccess: null, failures: NO_FAILURES };

describe('healthy is', () => {
  const vitals = (part: Partial<Vitals> = {}): Vitals => ({
    ...{ startedAt: NOON, lastSignAt: NOON, runningSince: null, last: null, failures: NO_FAILURES },
    ...part,
  });
  const done = { verdict: 'done', finishedAt: NOON } as const;

  test.each<[string, Partial<Vitals>, number, Health['status']]>([
    ['a daemon that has just started and never ran', {}, 0, 'ok'],
    ['one that never ran and is not due yet', {}, 4 * HOUR_MS - 1, 'ok'],
    ['one that missed one moment: the next one may make up for it', { last: done }, 7 * HOUR_MS, 'ok'],
    ['not one that missed two', { last: done }, 8 * HOUR_MS + 2 * MINUTE, 'overdue'],
    ['not one that missed two before its first cycle', {}, 8 * HOUR_MS + 2 * MINUTE, 'overdue'],
    [
      'one that began a cycle on time, however old the last one is',
      { lastSignAt: NOON + DAY_MS, last: done },
      DAY_MS + HOUR_MS,
      'ok',
    ],
    [
      'not one whose cycle hangs over two moments',
      { runningSince: NOON, last: done },
      8 * HOUR_MS + 2 * MINUTE,
      'overdue',
    ],
    [
      'one whose last two cycles failed after good ones: it has told so, and goes on',
      { last: { ...done, verdict: 'failed' }, failures: { inARow: 2, everGood: true } },
      HOUR_MS,
      'ok',
    ],
    [
      'not one whose last three cycles failed',
      { last: { ...done, verdict: 'failed' }, failures: { inARow: 3, everGood: true } },
      HOUR_MS,
      'failing',
    ],
    [
      'not one whose every cycle failed, be it only one',
      { last: { ...done, verdict: 'failed' }, failures: { inARow: 1, everGood: false } },
      HOUR_MS,
      'failing',
    ],
    ['one whose last cycle had problems', { last: { ...done, verdict: 'done-with-problems' } }, HOUR_MS, 'ok'],
    [
      'not one that does not trust its record',
      { last: { ...done, verdict: 'ledger-not-trusted' } },
      HOUR_MS,
      'record-not-trusted',
    ],
  ])('%s', (_, part, later, status) => {
    expect(healthOf(vitals(part), EVERY_FOUR_HOURS, NOON + later).status).toBe(status);
  });

  test('a cycle of a few minutes on a schedule of every second, but not one of an hour', () => {
    const often = { cron: '* * * * * *', timeZone: 'UTC' };
    expect(healthOf(vitals({ runningSince: NOON }), often, NOON + 9 * MINUTE).status).toBe('ok');
    expect(healthOf(vitals({ runningSince: NOON }), often, NOON + HOUR_MS).status).toBe('overdue');
  });

  test('a weekend without a cycle, when the schedule has none', () => {
    const weekdays = { cron: '0 6 * * 1-5', timeZone: 'Europe/Berlin' };
    const friday = Date.parse('2026-05-08T05:00:00Z');
    const monday = Date.parse('2026-05-11T05:00:00Z');
    expect(healthOf(vitals({ lastSignAt: friday }), weekdays, monday).status).toBe('ok');
    expect(healthOf(vitals({ lastSignAt: friday }), weekdays, monday + 2 * DAY_MS).status).toBe('overdue');
  });
});

/** What is watched, on a real port and fake time, with what was logged and a way to look at the pages. */
async function watched(options: Partial<WatchingOptions> & { port?: number; names?: readonly string[] } = {}) {
  const port = options.port ?? (await freePort());
  const clock = fakeClock(NOON);
  const events: LogEvent[] = [];
  const say = (event: LogEvent) => void events.push(event);
  const watching = await openWatching({
    settings: { heartbeatUrl: undefined, health: { port, host: '127.0.0.1', names: options.names ?? [] } },
    token: () => null,
    schedule: EVERY_FOUR_HOURS,
    earlier: NO_PAST,
    clock,
    log: { info: say, warn: say, error: say },
    halted: async () => null,
    ...options,
  });
  onTestFinished(watching.close);
  const get = (path: string, init: RequestInit = {}) => fetch(`http://127.0.0.1:${port}${path}`, init);
  const health = async () => {
    const answer = await get('/healthz');
    return { http: answer.status, ...((await answer.json()) as Record<string, unknown>) };
  };
  /** The value of one line of the page; undefined when there is no such line. */
  const metric = async (line: string) => {
    const found = (await (await get('/metrics')).text()).split('\n').find((one) => one.startsWith(`${line} `));
    return found === undefined ? undefined : Number(found.slice(line.length + 1));
  };
  return { watching, clock, events, get, health, metric, port };
}

const cycle = (record: RunRecord) => async () => ({ record });

describe('/healthz', () => {
  test('tells of cycles as they come, hang, end and stay away, and of a halt, which is not unhealthy', async () => {
    let halt: Halt | null = null;
    const { watching, clock, health } = await watched({ halted: async () => halt });
    expect(await health()).toMatchObject({
      http: 200,
      status: 'ok',
      halted: false,
      last_run: null,
      running_since: null,
    });
    await watching.around(async () => {
      expect(await health()).toMatchObject({ http: 200, running_since: '2026-05-04T12:00:00.000Z' });
      clock.advance(9 * HOUR_MS);
      expect(await health()).toMatchObject({ http: 503, status: 'overdue' });
      return { record: aRecord() };
    });
    halt = HALT;
    expect(await health()).toEqual({
      ...{ http: 200, status: 'ok', halted: true, started_at: '2026-05-04T12:00:00.000Z', running_since: null },
      last_run: { verdict: 'done', finished_at: '2026-05-04T21:00:00.000Z' },
      failed_in_a_row: 0,
      ...{ next_run_at: '2026-05-05T00:00:00.000Z', overdue_at: '2026-05-05T04:01:00.000Z' },
    });
    clock.advance(8 * HOUR_MS);
    expect(await health()).toMatchObject({ http: 503, status: 'overdue' });
  });

  test('is not healthy while the ledger is not trusted, until a cycle trusts it again', async () => {
    const { watching, health, metric } = await watched();
    await watching.around(cycle(aRecord({ verdict: 'ledger-not-trusted' })));
    // By the names of 0.1: what compares them elsewhere goes on doing so.
    expect(await health()).toMatchObject({
      ...{ http: 503, status: 'record-not-trusted', last_run: { verdict: 'memory-not-trusted' } },
    });
    expect(await metric('portcullis_runs_total{verdict="memory-not-trusted"}')).toBe(1);
    expect(await metric('portcullis_record_entries')).toBe(412);
    await watching.around(cycle(aRecord()));
    expect(await health()).toMatchObject({ http: 200 });
  });

  test('knows a daemon whose every cycle failed, saw nothing or threw, until one comes to something', async () => {
    const { watching, health } = await watched();
    const blind = { where: 'fetch', message: '60 of 60 records', advice: null, blind: true } as const;
    await watching.around(cycle(aRecord({ verdict: 'failed' })));
    expect(await health()).toMatchObject({ http: 503, status: 'failing', failed_in_a_row: 1 });
    await watching.around(cycle(aRecord({ verdict: 'done-with-problems', problems: [blind] })));
    await watching.around(cycle(aRecord({ verdict: 'stopped' })));
    expect(await health()).toMatchObject({ http: 503, status: 'failing', failed_in_a_row: 2 });
    await watching.around(cycle(aRecord({ verdict: 'done-with-problems' })));
    expect(await health()).toMatchObject({ http: 200, status: 'ok', failed_in_a_row: 0 });
    for (const _ of [1, 2]) await watching.around(cycle(aRecord({ verdict: 'failed' })));
    expect(await health()).toMatchObject({ http: 200, status: 'ok', failed_in_a_row: 2 });
    await expect(watching.around(() => Promise.reject(new Error('on fire')))).rejects.toThrow();
    expect(await health()).toMatchObject({ http: 503, status: 'failing', failed_in_a_row: 3 });
  });

  test('a cycle that ends with an exception counts as a failed one, and whoever began it hears of it', async () => {
    const { watching, health, metric } = await watched();
    const broken = watching.around(async () => {
      throw new Error('on fire');
    });
    await expect(broken).rejects.toThrow('on fire');
    expect(await health()).toMatchObject({ last_run: { verdict: 'failed' }, running_since: null });
    expect(await metric('portcullis_runs_total{verdict="failed"}')).toBe(1);
  });
});

describe('/metrics', () => {
  test('holds exactly the metrics of the table with their kinds, and those of Node', async () => {
    const { watching, get } = await watched();
    await watching.around(cycle(anOrdinaryRun()));
    const text = await (await get('/metrics')).text();
    const kinds = [...text.matchAll(/^# TYPE (portcullis_\w+) (\w+)$/gm)].map(([, name, type]) => [name, type]);
    expect(kinds).toEqual(Object.entries(METRICS).map(([name, { type }]) => [name, type]));
    expect(text).toMatch(/^process_resident_memory_bytes \d/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds \d/m);
  });

  test('counts what an ordinary run did, and shows how it went', async () => {
    const { watching, clock, metric } = await watched();
    clock.advance(HOUR_MS);
    const problems = [{ where: 'alert', message: 'the mail could not be sent', advice: null }];
    const record = anOrdinaryRun({ problems });
    await watching.around(cycle(record));
    await watching.around(cycle(record));
    expect({
      runs: await metric('portcullis_runs_total{verdict="done-with-problems"}'),
      ended: await metric('portcullis_last_run_timestamp_seconds'),
      good: await metric('portcullis_last_success_timestamp_seconds'),
      took: await metric('portcullis_last_run_duration_seconds'),
      score: await metric('portcullis_last_run_step_seconds{step="score"}'),
      window: await metric('portcullis_window_requests'),
      unscored: await metric('portcullis_unscored_requests'),
      approved: await metric('portcullis_actions_total{action="approve",result="done"}'),
      unclear: await metric('portcullis_actions_total{action="approve",result="unknown"}'),
      rejected: await metric('portcullis_actions_total{action="reject",result="done"}'),
      calls: await metric('portcullis_model_calls_total'),
      tokens: await metric('portcullis_model_tokens_total{kind="prompt"}'),
      mail: await metric('portcullis_mail_problems_total'),
    }).toEqual({
      ...{ runs: 2, ended: (NOON + HOUR_MS) / 1000, good: undefined, took: 41.3, score: 36.8, window: 10, unscored: 1 },
      ...{ approved: 4, unclear: 2, rejected: 2, calls: 4, tokens: 2 * 8421, mail: 2 },
    });
    await watching.around(cycle(aRecord()));
    expect(await metric('portcullis_last_success_timestamp_seconds')).toBe((NOON + HOUR_MS) / 1000);
    expect(await metric('portcullis_window_requests')).toBe(0);
  });

  test('shows running, overdue and halted as they are at the moment of asking', async () => {
    let halt: Halt | null = null;
    const { watching, clock, metric } = await watched({ halted: async () => halt });
    const all = async () => [
      await metric('portcullis_running'),
      await metric('portcullis_overdue'),
      await metric('portcullis_halted'),
    ];
    expect(await all()).toEqual([0, 0, 0]);
    await watching.around(async () => {
      expect(await all()).toEqual([1, 0, 0]);
      return { record: aRecord() };
    });
    clock.advance(DAY_MS);
    halt = HALT;
    expect(await all()).toEqual([0, 1, 1]);
  });

  test('tells when the vault token ends, as it is at the moment of asking', async () => {
    const near = { user: 'svc-secret', expires: NOON + DAY_MS, warnFrom: NOON, near: 'near' } as const;
    let token: TokenEnd | null = near;
    const { metric, get } = await watched({ token: () => token });
    const told = async () => [
      await metric('portcullis_vault_token_expiry_timestamp_seconds'),
      await metric('portcullis_vault_token_warn_timestamp_seconds'),
    ];
    expect(await told()).toEqual([(NOON + DAY_MS) / 1000, NOON / 1000]);
    token = { ...near, expires: NOON + 9 * DAY_MS };
    expect(await told()).toEqual([(NOON + 9 * DAY_MS) / 1000, NOON / 1000]);
    expect(await (await get('/metrics')).text()).not.toContain('svc-secret');
    token = null;
    expect(await told()).toEqual([undefined, undefined]);
  });

  test('tells of a blind cycle', async () => {
    const { watching, metric } = await watched();
    expect(await metric('portcullis_blind')).toBeUndefined();
    const problems = [{ where: 'fetch', message: 'nothing could be read', advice: null, blind: true }] as const;
    await watching.around(cycle(aRecord({ problems })));
    expect(await metric('portcullis_blind')).toBe(1);
    await watching.around(cycle(aRecord()));
    expect(await metric('portcullis_blind')).toBe(0);
  });

  test('one blind cycle is no failing daemon, three in a row are', async () => {
    const { watching, health } = await watched();
    const problems = [{ where: 'fetch', message: 'two records could not be read', advice: null, blind: true }] as const;
    for (const status of ['ok', 'ok', 'failing']) {
      await watching.around(cycle(aRecord({ problems })));
      expect(await health()).toMatchObject({ status });
    }
    await watching.around(cycle(aRecord()));
    expect(await health()).toMatchObject({ status: 'ok' });
  });

  test('holds nothing of a request, a person, a setting or a halt, whatever a run met', async () => {
    const { watching, get } = await watched({ halted: async () => HALT });
    const record = anOrdinaryRun({ halt: HALT, steps: [{ step: 'fetch of req-0412', ms: 1 }] });
    await watching.around(cycle(record));
    const text = (await (await get('/metrics')).text()) + (await (await get('/healthz')).text());
    const { reviewed, vaultUrl, agentUser, runId } = record;
    const told = reviewed.flatMap(({ dossier: { request: one } }) => [one.id, one.requestor.name, one.asset?.name]);
    for (const word of [...told, vaultUrl, agentUser, runId, HALT.by, HALT.reason, 'bank.example'].filter(Boolean))
      expect(text).not.toContain(word);
    const labels = [...text.matchAll(/^portcullis_\w+\{(.*)\}/gm)].map(([, label]) => label ?? '');
    const known = Object.values(METRICS).flatMap(({ labels: of }) => Object.keys(of));
    for (const name of labels.flatMap((label) => [...label.matchAll(/(\w+)="/g)].map(([, one]) => one)))
      expect(known).toContain(name);
  });
});

describe('after a restart', () => {
  const kept = (...records: RunRecord[]) => ({
    ids: async () => records.map(({ runId }) => runId),
    load: async (id: string) => records.find(({ runId }) => runId === id) ?? null,
    loadHead: async (id: string) => records.find(({ runId }) => runId === id) ?? null,
  });
  const good = aRecord({ runId: 'a', finishedAt: NOON - 8 * HOUR_MS, reviewed: [aReviewed()] });
  const bad = aRecord({ runId: 'b', finishedAt: NOON - 4 * HOUR_MS, verdict: 'ledger-not-trusted' });
  const dryRun = aRecord({ runId: 'c', finishedAt: NOON - HOUR_MS, dryRun: true });
  const applied = aRecord({ runId: 'd', finishedAt: NOON - HOUR_MS, planId: 'plan-x', approvedBy: 'mia' });

  test('the pages go on from the last cycle in the archive, which no dry run and no plan is', async () => {
    const earlier = await earlierCycles(kept(good, bad, dryRun, applied));
    const { health, metric } = await watched({ earlier });
    expect(await health()).toMatchObject({ http: 503, status: 'record-not-trusted' });
    expect(await metric('portcullis_last_run_timestamp_seconds')).toBe(bad.finishedAt / 1000);
    expect(await metric('portcullis_last_success_timestamp_seconds')).toBe(good.finishedAt / 1000);
    expect(await metric('portcullis_runs_total{verdict="memory-not-trusted"}')).toBe(0);
  });

  test('cycles that failed before the restart count', async () => {
    const failed = (runId: string, hours: number) =>
      aRecord({ runId, finishedAt: NOON - hours * HOUR_MS, verdict: 'failed' });
    const all = await earlierCycles(kept(failed('a', 12), failed('b', 8), dryRun));
    expect(all.failures).toEqual({ inARow: 2, everGood: false });
    const { health } = await watched({ earlier: all });
    expect(await health()).toMatchObject({ http: 503, status: 'failing' });
    const some = await earlierCycles(kept(failed('0', 12), good, failed('b', 4)));
    expect(some.failures).toEqual({ inARow: 1, everGood: true });
  });

  test('a record that cannot be read is passed over', async () => {
    const archive = { ...kept(good), ids: async () => ['a', 'damaged'] };
    expect((await earlierCycles(archive)).last?.runId).toBe('a');
    const gone = { ids: () => Promise.reject(new Error('EIO')), load: async () => null, loadHead: async () => null };
    expect(await earlierCycles(gone)).toEqual(NO_PAST);
  });
});

describe('the server', () => {
  test('answers GET and HEAD for two paths, with or without a query, and nothing else', async () => {
    const { get } = await watched();
    const answers = await Promise.all([
      get('/healthz?x=1'),
      get('/metrics', { method: 'HEAD' }),
      get('/'),
      get('/healthz/'),
      get('/constructor'),
      get('/metrics', { method: 'POST', body: 'x' }),
      get('/healthz', { method: 'DELETE' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 404, 404, 405, 405]);
    expect(await answers[1]?.text()).toBe('');
    expect(answers[5]?.headers.get('allow')).toBe('GET, HEAD');
  });

  test('answers beside any number of connections that say nothing, or say it slowly', async () => {
    const { get, port } = await watched();
    const slow = Array.from({ length: 400 }, () => connect(port, '127.0.0.1'));
    for (const socket of slow) socket.on('error', () => {}).write('GET /healthz HTTP/1.1\r\nX-Slow: ');
    onTestFinished(() => void slow.forEach((socket) => void socket.destroy()));
    await Promise.all(slow.map(async (socket) => socket.connecting && once(socket, 'connect')));
    const closed = slow.filter(({ destroyed }) => destroyed).length;
    for (const path of ['/healthz', '/metrics', '/healthz']) expect((await get(path)).status).toBe(200);
    // Bounded, and not by turning away who comes last.
    expect(closed).toBeLessThan(400);
  });

  /** The status for a question with these lines of a header and no others. */
  async function rawly(port: number, ...lines: string[]): Promise<number> {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write(`GET /healthz HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n`);
    let text = '';
    for await (const part of socket) text += String(part);
    return Number(text.split(' ')[1]);
  }

  test.each([
    ['127.0.0.1:9464', 200],
    ['127.0.0.1', 200],
    ['10.244.1.7:9464', 200],
    ['localhost:9464', 200],
    ['LocalHost.', 200],
    ['[::1]:9464', 200],
    ['[fe80::1]', 200],
    ['portcullis.monitoring.svc:9464', 200],
    ['PORTCULLIS.monitoring.svc', 200],
    ['evil.example', 421],
    ['evil.example:9464', 421],
    ['127.0.0.1.evil.example', 421],
    ['localhost.evil.example', 421],
    ['2130706433', 421],
    ['0x7f.1', 421],
    ['[evil.example]', 421],
    ['127.0.0.1@evil.example', 421],
    ['evil.example, localhost', 421],
    ['', 421],
  ])('a question to the host %j is answered with %i', async (host, status) => {
    const { port } = await watched({ names: ['portcullis.monitoring.svc'] });
    expect(await rawly(port, `Host: ${host}`)).toBe(status);
  });

  test('a question that names two hosts is refused, whichever comes first', async () => {
    const { port } = await watched();
    for (const hosts of [
      ['localhost', 'evil.example'],
      ['evil.example', 'localhost'],
    ])
      expect([400, 421]).toContain(await rawly(port, ...hosts.map((host) => `Host: ${host}`)));
  });

  test('reads no body: the answer comes while it is still being sent, and the connection ends', async () => {
    const { port } = await watched();
    const question = ask({ port, path: '/healthz', method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
    question.on('error', () => {});
    question.write('never ending');
    const [answer] = (await once(question, 'response')) as [{ statusCode: number; headers: Record<string, string> }];
    expect([answer.statusCode, answer.headers.connection]).toEqual([405, 'close']);
    question.destroy();
  });

  test('does not listen to headers without end', async () => {
    const { get } = await watched();
    expect((await get('/healthz', { headers: { 'x-long': 'a'.repeat(8_000) } })).status).toBe(431);
  });

  test('is not there on port 0', async () => {
    expect((await watched({ port: 0 })).watching.port).toBeNull();
  });

  test('on a port that is taken is a warning, and cycles are watched all the same', async () => {
    const first = await watched();
    const second = await watched({ port: first.port });
    expect([second.watching.port, second.events]).toEqual([null, ['health.unavailable']]);
    expect((await second.watching.around(cycle(aRecord()))).record.verdict).toBe('done');
  });

  test('on an address that is not of this machine is a warning, too', async () => {
    const health = { port: await freePort(), host: '192.0.2.1', names: [] };
    const { events } = await watched({ settings: { heartbeatUrl: undefined, health } });
    expect(events).toEqual(['health.unavailable']);
  });

  test('is gone when it is closed, with connections that were kept open or never said a word', async () => {
    const { watching, get, port } = await watched();
    await get('/healthz');
    const silent = connect(port, '127.0.0.1');
    silent.on('error', () => {});
    await once(silent, 'connect');
    const over = once(silent, 'close');
    await watching.close();
    await over;
    await expect(get('/healthz')).rejects.toThrow();
  });
});
