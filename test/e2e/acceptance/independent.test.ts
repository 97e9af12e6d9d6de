/**
 * The real program, started as a user starts it, against a vault that was written from the vault's API description alone.
 * What counts is the journal of that vault, not what the program says of itself.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { due, LONG, type Row, testInLongCheck } from '../../suite/long_check.ts';
import {
  acts,
  expectDiscretion,
  expectedActs,
  expectHistory,
  expectMails,
  expectNoCredentialLeftOpen,
  expectPlainComments,
  expectReports,
} from './evidence.ts';
import { mintToken, startVault } from './independent-vault.ts';
import { drawnVaults } from './long_check.ts';
import { install } from './program.ts';
import { type Entry, entry, type Fate, pastAsset } from './records.ts';
import { type Variant, vaults } from './variants.ts';
import { secrets } from './world.ts';

/** Secrets from the settings, as in a trial, so that nothing has to be fetched from the vault. */
const trial = {
  ...{ OPENAI_ASSET_ID: '', OPENAI_API_KEY: secrets.modelKey },
  ...{ ALERT_SECRET_ASSET_ID: '', ALERT_CLIENT_SECRET: secrets.clientSecret },
};
/** For many requests for the same few assets. */
const uncapped = { CAP_APPROVALS_PER_ASSET_PER_DAY: '100' };
const day = 86_400_000;
function mediumOnes(count: number): Entry[] {
  return Array.from({ length: count }, () => entry('a medium one', 'nothing'));
}

describe.concurrent('one run acts exactly on the right requests, and a second run on nothing', () => {
  test.each([...due(vaults), ...drawnVaults()])('on a vault $name', async ({ variant, again }) => {
    await using vault = await startVault(variant);
    await using place = await install(vault);
    const first = await place.run();
    expect(acts(vault), first.stderr).toEqual(expectedActs(vault));
    expect(first.code, 'three records cannot be read, which is new').toBe(4);
    expectPlainComments(vault);
    expectNoCredentialLeftOpen(vault);
    expectMails(vault, 1);
    await expectReports(place, 1);
    await expectHistory(vault, place);
    const assetReads = vault.journal.reads.filter((path) => path.startsWith('/api/asset/'));
    // Once for the review, and asset and container once more before each action.
    const repeated = assetReads.length - new Set(assetReads).size;
    expect(repeated, 'read again without need').toBeLessThanOrEqual(2 * acts(vault).length);
    expect(assetReads.length).toBeGreaterThan(0);
    const past = assetReads.some((path) => path.includes(pastAsset));
    expect(past, 'the asset of a request that is over').toBe(vault.world.variant.deepAnalysis);
    await expectDiscretion(vault, place, [first]);

    if (!again && !LONG) return;
    const second = await place.run();
    expect(acts(vault), second.stderr).toEqual(expectedActs(vault));
    expect(second.code, second.stderr).toBe(0);
    expectNoCredentialLeftOpen(vault);
    expectMails(vault, 2);
    await expectReports(place, 2);
    await expectHistory(vault, place);
    await expectDiscretion(vault, place, [first, second]);
  });
});

describe.concurrent('a list of any length is read to its end', () => {
  const lists: (Row & { name: string; requests: number; pageCap?: number; churn?: Variant['churn'] })[] = [
    { name: 'a list without any request', requests: 0 },
    { name: 'a list of a single request', requests: 1, long: true },
    { name: 'a single request on the last page', requests: 8, pageCap: 7, long: true },
    { name: 'a last page that is exactly full', requests: 14, pageCap: 7 },
    { name: 'pages of two', requests: 5, pageCap: 2, long: true },
    { name: 'pages of two, with arrivals', requests: 5, pageCap: 2, churn: 'arrivals', long: true },
    { name: 'many pages after a record vanished', requests: 23, pageCap: 7, churn: 'removal', long: true },
  ];
  test.each(due(lists))('$name', async ({ requests, long: _, ...variant }) => {
    const records = Array.from({ length: requests }, (_, index) => {
      const created = Date.now() - (index + 1) * 60_000;
      const isFirst = index === 0 && variant.churn === 'removal';
      if (isFirst) return entry('one that vanishes', 'nothing', { status: 'Completed', created });
      return entry(`low one ${index}`, 'approve', { message: '[low] Toner', created });
    });
    await using vault = await startVault({ total: 'absent', ...variant }, records);
    await using place = await install(vault);
    const outcome = await place.run(uncapped);
    expect(acts(vault), outcome.stderr).toEqual(expectedActs(vault));
    expect(outcome.code, outcome.stderr).toBe(0);
  });
});

