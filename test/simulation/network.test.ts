/** The made-up network against real sockets: the clients must not be able to tell them apart. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { FaultPoint, FaultSpec } from '../../simulator/faults.ts';
import { type InMemorySimulator, simulateInMemory, type World } from '../../simulator/in_memory.ts';
import { type Simulator, startSimulator } from '../../simulator/simulator.ts';
import { createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Network } from '../../src/http/network.ts';
import { createMailer } from '../../src/mail/graph_mailer.ts';
import { createModelClient } from '../../src/score/client/model_client.ts';
import { systemClock } from '../../src/util/clock.ts';
import { UpstreamError } from '../../src/util/errors.ts';
import { createLog } from '../../src/util/log.ts';
import { silentProgress } from '../../src/util/progress.ts';
import { openExchange } from '../../src/vault/exchange.ts';
import { jsonOf } from '../../src/vault/session.ts';
import { DAY, EVERYTHING_ON, openPlace, ROOT, type Settings } from '../e2e/place.ts';
import { byTag } from '../e2e/tagged_model.ts';
import type { Fate } from './faults.ts';
import { makeNetwork, type NetworkParts } from './network.ts';

const CLEAR = { connect: 0, there: 0, back: 0, fate: { kind: 'ok' } } as const;
const immortal = { dead: false, deliver: (what: () => void) => what() };

const networkTo = ({ apps }: InMemorySimulator, parts: Partial<NetworkParts> = {}): Network =>
  makeNetwork({
    apps,
    conditions: () => CLEAR,
    after: (ms, what) => void setTimeout(what, ms),
    owner: immortal,
    say: () => {},
    ...parts,
  });

test('a whole run does over the made-up network what it does over sockets', async () => {
  const by = (name: string) => ({ requestor: { id: `id of ${name}`, name, displayName: name } });
  const requests = [
    ['a low one', 'low', by('anna')],
    ['a medium one', 'medium', by('ben')],
    ['a critical one', 'critical', by('carla')],
    [
      'a stale grant',
      'low',
      { ...by('dirk'), status: 'Approved', created: Date.now() - 9 * DAY, requestedTo: Date.now() + DAY },
    ],
  ] as const;
  await using place = await openPlace({ model: { behaviour: byTag } });
  for (const [title, risk, partial] of requests) place.request(title, risk, partial);
  const overSockets = await place.run();

  const folder = mkdtempSync(join(tmpdir(), 'portcullis-simulation-'));
  const sim = simulateInMemory({ data: 'none', model: { behaviour: byTag } });
  const titles = new Map<string, string>();
  for (const days of [1, 2]) sim.vault.add({ message: '[medium] Toner', created: Date.now() - days * DAY });
  for (const [title, risk, partial] of requests) {
    const message = `[${risk}] Replace the toner, change CHG0041234`;
    titles.set(sim.vault.add({ message, created: Date.now() - 3_600_000, ...partial }).id, title);
  }
  const said: string[] = [];
  const app = await createApp({
    config: loadConfig({
      ...{ ...sim.settings, ...EVERYTHING_ON, PROMPT_DIR: join(ROOT, 'prompts'), POLICY_DIR: join(ROOT, 'policy') },
      ...{ STATE_DIR: join(folder, 'state'), REPORT_DIR: join(folder, 'reports') },
    }),
    clock: systemClock,
    log: createLog('error', false, new PassThrough(), silentProgress),
    progress: silentProgress,
    version: '0.0.0',
    network: networkTo(sim, { say: (line) => said.push(line) }),
  });
  const { signal } = new AbortController();
  const { record } = await app.runOnce({ dryRun: false, ask: null, signal, lockHeld: () => true });

  const acts = sim.journal.of('approve', 'reject', 'complete').map(({ what, id }) => `${what} ${titles.get(id)}`);
  expect(acts.sort()).toEqual(['approve a low one', 'complete a stale grant', 'reject a critical one']);
  expect(acts).toEqual(place.acts().sort());
  expect(record.problems).toEqual([]);
  const numbers = (one: typeof record) => [
    one.verdict,
    one.usage.calls,
    one.reviewed.map(({ decision }) => decision.verdict).sort(),
  ];
  expect(numbers(record)).toEqual(numbers(overSockets.record));
  const subjects = ({ mailbox }: World) => mailbox.mails.map(({ subject }) => subject);
  expect(subjects(sim)).toEqual(subjects(place.sim));
  const statuses = ({ journal }: World) => journal.entries.map(({ what, status }) => `${what} ${status}`).sort();
  expect(statuses(sim)).toEqual(statuses(place.sim));
  expect(said.filter((line) => /is answered/.test(line))).toHaveLength(sim.journal.calls.length);
  rmSync(folder, { recursive: true, force: true });
});

/** One side of the comparison: who is called, and by which way. */
type Side = {
  readonly world: World;
  readonly settings: Settings;
  readonly ca?: string;
  readonly network?: Network;
  readonly timeoutMs: number;
};

