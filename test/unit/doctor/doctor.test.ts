/** The table of `portcullis doctor`, over the simulator: what is well, and each fault in its own row with what to do. */
import { once } from 'node:events';
import { appendFileSync, copyFileSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { issue } from '../../../simulator/certificates.ts';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { strangeNames } from '../../../src/config/strange_names.ts';
import { CHECKS, type Diagnosis, diagnose, type Row } from '../../../src/doctor/doctor.ts';
import { doctorText } from '../../../src/doctor/doctor_text.ts';
import { openSecrets } from '../../../src/doctor/secrets.ts';
import { usableConfig } from '../../../src/doctor/usable_config.ts';
import { lookAtVault } from '../../../src/doctor/vault_look.ts';
import { keepDiscovered } from '../../../src/store/discovered.ts';
import { halt } from '../../../src/store/halt.ts';
import { takeLock } from '../../../src/store/lock.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { silentLog } from '../../../src/util/log.ts';
import { tempFolder } from '../../helpers/requests.ts';

const ROOT = join(import.meta.dirname, '../../..');
type Changes = Readonly<Record<string, string>>;

let sim: Simulator;
let keys: Changes;
const told: string[] = [];

beforeAll(async () => {
  sim = await startSimulator({ requests: 40, malformed: 0, vault: { credentialApproval: { polls: 1 } } });
  keys = keysOf(sim);
});
afterAll(async () => {
  await sim.close();
  const secrets = [...sim.secrets, 'pa55-of-the-proxy', 'whsec_'];
  expect(told.length).toBeGreaterThan(20);
  expect(told.filter((text) => secrets.some((secret) => text.includes(secret)))).toEqual([]);
});

/** Both keys in the settings instead of in the vault, as for a trial. */
function keysOf({ vault, settings }: Simulator): Changes {
  const of = (name: string) => vault.asset(settings[name] ?? '')?.credential?.password ?? '';
  return {
    ...{ OPENAI_ASSET_ID: '', OPENAI_API_KEY: of('OPENAI_ASSET_ID') },
    ...{ ALERT_SECRET_ASSET_ID: '', ALERT_CLIENT_SECRET: of('ALERT_SECRET_ASSET_ID') },
  };
}

type Seen = Diagnosis & { readonly row: (name: string) => Row };

/** One pass with the settings of the simulator, some of them changed; an empty text is "not set". */
async function doctor(changes: Changes = {}, { ask = false, mail = false, of = sim } = {}): Promise<Seen> {
  const folder = tempFolder();
  const env: Record<string, string> = {
    ...of.settings,
    ...{ STATE_DIR: join(folder, 'state'), REPORT_DIR: join(folder, 'reports'), HEALTH_PORT: '0' },
    ...{ PROMPT_DIR: join(ROOT, 'prompts'), POLICY_DIR: join(ROOT, 'policy') },
    ...{ VAULT_CREDENTIAL_POLL_SECONDS: '0.05', VAULT_TIMEOUT_SECONDS: '20' },
    ...changes,
  };
  const usable = usableConfig(env);
  const { signal } = new AbortController();
  const vault = lookAtVault(usable.config, systemClock, signal);
  const secrets = openSecrets(usable.config, { ask, clock: systemClock, log: silentLog, signal });
  const strange = strangeNames(Object.keys(env), {});
  const node = process.versions.node;
  try {
    const world = {
      ...usable,
      strange,
      sendTestMail: mail,
      clock: systemClock,
      nodeVersion: node,
      signal,
      vault,
      secrets,
    };
    const diagnosis = await diagnose(world, '0.0.0');
    expect(await secrets.close()).toEqual([]);
    told.push(JSON.stringify(diagnosis), doctorText(diagnosis));
    // Whatever is wrong, every row is there.
    expect(diagnosis.rows.map(({ name }) => name)).toEqual(CHECKS.map(({ name }) => name));
    if (env.STATE_DIR === join(folder, 'state')) expect(readdirSync(folder)).toEqual([]);
    const row = (name: string) => diagnosis.rows.find((one) => one.name === name) ?? expect.fail(`no row ${name}`);
    return { ...diagnosis, row };
  } finally {
    await secrets.close();
    vault.close();
  }
}

/** The rows that are not well, as `fail vault connection`. */
const unwell = ({ rows }: Diagnosis) =>
  rows.filter(({ state }) => state !== 'ok').map((row) => `${row.state} ${row.name}`);
const VAULT_ROWS = [
  'vault clock',
  'vault requests',
  'vault asset',
  'office hours',
  'vault discovery',
  'assets with keys',
  'rights',
];
const notLooked = (names: readonly string[]) => names.map((name) => `warn ${name}`);

/** For a fault that others must not meet: a vault of its own. */
async function another(options: Parameters<typeof startSimulator>[0]): Promise<Simulator> {
  const own = await startSimulator({ requests: 20, malformed: 0, ...options });
  onTestFinished(() => own.close());
  return own;
}

describe('a set-up that is well', () => {
  test('with --ask every row is ok, and what was fetched is given back', async () => {
    sim.journal.clear();
    const seen = await doctor({}, { ask: true });
    expect(unwell(seen)).toEqual([]);
    expect([seen.state, seen.counts]).toEqual(['ok', { ok: CHECKS.length, warn: 0, fail: 0 }]);
    expect(seen.row('model question').says).toMatch(
      /takes the schema, a system message, temperature 0 and a limit of tokens/,
    );
    expect(sim.journal.of('approve', 'reject', 'complete', 'mail')).toEqual([]);
    expect(sim.journal.of('submit')).toHaveLength(2);
    expect(sim.journal.of('complete-credential')).toHaveLength(2);
  });

  test('without it nothing is asked for, nothing is written, and what was not tried is not told as well', async () => {
    sim.journal.clear();
    const seen = await doctor();
    expect(unwell(seen)).toEqual(['warn model question', 'warn sign-in']);
    expect(seen.row('model question')).toMatchObject({
      says: 'not looked at: the secret is in the vault (OPENAI_ASSET_ID)',
      todo: expect.stringContaining('portcullis doctor --ask'),
    });
    expect(sim.journal.entries).toEqual([]);
    expect(sim.journal.calls.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('keys in the settings are tried at once', async () => {
    sim.journal.clear();
    const seen = await doctor(keys);
    expect(unwell(seen)).toEqual(['warn remarks']);
    expect(sim.journal.entries.map(({ what }) => what)).toEqual(['token']);
  });

  test('each row says what was found', async () => {
    const seen = await doctor({ SCHEDULE_CRON: '0 6 * * *', SCHEDULE_TIMEZONE: 'Europe/Berlin' });
    expect(seen.row('vault requests').says).toMatch(/^\d+ requests of the last 30 days read$/);
    expect(seen.row('token').says).toMatch(/^the vault token of `svc-portcullis` ends \d{4}-.* in \d+ days$/);
    expect(seen.row('rights').says).toMatch(/^it lists requests of \d+ people and reads assets/);
    expect(seen.row('schedule').says.match(/\d{4}-\d\d-\d\d 06:00:00/g)).toHaveLength(5);
    expect(seen.row('mail').says).toBe('from portcullis@harbourvale.example to 2 recipients');
    expect(seen.row('ledger').says).toBe('no entries yet');
  });
});

describe('settings', () => {
  test('one that is wrong is named, and everything else is looked at all the same', async () => {
    const seen = await doctor({ ...keys, CAP_APPROVALS_PER_RUN: 'many', SCHEDULE_CRON: 'at six' });
    expect(unwell(seen)).toEqual(['fail settings', 'warn remarks', 'warn schedule']);
    expect(seen.row('settings').says).toMatch(/^2 settings are not usable: .*CAP_APPROVALS_PER_RUN: `many`/);
    expect(seen.row('schedule').says).toBe('not looked at: SCHEDULE_CRON cannot be used as it is');
  });

  test('without any of the vault, model and mail are looked at', async () => {
    const seen = await doctor({ ...keys, VAULT_URL: '', VAULT_API_TOKEN: '' });
    const rows = ['vault connection', ...VAULT_ROWS.slice(0, 6), 'token', 'rights'];
    expect(unwell(seen)).toEqual(['fail settings', 'warn remarks', ...notLooked(rows)]);
  });

  test('with nothing set at all there is a table as well', async () => {
    const nothing = Object.fromEntries(Object.keys(sim.settings).map((name) => [name, '']));
    const seen = await doctor({ ...nothing, OPENAI_BASE_URL: sim.settings.OPENAI_BASE_URL ?? '' });
    expect(seen.state).toBe('fail');
    expect(seen.row('model question')).toMatchObject({
      state: 'fail',
      todo: expect.stringContaining('OPENAI_ASSET_ID'),
    });
    expect(seen.row('mail')).toMatchObject({
      state: 'warn',
      says: 'no mail is configured: the reports are all there is',
    });
    expect(seen.row('policy').state).toBe('ok');
  });

  test('half of a mail is a wrong setting, and no mail is looked at', async () => {
    const seen = await doctor({ ...keys, ALERT_TENANT_ID: '' });
    expect(unwell(seen)).toEqual(['fail settings', 'warn remarks', 'warn mail', 'warn sign-in', 'warn test mail']);
  });

  test('a misspelt name is a warning', async () => {
    const { says, state } = (await doctor({ AUTO_APROVE_LOW_RISK: 'true' })).row('names');
    expect([state, says]).toEqual(['warn', expect.stringContaining('AUTO_APPROVE_LOW_RISK')]);
  });
});

describe('a vault', () => {
  test.each([
    ['nobody listens', { VAULT_URL: 'https://localhost:1/ztna/acme' }, /connection refused/, /VAULT_URL/],
    ['its authority is not trusted', { VAULT_CA_FILE: '' }, /no certificate in between|not trusted/, /VAULT_CA_FILE/],
    [
      'the proxy does not answer',
      { VAULT_PROXY: 'http://us3r:pa55-of-the-proxy@127.0.0.1:1' },
      /the proxy \(VAULT_PROXY\) cannot be reached/,
      /VAULT_PROXY/,
    ],
  ])('where %s: one row fails, and those behind it are not looked at', async (_, changes, says, todo) => {
    const seen = await doctor({ ...keys, ...changes });
    expect(unwell(seen)).toEqual(['warn remarks', 'fail vault connection', ...notLooked(VAULT_ROWS)]);
    expect(seen.row('vault connection').says).toMatch(says);
    expect(seen.row('vault connection').todo).toMatch(todo);
    expect(seen.row('vault requests').says).toBe('not looked at: the vault cannot be reached');
  });

  test('whose clock is three hours ahead', async () => {
    const seen = await doctor(keys, { of: await another({ vault: { clockAheadMs: 3 * 3_600_000 } }) });
    expect(seen.row('vault clock')).toMatchObject({
      state: 'warn',
      says: "the vault's clock is 3 hours ahead of this machine's",
      todo: expect.stringContaining('NTP'),
    });
  });

  test('that refuses the list', async () => {
    const seen = await doctor({}, { of: await another({ vault: { denied: ['list'] } }) });
    expect(seen.row('vault connection').state).toBe('ok');
    expect(seen.row('vault requests')).toMatchObject({
      state: 'fail',
      says: expect.stringMatching(/refused to list requests: 40[13]/),
      todo: expect.stringContaining('VAULT_API_TOKEN'),
    });
  });

  test('that gives out no asset', async () => {
    const seen = await doctor({}, { of: await another({ vault: { denied: ['asset'] } }) });
    expect(seen.row('vault asset').state).toBe('fail');
    expect(seen.row('rights')).toMatchObject({
      state: 'warn',
      todo: expect.stringContaining('right to view the assets'),
    });
    expect(seen.row('assets with keys').says).toMatch(/OPENAI_ASSET_ID: .*ALERT_SECRET_ASSET_ID: /);
  });

  test('that says nothing of its operations, and has no request', async () => {
    const seen = await doctor({}, { of: await another({ data: 'none', vault: { discovery: 'none' } }) });
    expect(seen.row('vault discovery')).toMatchObject({ state: 'warn', todo: expect.stringContaining('VAULT_PATH_') });
    expect(seen.row('vault requests')).toMatchObject({ state: 'warn', todo: expect.stringContaining('auditor') });
    expect(seen.row('vault asset').says).toMatch(/^not looked at/);
  });

  test('whose credential operations are not where a run last found them', async () => {
    const folder = tempFolder();
    const found = { source: null, operations: { 'submit-request': 'POST https://elsewhere.example/submit' } };
    await keepDiscovered(folder, found);
    const row = (await doctor({ STATE_DIR: folder })).row('vault discovery');
    expect(row).toMatchObject({ state: 'warn', says: expect.stringContaining('described at `https://localhost') });
    expect(row.says).toContain('and was `POST https://elsewhere.example/submit`');
  });

  test('some of whose records cannot be understood', async () => {
    const seen = await doctor({}, { of: await another({ malformed: 3 }) });
    expect(seen.row('vault requests')).toMatchObject({ state: 'warn', todo: expect.stringContaining('docs/vault.md') });
    expect(seen.row('vault requests').says).toMatch(/, 3 of which cannot be understood: /);
  });

  test('whose token ends in days, or has ended', async () => {
    const near = await doctor({}, { of: await another({ tokenHours: 6 * 24 }) });
    expect(near.row('token')).toMatchObject({ state: 'warn', todo: expect.stringContaining('VAULT_API_TOKEN_FILE') });
    const over = await doctor({}, { of: await another({ tokenHours: 0 }) });
    expect(over.row('token')).toMatchObject({ state: 'fail', says: expect.stringContaining('ended') });
    expect(over.row('vault requests').state).toBe('fail');
  });

  test('whose token names nobody', async () => {
    const own = await another({ tokenNamesUser: false });
    expect((await doctor({}, { of: own })).row('token').state).toBe('ok');
    const { state, says } = (await doctor({ AGENT_USERNAME: '' }, { of: own })).row('token');
    expect([state, says]).toEqual(['fail', expect.stringContaining('AGENT_USERNAME')]);
  });
});

describe('a model', () => {
  test('that does not know the key', async () => {
    const { state, says, todo } = (await doctor({ ...keys, OPENAI_API_KEY: 'sk-another-one' })).row('model question');
    expect([state, says]).toEqual(['fail', 'the model endpoint refused the key: 401']);
    expect(todo).toContain('OPENAI_API_KEY');
  });

  test('whose authority is not trusted, or that is not there', async () => {
    const untrusted = await doctor({ ...keys, OPENAI_CA_FILE: '' });
    expect(unwell(untrusted)).toEqual(['warn remarks', 'fail model connection', 'fail model question']);
    expect(untrusted.row('model connection').todo).toContain('OPENAI_CA_FILE');
    const gone = await doctor({ ...keys, OPENAI_BASE_URL: 'https://localhost:1/v1' });
    expect(gone.row('model connection')).toMatchObject({
      state: 'fail',
      todo: expect.stringContaining('OPENAI_BASE_URL'),
    });
  });

  test('that knows no schema: the table says what it takes', async () => {
    const own = await another({ model: { behaviour: 'refuses-json-schema' } });
    const { state, says } = (await doctor(keysOf(own), { of: own })).row('model question');
    expect([state, says]).toEqual(['ok', expect.stringContaining('any JSON object')]);
  });

  test('that answers something else', async () => {
    const own = await another({ model: { behaviour: 'empty' } });
    const row = (await doctor(keysOf(own), { of: own })).row('model question');
    expect(row).toMatchObject({ state: 'fail', todo: expect.stringContaining('docs/models.md') });
  });
});

test('a sign-in that refuses the secret says what to do', async () => {
  const row = (await doctor({ ...keys, ALERT_CLIENT_SECRET: 'sim~another-one' })).row('sign-in');
  expect(row).toMatchObject({ state: 'fail', todo: expect.any(String) });
});

describe('state folder and service', () => {
  test('a file in the place of the state folder', async () => {
    const file = join(tempFolder(), 'state');
    writeFileSync(file, '');
    const seen = await doctor({ STATE_DIR: file });
    expect(seen.row('state folder')).toMatchObject({ state: 'fail', todo: expect.stringContaining('STATE_DIR') });
    expect(seen.row('report folder').state).toBe('ok');
  });

  test('a halt, and a ledger that was altered', async () => {
    const state = tempFolder();
    await halt(state, { at: Date.now(), by: 'anna', reason: 'INC-4711' });
    mkdirSync(join(state, 'ledger'));
    writeFileSync(join(state, 'ledger', '2026-11.jsonl'), '{"no":"entry"}\n');
    const seen = await doctor({ STATE_DIR: state });
    expect(seen.row('halt')).toMatchObject({ state: 'warn', todo: expect.stringContaining('portcullis resume') });
    expect(seen.row('halt').says).toMatch(/halted by anna since .*: INC-4711/);
    expect(seen.row('ledger').state).toBe('fail');
  });

  test('a run that is under way is no fault, and its port is its own', async () => {
    const state = tempFolder();
    const lock = await takeLock(state, systemClock);
    onTestFinished(() => lock.release());
    const { port } = await listener();
    const seen = await doctor({ STATE_DIR: state, HEALTH_PORT: String(port) });
    expect(seen.row('lock')).toMatchObject({ state: 'ok', says: expect.stringContaining(`process ${process.pid}`) });
    expect(seen.row('health port').state).toBe('ok');
  });

  test('a port that something else has', async () => {
    const { port } = await listener();
    const { state, todo } = (await doctor({ HEALTH_PORT: String(port) })).row('health port');
    expect([state, todo]).toEqual(['warn', expect.stringContaining('HEALTH_PORT')]);
  });

  test('who may ask for decisions, and until when its certificate is good', async () => {
    const INTAKE = { INTAKE_PORT: '1', INTAKE_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
    expect((await doctor()).row('intake')).toMatchObject({ state: 'ok', says: 'off (INTAKE_PORT is 0)' });
    const { port } = await listener();
    const taken = (await doctor({ ...INTAKE, INTAKE_PORT: String(port) })).row('intake');
    expect(taken).toMatchObject({ state: 'warn', todo: expect.stringContaining('INTAKE_PORT') });
    const wrong = (await doctor({ INTAKE_PORT: '9465' })).row('intake');
    expect(wrong.says).toMatch(/^not looked at/);

    const pair = async (days: number) => {
      const to = new Date(Date.now() + days * 86_400_000);
      const { cert, private: key } = await issue({ name: 'intake', from: new Date(Date.now() - 90 * 86_400_000), to });
      const [INTAKE_TLS_CERT, INTAKE_TLS_KEY] = [join(tempFolder(), 'cert.pem'), join(tempFolder(), 'key.pem')];
      writeFileSync(INTAKE_TLS_CERT, cert);
      writeFileSync(INTAKE_TLS_KEY, key);
      return { INTAKE_TLS_CERT, INTAKE_TLS_KEY };
    };
    const free = { ...INTAKE, INTAKE_PORT: String(await freePort()) };
    const says = async (days: number) => (await doctor({ ...free, ...(await pair(days)) })).row('intake');
    expect(await says(40.5)).toMatchObject({
      ...{
        state: 'ok',
        says: expect.stringContaining('with a certificate for 40 more days; 1 secret; nothing can be read'),
      },
    });
    expect(await says(3.5)).toMatchObject({ state: 'warn', says: 'its certificate is good for 3 more days' });
    expect(await says(-1)).toMatchObject({ state: 'warn', says: 'its certificate has expired' });
  });

  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  async function listener(): Promise<AddressInfo> {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    return server.address() as AddressInfo;
  }
});

test('a policy folder and prompts that do not load are named with file and line', async () => {
  const folder = tempFolder();
  const seen = await doctor({ POLICY_DIR: folder, PROMPT_DIR: folder });
  expect(seen.row('policy')).toMatchObject({ state: 'fail', says: expect.stringContaining('access.yml') });
  expect(seen.row('policy coverage').says).toBe('not looked at: the policy folder does not load');
  expect(seen.row('prompts')).toMatchObject({ state: 'fail', says: expect.stringContaining('system.md') });
});

describe('ticket systems', () => {
  function folderWith(password: string): Changes {
    const folder = join(tempFolder(), 'policy');
    cpSync(join(ROOT, 'policy'), folder, { recursive: true });
    const { user } = sim.tickets.account;
    const kept = sim.vault.addAsset({ name: 'ticket reader', credential: { user, password } });
    appendFileSync(
      join(folder, 'access.yml'),
      `\ntickets:\n  - name: desk\n    kind: servicenow\n    patterns: ['INC\\d+']\n    url: ${sim.origins.serviceNow}\n    user: ${user}\n    credential_asset: ${kept.id}\n`,
    );
    return { ...keys, POLICY_DIR: folder, TICKETS_CA_FILE: sim.caFile };
  }

  test('are named where nobody said that a secret may be asked for, and asked about a number where somebody did', async () => {
    expect((await doctor(keys)).row('tickets')).toMatchObject({
      state: 'ok',
      says: expect.stringContaining('no ticket'),
    });
    const good = folderWith(sim.tickets.account.password);
    expect((await doctor(good)).row('tickets')).toMatchObject({
      state: 'warn',
      todo: expect.stringContaining('--ask'),
    });
    expect((await doctor(good, { ask: true })).row('tickets')).toMatchObject({
      ...{ state: 'ok', says: '`desk`: a number was looked up' },
    });
  });

  test('that refuse the secret fail, with where to look', async () => {
    const row = (await doctor(folderWith('not the password'), { ask: true })).row('tickets');
    expect(row).toMatchObject({ state: 'fail', says: expect.stringContaining('401') });
    expect(row.todo).toContain('credential_asset');
  });
});

describe('what the mail app may do', () => {
  test('a token without Mail.Send fails, and says which permission is missing', async () => {
    const other = await startSimulator({ requests: 3, malformed: 0, graphRoles: ['User.Read.All'] });
    onTestFinished(() => other.close());
    const row = (await doctor(keysOf(other), { of: other })).row('sign-in');
    expect(row).toMatchObject({ state: 'fail', todo: expect.stringContaining('application permission Mail.Send') });
    expect(row.says).toMatch(/carries User\.Read\.All, not Mail\.Send$/);
    expect((await doctor(keys)).row('sign-in').says).toMatch(/ with Mail\.Send$/);
  });
});

describe('office hours against the requests that there are', () => {
  test.each([
    [
      'ok',
      { OFF_HOURS_START: '0', OFF_HOURS_END: '0', OFF_HOURS_DAYS: '' },
      /^0 of the newest \d+ requests \(0 %\) would be off-hours/,
    ],
    ['warn', { OFF_HOURS_START: '1', OFF_HOURS_END: '0' }, /\(\d+ %\) would be off-hours in UTC$/],
  ])('%s: %j', async (state, changes, says) => {
    expect((await doctor({ OFF_HOURS_TIMEZONE: 'UTC', ...changes })).row('office hours')).toMatchObject({
      state,
      says: expect.stringMatching(says),
    });
  });
});

describe('when somebody last went through the policy', () => {
  const DAY = 86_400_000;
  const dayOf = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY).toISOString().slice(0, 10);
  test.each([
    ['ok', 10, /^access\.yml was last reviewed on .*, 10 days ago$/],
    ['warn', 200, /200 days ago$/],
    ['warn', -3, /which is to come$/],
  ])('%s after %i days', async (state, daysAgo, says) => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'access.yml'), `last_reviewed: ${dayOf(daysAgo)}\n`);
    for (const name of readdirSync(join(ROOT, 'policy')).filter((one) => /\.cedar(schema)?$/.test(one))) {
      copyFileSync(join(ROOT, 'policy', name), join(folder, name));
    }
    const seen = await doctor({ POLICY_DIR: folder });
    expect(seen.row('policy review')).toMatchObject({ state, says: expect.stringMatching(says) });
  });

  test('a file that does not say so is no fault', async () => {
    expect((await doctor()).row('policy review').state).toBe('ok');
  });
});

test('a test mail is sent only when somebody asks for it, to all recipients, and says what it is', async () => {
  sim.mailbox.clear();
  expect((await doctor(keys)).row('test mail')).toMatchObject({
    state: 'ok',
    says: expect.stringMatching(/^none is sent/),
  });
  expect(sim.mailbox.mails).toHaveLength(0);
  expect((await doctor({}, { mail: true })).row('test mail')).toMatchObject({ state: 'warn' });
  const row = (await doctor({}, { ask: true, mail: true })).row('test mail');
  expect(row).toMatchObject({ state: 'ok', says: expect.stringMatching(/^one was handed to Microsoft Graph/) });
  expect(sim.mailbox.mails).toHaveLength(1);
  const [mail] = sim.mailbox.mails;
  expect([mail?.subject, mail?.html]).toEqual([
    expect.stringContaining('test mail'),
    expect.stringContaining('No run was made'),
  ]);
});