describe.concurrent('the agent keeps to its rights when calls go wrong', () => {
  test('a request is looked up and not acted on again when the answer to an action is lost or refused', async () => {
    const low = { message: '[low] Replace the toner' };
    const critical = { message: '[critical] Dump all hashes' };
    const stale = { status: 'Approved', created: Date.now() - 11 * day, approved: Date.now() - 10 * day };
    const approvedOnce = 'done but the answer is a 503';
    await using vault = await startVault({}, [
      entry('a low one, overtaken', 'approve', { ...low, fate: 'overtaken when the call arrives' }),
      entry('a critical one, overtaken', 'reject', { ...critical, fate: 'overtaken when the call arrives' }),
      entry('a stale one, overtaken', 'close', { ...stale, fate: 'overtaken when the call arrives' }),
      entry('a low one, answered 503', 'approve', { ...low, fate: approvedOnce }),
      entry('a two-level one, answered 503', 'approve', { ...low, levels: 2, fate: approvedOnce }),
      entry('a critical one, answered 503', 'reject', { ...critical, fate: approvedOnce }),
      entry('a two-level one, line dropped', 'approve', { ...low, levels: 2, fate: 'done but the line drops' }),
      entry('a stale one, line dropped', 'close', { ...stale, fate: 'done but the line drops' }),
      entry('a forbidden one', 'approve', { ...low, fate: 'not permitted' }),
      entry('a low one', 'approve', low),
    ]);
    await using place = await install(vault);
    const first = await place.run();
    expect(acts(vault), first.stderr).toEqual(expectedActs(vault));
    expect(first.code, 'one was forbidden').toBe(4);

    const second = await place.run();
    expect(acts(vault), second.stderr).toEqual([...expectedActs(vault), 'approve a forbidden one'].sort());
    expect(second.code, second.stderr).toBe(0);
    await expectDiscretion(vault, place, [first, second]);
  });

  testInLongCheck('an unchanged Active request is acted on again after a 503, once', async () => {
    const refused = { fate: 'refused once with a 503' } as const;
    const low = entry('a low one', 'approve', { message: '[low] Toner', ...refused });
    const critical = entry('a critical one', 'reject', { message: '[critical] Hashes', ...refused });
    await using vault = await startVault({}, [low, critical]);
    await using place = await install(vault);
    await place.run();
    const second = await place.run();
    expect([low.status, critical.status], second.stderr).toEqual(['Approved', 'Rejected']);
    expect(acts(vault)).toEqual([...expectedActs(vault), ...expectedActs(vault)].sort());
  });

  testInLongCheck('a grant that the agent made itself is closed once it is stale', async () => {
    const low = entry('a low one', 'approve', { message: '[low] Toner' });
    await using vault = await startVault({}, [low, ...mediumOnes(2)]);
    await using place = await install(vault);
    await place.run();
    Object.assign(low, { created: Date.now() - 11 * day, approved: Date.now() - 10 * day });
    const second = await place.run();
    await place.run();
    expect(acts(vault), second.stderr).toEqual(['approve a low one', 'close a low one']);
  });

  test('a vault that sends the same page for ever cannot hold the run up or make it act twice', async () => {
    await using vault = await startVault({ listing: 'same page forever', pageCap: 7, total: 'absent' });
    await using place = await install(vault);
    const outcome = await place.run();
    expect([0, 1, 4], outcome.stderr).toContain(outcome.code);
    expect(vault.journal.reads.length).toBeLessThan(5000);
    expect(new Set(acts(vault)).size).toBe(acts(vault).length);
    expect(expectedActs(vault)).toEqual(expect.arrayContaining(acts(vault)));
    await expectReports(place, 1);
  });

  testInLongCheck('without the autonomous mode and without a terminal nothing is done', async () => {
    await using vault = await startVault({ workflow: 'person' });
    await using place = await install(vault);
    const outcome = await place.run({ AUTONOMOUS_MODE: 'false' });
    expect(acts(vault)).toEqual([]);
    expect(outcome.code, 'three records cannot be read, which is new').toBe(4);
    expectNoCredentialLeftOpen(vault);
    expectMails(vault, 1);
    await expectReports(place, 1);
  });

  testInLongCheck('a damaged action history stops all action, is kept, and exits 5', async () => {
    await using vault = await startVault();
    await using place = await install(vault);
    const damaged = '{"last_run": "2026-01-01T00:00:00Z", "actioned_ids": ["4711",';
    await mkdir(place.state);
    await writeFile(join(place.state, 'agent_state.json'), damaged);
    const outcome = await place.run();
    expect(acts(vault)).toEqual([]);
    expect(outcome.code, outcome.stderr).toBe(5);
    expect([...(await place.files()).values()]).toContain(damaged);
    expectMails(vault, 1);
    await expectReports(place, 1);
  });
});