const failureIn = (error: unknown): string => {
  if (!(error instanceof UpstreamError)) throw error;
  return `${error.code}${error.maybeDone ? ', maybe done' : ''}`;
};

function exchangeOf({ world, settings, ca, network, timeoutMs }: Side) {
  const options = { token: world.vault.token, ca, tlsInsecure: false, timeoutMs, concurrency: 1, network };
  return openExchange({ ...options, url: settings.VAULT_URL ?? '' });
}

const keyIn = (world: World, asset: { id: string }): string => world.vault.asset(asset.id)?.credential?.password ?? '';

async function mailThrough({ world, settings, ca, network, timeoutMs }: Side): Promise<string> {
  const mailer = createMailer({
    ...{ tenantId: settings.ALERT_TENANT_ID ?? '', clientId: settings.ALERT_CLIENT_ID ?? '', ca, timeoutMs },
    authorityHost: settings.ALERT_AUTHORITY_HOST ?? '',
    graphBaseUrl: settings.GRAPH_BASE_URL ?? '',
    clientSecret: async () => keyIn(world, world.estate.graphSecret),
    ...{ sender: settings.ALERT_SENDER_EMAIL ?? '', recipients: ['soc@harbourvale.example'], format: 'html' },
    ...{ clock: systemClock, network },
  });
  await mailer.send({ runId: '1', subject: 'A subject', html: '<p>Hello</p>', text: 'Hello' });
  return 'sent';
}

/** What each of the four clients makes of a call; of a write also what became of the request. */
const CLIENTS: Record<string, { to: string; on: FaultPoint; call: (side: Side) => Promise<string> }> = {
  reading: {
    to: 'vault',
    on: 'vault.list',
    async call(side) {
      const url = `${side.settings.VAULT_URL}/api/request/auditor-requests`;
      const answer = await exchangeOf(side).send({ method: 'GET', url, query: { start: 0, limit: 20 } });
      return answer.status === 200
        ? `${jsonOf('list requests', answer)}`
        : `${answer.status} ${answer.retryAfter ?? ''}`.trim();
    },
  },
  writing: {
    to: 'vault',
    on: 'vault.approve',
    async call(side) {
      const { id } = side.world.vault.add();
      const url = `${side.settings.VAULT_URL}/api/request/approve/${id}`;
      const call = { method: 'PUT', url, body: { text: 'ok', type: 'text/plain' } } as const;
      const said = await exchangeOf(side)
        .send(call)
        .then(({ status }) => `${status}`, failureIn);
      return `${said}; ${side.world.vault.get(id)?.status}`;
    },
  },
  model: {
    to: 'model',
    on: 'model',
    async call({ world, settings, ca, network, timeoutMs }) {
      const key = keyIn(world, world.estate.openaiKey);
      const client = createModelClient({
        ...{ apiKey: async () => key, baseUrl: settings.OPENAI_BASE_URL, model: settings.OPENAI_MODEL ?? '' },
        ...{ timeoutMs, ca, maxRetries: 0, network },
      });
      const answer = await client.ask(
        { kind: 'personal', system: 'JSON', user: '{}', slots: ['r1'] },
        new AbortController().signal,
      );
      return answer.kind === 'failed' ? failureIn(answer.error) : answer.kind;
    },
  },
  'sign-in': { to: 'signIn', on: 'token', call: mailThrough },
  mail: { to: 'graph', on: 'mail', call: mailThrough },
};