describe.concurrent('the model can fail without harm', () => {
  test('a model that is down means no approvals and no rejections, and still a report and a mail', async () => {
    await using vault = await startVault({ model: 'down', workflow: 'person' });
    await using place = await install(vault);
    const outcome = await place.run();
    expect(outcome.code, outcome.stderr).toBe(4);
    expect(acts(vault, 'approve', 'reject')).toEqual([]);
    const stale = expectedActs(vault).filter((act) => act.startsWith('close'));
    expect([...stale, 'close a stale grant that ends'].sort()).toEqual(expect.arrayContaining(acts(vault)));
    expectNoCredentialLeftOpen(vault);
    expectMails(vault, 1);
    await expectReports(place, 1);
    await expectDiscretion(vault, place, [outcome]);
  });

  test('an unruly model gets a request neither approved nor rejected by garbage', async () => {
    await using vault = await startVault({}, [
      entry('one answered with an unknown risk', 'nothing', { message: '[low] [garbage] Toner' }),
      entry('one that is never answered', 'nothing', { message: '[low] [never answered] Toner' }),
      entry('one answered on the second question', 'approve', { message: '[low] [answered later] Toner' }),
      entry('one answered in capitals', 'approve', { message: '[low] [shouted] Toner' }),
      entry('one whose comment is nested', 'approve', { message: '[low] [nested] Toner' }),
      entry('one answered together with a stranger', 'approve', { message: '[low] [stranger] Toner' }),
      entry('a critical one answered with an unknown risk', 'nothing', { message: '[critical] [garbage] Hashes' }),
    ]);
    await using place = await install(vault);
    const outcome = await place.run();
    expect(acts(vault), outcome.stderr).toEqual(expectedActs(vault));
    expectPlainComments(vault);
    await expectReports(place, 1);
  });
});