describe('every kind of fault is to each client what the same fault of a real connection is', () => {
  let real: Simulator;
  beforeAll(async () => {
    real = await startSimulator({ data: 'none' });
  });
  afterAll(() => real.close());

  type Row = readonly [name: string, fate: Fate, fault: Omit<FaultSpec, 'on'>, seen: Readonly<Record<string, string>>];
  const failing = (code: string, vault: string) => ({
    ...{ reading: `${code}, maybe done`, writing: `${code}, maybe done; ${vault}` },
    ...{ model: code, 'sign-in': code, mail: `${code}, maybe done` },
  });
  const garbled = (code: string, vault: string, mail: string) => ({
    ...{ reading: code, writing: `200; ${vault}`, model: code, 'sign-in': code, mail },
  });
  const answered = (status: string, vault: string, code: string) => ({
    ...{ reading: status, writing: `${status.slice(0, 3)}; ${vault}`, model: 'server-error' },
    // What answers 5xx for Graph, and is not Graph, may have let the mail through.
    ...{ 'sign-in': code, mail: code === 'server-error' ? `${code}, maybe done` : code },
  });
  const TABLE: readonly Row[] = [
    [
      'a 429',
      { kind: 'status', when: 'before', status: 429, retryAfter: 7 },
      { kind: 'status', status: 429, retryAfter: 7 },
      answered('429 7', 'Active', 'refused'),
    ],
    [
      'a 503',
      { kind: 'status', when: 'before', status: 503 },
      { kind: 'status', status: 503 },
      answered('503', 'Active', 'server-error'),
    ],
    [
      'a 503 after it was done',
      { kind: 'status', when: 'after', status: 503 },
      { kind: 'status-after', status: 503 },
      answered('503', 'Approved', 'server-error'),
    ],
    ['a reset', { kind: 'reset', when: 'before' }, { kind: 'reset-before' }, failing('unreachable', 'Active')],
    [
      'a reset after it was done',
      { kind: 'reset', when: 'after' },
      { kind: 'reset-after' },
      failing('unreachable', 'Approved'),
    ],
    ['silence', { kind: 'hang', when: 'before' }, { kind: 'hang' }, failing('timeout', 'Active')],
    [
      'silence after it was done',
      { kind: 'hang', when: 'after' },
      { kind: 'hang-after' },
      failing('timeout', 'Approved'),
    ],
    [
      'a page',
      { kind: 'html', when: 'before' },
      { kind: 'html' },
      garbled('not-json', 'Active', 'refused, maybe done'),
    ],
    // 202 is Graph's word for a mail that it took; nobody reads what stands below.
    ['half a body', { kind: 'truncated' }, { kind: 'truncated-json' }, garbled('not-json', 'Approved', 'sent')],
  ];

  test.each(TABLE)('%s', async (_, fate, fault, seen) => {
    const timeoutMs = fate.kind === 'hang' ? 1000 : 20_000;
    for (const [name, { to, on, call }] of Object.entries(CLIENTS)) {
      const planned = real.faults.add({ ...fault, on });
      const side = { world: real, settings: real.settings, ca: real.caPem, timeoutMs };
      const both = [underConditions(fate, to, call, timeoutMs), call(side).catch(failureIn)];
      expect(await Promise.all(both), `${name}, made up and real`).toEqual([seen[name], seen[name]]);
      planned.remove();
    }
  });

  test('nobody listening', async () => {
    const nobody = 'https://localhost:1';
    const settings = {
      ...real.settings,
      ...{ VAULT_URL: nobody, OPENAI_BASE_URL: nobody, GRAPH_BASE_URL: nobody },
    };
    const side = { world: real, settings, ca: real.caPem, timeoutMs: 20_000 };
    const seen = { reading: 'unreachable', writing: 'unreachable; Active', model: 'unreachable', mail: 'unreachable' };
    for (const [name, expected] of Object.entries(seen)) {
      const { to, call } = CLIENTS[name] as (typeof CLIENTS)[string];
      expect(await underConditions({ kind: 'refused' }, to, call, 20_000), `${name}, made up`).toBe(expected);
      expect(await call(side).catch(failureIn), `${name}, real`).toBe(expected);
    }
  });

  test('JSON of another shape', async () => {
    const seen = {
      reading: '[object Object]',
      writing: '200; Approved',
      model: 'wrong-shape',
      'sign-in': 'wrong-shape',
    };
    for (const [name, expected] of Object.entries(seen)) {
      const { to, call } = CLIENTS[name] as (typeof CLIENTS)[string];
      expect(await underConditions({ kind: 'wrong-shape' }, to, call, 20_000), name).toBe(expected);
    }
  });

  test('a call that is over leaves no timer behind', async () => {
    const left: string[] = [];
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      for (const [name, { call }] of Object.entries(CLIENTS)) {
        const world = simulateInMemory({ data: 'none' });
        const network = networkTo(world, { after: (_, what) => setImmediate(what) });
        await call({ world, settings: world.settings, network, timeoutMs: 20_000 });
        if (vi.getTimerCount() > 0) left.push(name);
      }
    } finally {
      vi.useRealTimers();
    }
    expect(left).toEqual([]);
  });

  async function underConditions(fate: Fate, to: string, call: (side: Side) => Promise<string>, timeoutMs: number) {
    const world = simulateInMemory({ data: 'none' });
    const conditions: NetworkParts['conditions'] = (one) =>
      // Only what the simulator's faults meet too: finding the sign-in's addresses is none of them.
      one.to === to && !one.url.includes('.well-known') ? { ...CLEAR, fate } : CLEAR;
    const network = networkTo(world, { conditions });
    return call({ world, settings: world.settings, network, timeoutMs }).catch(failureIn);
  }
});