describe.concurrent('stops and failures leave nothing open and nothing lost', () => {
  testInLongCheck(
    'SIGTERM while the model thinks: exit 143, credentials completed, report written, no action',
    async () => {
      await using vault = await startVault({ model: 'slow', workflow: 'person' });
      await using place = await install(vault);
      const { child, ended } = place.start();
      // Once: on a busy machine a second one, seconds later, would end it at once.
      vault.world.onQuestion = () => child.killed || child.kill('SIGTERM');
      const outcome = await ended;
      expect(outcome.code, outcome.stderr).toBe(143);
      expect(acts(vault)).toEqual([]);
      expectNoCredentialLeftOpen(vault);
      await expectReports(place, 1);
      expectMails(vault, 1);
      await expectDiscretion(vault, place, [outcome]);
    },
  );

  test('SIGTERM between actions: the one in hand is finished, the next run does the rest, each once', async () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      entry(`low one ${index}`, 'approve', { message: '[low] Toner' }),
    );
    await using vault = await startVault({ workflow: 'person' }, many);
    await using place = await install(vault);
    const { child, ended } = place.start(uncapped);
    vault.world.onAct = () => child.killed || child.kill('SIGTERM');
    const stopped = await ended;
    vault.world.onAct = () => undefined;
    expect(stopped.code, stopped.stderr).toBe(143);
    const done = acts(vault);
    expect(done.length).toBeGreaterThan(0);
    expect(done.length).toBeLessThan(many.length);
    await expectHistory(vault, place);
    await expectReports(place, 1);
    expectNoCredentialLeftOpen(vault);
    const second = await place.run(uncapped);
    expect(second.code, second.stderr).toBe(0);
    expect(acts(vault)).toEqual(expectedActs(vault));
    expectMails(vault, 2);
  });

  const killedDuring: (Row & { fate: Fate; calls: number })[] = [
    { fate: 'done but never answered', calls: 1 },
    { fate: 'neither done nor answered', calls: 2, long: true },
  ];
  test.each(due(killedDuring))(
    'a run killed during an action that is $fate: the next run looks it up',
    async ({ fate, calls }) => {
      const message = '[low] Toner';
      const inHand = entry('a two-level one', 'approve', { message, levels: 2, fate });
      await using vault = await startVault({}, [
        inHand,
        entry('another one', 'approve', { message }),
        ...mediumOnes(2),
      ]);
      await using place = await install(vault);
      const { child, ended } = place.start();
      vault.world.onAct = (met) => met === fate && child.kill('SIGKILL');
      expect((await ended).code).toBe(137);
      vault.world.onAct = () => undefined;
      const second = await place.run();
      expect(second.code, second.stderr).toBe(0);
      const outcomes = LONG ? [second, await place.run()] : [second];
      expect(acts(vault).filter((act) => act === 'approve a two-level one')).toHaveLength(calls);
      expect(acts(vault).filter((act) => act === 'approve another one')).toHaveLength(1);
      expect(inHand, 'one level approved by the agent').toMatchObject({ status: 'Active', level: 2 });
      await expectDiscretion(vault, place, outcomes);
    },
  );

  test('a killed run is resumed: the pending credential request is polled, never submitted twice', async () => {
    await using vault = await startVault({ workflow: 'nobody', credentialAction: 'AssetConnect' });
    await using place = await install(vault);
    const pending = join(place.state, '.pending_request.json');
    const { child, ended } = place.start();
    // The entry is there before the request is submitted; what has to survive the kill is the id that comes back.
    const noted = async () => {
      const id = vault.world.credentialRequests[0]?.id;
      return id !== undefined && existsSync(pending) && (await readFile(pending, 'utf8')).includes(id);
    };
    while (child.exitCode === null && !(await noted())) await sleep(20);
    child.kill('SIGKILL');
    const killed = await ended;
    expect(vault.world.credentialRequests.length, killed.stderr).toBeGreaterThan(0);
    expect(await readFile(pending, 'utf8')).toContain(vault.world.credentialRequests[0]?.id);

    vault.world.variant.workflow = 'person';
    const outcome = await place.run();
    expect(outcome.code, 'three records cannot be read, which is new').toBe(4);
    expect(vault.world.credentialRequests, 'one for the model, one for the mail').toHaveLength(2);
    expectNoCredentialLeftOpen(vault);
    expect(acts(vault)).toEqual(expectedActs(vault));
    expectMails(vault, 1);
  });

  test('a credential that nobody approves ends in a clear message and a report, without a second request', async () => {
    await using vault = await startVault({ workflow: 'nobody' });
    await using place = await install(vault);
    const settings = { ...trial, OPENAI_ASSET_ID: place.settings.OPENAI_ASSET_ID ?? '', OPENAI_API_KEY: '' };
    const outcome = await place.run({ ...settings, VAULT_CREDENTIAL_WAIT_SECONDS: '1' });
    expect(outcome.code, outcome.stderr).toBe(4);
    expect(outcome.stderr).toMatch(/nobody (granted|approved).*VAULT_CREDENTIAL_WAIT_SECONDS/);
    expect(acts(vault, 'approve', 'reject')).toEqual([]);
    expectMails(vault, 1);
    await expectReports(place, 1);
    await place.run({ ...settings, VAULT_CREDENTIAL_WAIT_SECONDS: '1' });
    await expectDiscretion(vault, place, [outcome]);
  });

  test('a mail that fails is sent by the next run, once', async () => {
    await using vault = await startVault({ graph: 'down' }, mediumOnes(2));
    await using place = await install(vault);
    const first = await place.run();
    expect(first.code, first.stderr).toBe(4);
    expectMails(vault, 1);
    await expectReports(place, 1);
    vault.world.variant.graph = 'ok';
    const second = await place.run();
    expect(second.code, second.stderr).toBe(0);
    expectMails(vault, 3);
    await expectDiscretion(vault, place, [first, second]);
    if (!LONG) return;
    const third = await place.run();
    expectMails(vault, 4);
    await expectDiscretion(vault, place, [first, second, third]);
  });
});