describe('a call and its process', () => {
  /** Time by hand: what is due waits in a list. */
  function opened() {
    const sim = simulateInMemory({ data: 'none' });
    const { id } = sim.vault.add();
    const due: { at: number; what: () => void }[] = [];
    let now = 0;
    const owner = { dead: false, deliver: (what: () => void) => void (owner.dead || what()) };
    const network = networkTo(sim, {
      owner,
      conditions: () => ({ connect: 10, there: 10, back: 10, fate: { kind: 'ok' } }),
      after: (ms, what) => void due.push({ at: now + ms, what }),
    });
    const options = { token: sim.vault.token, ca: undefined, tlsInsecure: false, timeoutMs: 20_000, concurrency: 1 };
    const url = `${sim.settings.VAULT_URL}/api/request/approve/${id}`;
    const stop = new AbortController();
    const answers: string[] = [];
    openExchange({ ...options, url: sim.settings.VAULT_URL ?? '', network })
      .send({ method: 'PUT', url, body: { text: 'ok', type: 'text/plain' }, signal: stop.signal })
      .then(
        ({ status }) => answers.push(`${status}`),
        (error) => answers.push(failureIn(error)),
      );
    const pass = async (ms: number) => {
      for (const end = now + ms; now < end; ) {
        await new Promise(setImmediate);
        now += 1;
        for (const one of due.filter(({ at }) => at === now)) one.what();
      }
      await new Promise(setImmediate);
    };
    return {
      owner,
      stop,
      answers,
      pass,
      status: () => sim.vault.get(id)?.status,
      heard: () => sim.journal.calls.length,
    };
  }

  test('it is carried out when it arrives, and the answer comes a while later', async () => {
    const { pass, status, answers } = opened();
    await pass(19);
    expect(status()).toBe('Active');
    await pass(1);
    expect([status(), answers]).toEqual(['Approved', []]);
    await pass(10);
    expect(answers).toEqual(['200']);
  });

  test('a process that dies before it left sends nothing', async () => {
    const { owner, pass, heard, answers } = opened();
    await pass(9);
    owner.dead = true;
    await pass(100);
    expect([heard(), answers]).toEqual([0, []]);
  });

  test('a process that dies after it left has sent it, and hears nothing more, not even its own stop', async () => {
    const { owner, stop, pass, status, answers } = opened();
    await pass(11);
    owner.dead = true;
    stop.abort();
    await pass(100);
    expect([status(), answers]).toEqual(['Approved', []]);
  });

  test('a client that gives up before it left sends nothing', async () => {
    const { stop, pass, heard, answers } = opened();
    await pass(9);
    stop.abort();
    await pass(100);
    expect([heard(), answers]).toEqual([0, ['stopped']]);
  });

  test('a client that gives up after it left has sent it', async () => {
    const { stop, pass, status, answers } = opened();
    await pass(11);
    stop.abort();
    await pass(1);
    expect([status(), answers]).toEqual(['Active', ['stopped, maybe done']]);
    await pass(100);
    expect([status(), answers]).toEqual(['Approved', ['stopped, maybe done']]);
  });
});