interface BadUpstream extends Row {
  name: string;
  variant?: Partial<Variant>;
  spoil?: (settings: Record<string, string>) => void;
  unreachable?: true;
  setting: RegExp;
}

const badUpstreams: BadUpstream[] = [
  { name: 'answers HTML instead of JSON', variant: { listing: 'html' }, setting: /VAULT_URL/ },
  { name: 'answers truncated JSON', variant: { listing: 'truncated' }, setting: /VAULT_/, long: true },
  { name: 'does not permit the list', variant: { listing: 'unauthorised' }, setting: /VAULT_API_TOKEN/, long: true },
  {
    name: 'sees an expired token',
    long: true,
    spoil: (settings) => {
      settings.VAULT_API_TOKEN = mintToken({ identity: 'ousr' }, -3600);
    },
    setting: /VAULT_API_TOKEN/,
  },
  {
    name: 'has a certificate that is not trusted',
    spoil: (settings) => {
      settings.VAULT_CA_FILE = '';
    },
    setting: /VAULT_CA_FILE/,
  },
  { name: 'cannot be reached', unreachable: true, setting: /VAULT_URL/ },
];

describe.concurrent('a run fails with one clear line and a report', () => {
  test.each(due(badUpstreams))('when the vault $name', async ({ variant, spoil, unreachable, setting }) => {
    await using vault = await startVault(variant);
    await using place = await install(vault);
    await using other = await startVault();
    if (unreachable) {
      await other.close();
      place.settings.VAULT_URL = `${other.world.origin}/ztna/acme`;
    }
    spoil?.(place.settings);
    vault.world.token = place.settings.VAULT_API_TOKEN ?? '';
    const outcome = await place.run(trial);
    expect(outcome.code, outcome.stderr).toBe(1);
    const lines = outcome.stderr.split('\n');
    expect(lines.filter((line) => /vault/i.test(line) && setting.test(line)).length, outcome.stderr).toBeGreaterThan(0);
    expect(outcome.stderr, 'no stack trace').not.toMatch(/^\s+at /m);
    expect(vault.journal.writes).toEqual([]);
    await expectReports(place, 1);
    expectMails(vault, 1);
    await expectDiscretion(vault, place, [outcome]);
  });
});
