/** The end of the vault token: told before it, and afterwards by a way that does not need the vault. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fallbackFor } from '../../src/commands/context/opened_app.ts';
import { freePort } from '../unit/daemon/monitor.ts';
import { openReceiver } from '../unit/http/receiver.ts';
import { DAY, openPlace, type Place, until } from './place.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const HOUR = 3_600_000;
const EVERY_SECOND = { SCHEDULE_CRON: '* * * * * *' };
const tokenFor = (place: Place, hours: number, user?: string) =>
  place.sim.vault.issueToken({ expires: place.now() + hours * HOUR, ...(user !== undefined && { user }) });
const outcomesOf = ({ record }: Awaited<ReturnType<Place['run']>>) =>
  record.reviewed.flatMap(({ outcome }) => (outcome === null ? [] : [outcome]));

describe.concurrent('before its end', () => {
  test('nine days: headline, warning, subject and JSON say so, and the run is as good as any', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const settings = { VAULT_API_TOKEN: tokenFor(place, 9 * 24 + 1), ALERT_ON_RUN_SUMMARY: 'false' };
    const { code, record, report, json } = await place.run({ settings });
    expect(code).toBe(0);
    expect(record.problems).toEqual([]);
    expect(report).toMatch(/^# Portcullis: .*the vault token ends in 9 days$/m);
    expect(report).toMatch(/The vault token of .{0,2}svc-portcullis.{0,2} ends .* UTC, in 9 days: put a new one into/);
    expect(json).toMatchObject({ run: { vault_token: { near: 'near' } } });
    // No other trigger fired.
    expect(place.sim.mailbox.mails.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^Portcullis: vault token ends in 9 days, /),
    ]);
    expect(place.sim.mailbox.mails[0]?.html).toContain('put a new one into VAULT_API_TOKEN');
  });

  test('twenty hours: it is a problem, exit 4, and in the subject in capitals', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const settings = { VAULT_API_TOKEN: tokenFor(place, 20.5) };
    const { code, record } = await place.run({ settings });
    expect(code).toBe(4);
    expect(record.problems).toMatchObject([{ where: 'token', message: expect.stringMatching(/in 20 hours$/) }]);
    expect(place.sim.mailbox.mails[0]?.subject).toMatch(/^Portcullis: VAULT TOKEN ENDS IN 20 HOURS, 1 approved/);
    expect(place.acts()).toEqual(['approve a low one']);
    const { stdout } = await place.start(['run', '--dry-run'], settings).ended;
    expect(stdout).toMatch(/the vault token ends in 20 hours\./);
    expect(stdout).toMatch(/! token: the vault token of `svc-portcullis` ends/);
  });

  test('with all triggers off no mail goes out for it, and the fallback tells', async () => {
    using there = await openReceiver();
    const { settings: fallback, got } = there;
    await using place = await openPlace(tagged, fallback);
    const off = { ALERT_ON_RUN_SUMMARY: 'false', ALERT_ON_HIGH_RISK: 'false', ALERT_ON_ANOMALY: 'false' };
    const { code } = await place.start(['run'], { ...off, VAULT_API_TOKEN: tokenFor(place, 20) }).ended;
    expect(code).toBe(4);
    expect(place.sim.mailbox.mails).toEqual([]);
    expect(got.map(({ message }) => message?.data)).toMatchObject([{ reasons: ['token-ends'] }]);
  });
});

describe.concurrent('after its end', () => {
  test.each<[string, (place: Place) => void]>([
    ['refuses it', () => {}],
    [
      'sends its callers to a log-in page',
      ({ sim }) => void sim.faults.add({ on: 'vault.list', kind: 'html', times: 99 }),
    ],
    ['redirects them', ({ sim }) => void sim.faults.add({ on: 'vault.list', kind: 'status', status: 302, times: 99 })],
  ])('a vault that %s: the run fails with words that say when it ended, and the fallback tells', async (_, spoil) => {
    using there = await openReceiver();
    const { settings: fallback, got, url } = there;
    await using place = await openPlace(tagged, fallback);
    place.request('a low one', 'low');
    spoil(place);
    const VAULT_API_TOKEN = tokenFor(place, -5);
    const { code, stdout, stderr } = await place.start(['run'], { VAULT_API_TOKEN }).ended;
    expect(code).toBe(1);
    const ended = new Date(place.now() - 5 * HOUR).toISOString().slice(0, 10);
    expect(stdout).toMatch(/the vault token has ended\./);
    expect(stdout).toMatch(new RegExp(`! token: the vault token of .svc-portcullis. ended ${ended}`));
    // The secret of the mail lies behind the same token.
    expect(place.sim.mailbox.mails).toEqual([]);
    expect(got).toHaveLength(1);
    expect(got[0]?.message?.data).toMatchObject({
      ...{ verdict: 'failed', reasons: ['failed', 'not-mailed'] },
      headline: expect.stringMatching(/the vault token has ended$/),
      problems: expect.arrayContaining([expect.objectContaining({ where: 'token' })]),
    });
    const secrets = [VAULT_API_TOKEN, fallback.ALERT_FALLBACK_SECRET, new URL(url).pathname, '5ecret'];
    const said = [stdout, stderr, got[0]?.body ?? '', ...place.written().values()].join('\n');
    for (const secret of secrets) expect(said).not.toContain(secret);
  });
});

describe.concurrent('VAULT_API_TOKEN_FILE', () => {
  const inFile = async (hours = 24 * 90) => {
    const place = await openPlace(tagged, EVERY_SECOND);
    // Places know that settings lie in files of that name.
    const file = join(place.home, 'token.env');
    const put = (text: string) => writeFileSync(file, text);
    put(`${tokenFor(place, hours)}\n`);
    return { place, file, put, settings: { VAULT_API_TOKEN: '', VAULT_API_TOKEN_FILE: file } };
  };

  test('is read anew for each run of the daemon: an ended token fails, the next one serves, and the metric follows', async () => {
    const { place: opened, file, put, settings } = await inFile();
    await using place = opened;
    using there = await openReceiver();
    const { settings: fallback, got } = there;
    const HEALTH_PORT = `${await freePort()}`;
    const page = async (path: string) => (await fetch(`http://127.0.0.1:${HEALTH_PORT}${path}`)).text();
    /** The metric as it is for a token that ends then. */
    const ends = async (at: number) => {
      for (;;) {
        const text = await page('/metrics');
        const shown = Number(/^portcullis_vault_token_expiry_timestamp_seconds (\S+)$/m.exec(text)?.[1]);
        if (Math.abs(shown * 1000 - at) < 60_000) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    const daemon = place.start(['start', '--now'], { ...settings, ...fallback, HEALTH_PORT });
    await until(() => place.reportFiles().length >= 1, 'a first run');
    put(tokenFor(place, -1));
    await until(() => got.some(({ message }) => /has ended/.test(String(message?.data.headline))), 'a run that tells');
    await ends(place.now() - HOUR);

    rmSync(file);
    await until(
      () => got.some(({ body }) => body.includes('could not be read from VAULT_API_TOKEN_FILE')),
      'its fault',
    );
    expect(got.some(({ body }) => body.includes('VAULT_API_TOKEN_FILE: `') && body.includes('does not exist'))).toBe(
      true,
    );
    put('  \n');
    await until(() => got.some(({ body }) => body.includes('is empty')), 'the empty file');
    const asked = place.sim.journal.calls.filter(({ upstream }) => upstream === 'vault').length;
    const reports = place.reportFiles().length;
    await until(() => place.reportFiles().length > reports + 1, 'another run');
    // Without a token the vault is not asked.
    expect(place.sim.journal.calls.filter(({ upstream }) => upstream === 'vault').length).toBe(asked);
    expect(JSON.parse(await page('/healthz'))).toMatchObject({ status: 'failing' });

    place.request('a low one', 'low');
    put(`${tokenFor(place, 24 * 30)}\r\n`);
    await until(() => place.acts().length > 0, 'an action');
    await ends(place.now() + 30 * DAY);
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(143);
    expect(place.acts()).toEqual(['approve a low one']);
  });

  test('the accounts of the agent follow the token, and the earlier one stays its own', async () => {
    const { place: opened, put, settings } = await inFile();
    await using place = opened;
    const daemon = place.start(['start', '--now'], settings);
    await until(() => place.reportFiles().length >= 1, 'a first run');
    const of = (name: string) => ({ requestor: { id: `u-${name}`, name, displayName: name } });
    put(tokenFor(place, 24 * 90, 'svc-rotated'));
    const before = place.reportFiles().length;
    await until(() => place.reportFiles().length > before + 1, 'a run with the new one');
    place.request('of the new account', 'low', of('svc-rotated'));
    place.request('of the earlier account', 'low', of('svc-portcullis'));
    place.request('of a person', 'low', { created: place.now() - 7_200_000 });
    await until(() => place.acts().length > 0, 'an action');
    const seen = place.reportFiles().length;
    await until(() => place.reportFiles().length > seen + 1, 'another run');
    daemon.child.kill('SIGTERM');
    await daemon.ended;
    expect(place.acts()).toEqual(['approve of a person']);
  });

  test('that cannot be used at the start is told as a setting, exit 2, and nothing is begun', async () => {
    const { place: opened, file, settings } = await inFile();
    await using place = opened;
    using there = await openReceiver();
    const { settings: fallback, got } = there;
    rmSync(file);
    const { code, stderr } = await place.start(['run'], { ...settings, ...fallback }).ended;
    expect(code).toBe(2);
    expect(stderr).toMatch(/VAULT_API_TOKEN_FILE: `.*token.env` does not exist/);
    expect(got.map(({ message }) => message?.data)).toMatchObject([
      { verdict: 'not-begun', problems: [{ where: 'VAULT_API_TOKEN_FILE' }] },
    ]);
  });
});

describe.concurrent('a vault that refuses the token while it is acted', () => {
  test('after a first action: what was refused is not done, one problem says so, and nothing more is sent', async () => {
    await using place = await openPlace(tagged);
    for (let n = 0; n < 6; n++) place.request(`low ${n}`, 'low', { created: place.now() - n * 60_000 - 60_000 });
    const unhook = place.sim.vault.on('approve', () => {
      place.sim.vault.knobs.tokenRevoked = place.sim.journal.of('approve').length >= 1;
    });
    place.sim.faults.add({ on: 'vault.approve', kind: 'status', status: 401, skip: 1, times: 1 });
    place.sim.faults.add({ on: 'vault.list', kind: 'status', status: 401, skip: 4, times: 1_000 });
    const first = await place.run();
    expect(first.code).toBe(4);
    const kinds = outcomesOf(first).map((outcome) => (outcome.kind === 'skipped' ? outcome.reason : outcome.kind));
    expect(kinds.filter((kind) => kind === 'unknown')).toEqual([]);
    expect(kinds.filter((kind) => kind === 'token-refused').length).toBeGreaterThanOrEqual(4);
    expect(first.record.problems.filter(({ message }) => /the vault refuses the token/.test(message))).toHaveLength(1);
    expect(readFileSync(join(place.reports, place.reportFiles()[0] ?? ''), 'utf8')).toMatch(
      /the vault refuses the token/,
    );

    unhook();
    place.sim.vault.knobs.tokenRevoked = false;
    place.sim.faults.clear();
    const second = await place.run();
    expect(second.code).toBe(0);
    expect([...new Set(place.acts())]).toHaveLength(6);
    expect(
      place.sim.vault.all().filter(({ message, status }) => /low/.test(message ?? '') && status === 'Active'),
    ).toEqual([]);
  });

  test('for writes alone: each is its request’s outcome, none is unknown, and one problem tells', async () => {
    await using place = await openPlace({ ...tagged, vault: { denied: ['approve', 'reject', 'complete'] } });
    for (let n = 0; n < 3; n++) place.request(`low ${n}`, 'low', { created: place.now() - n * 60_000 - 60_000 });
    const ran = await place.run();
    expect(ran.code).toBe(4);
    expect(outcomesOf(ran).map(({ kind }) => kind)).toEqual(['failed', 'failed', 'failed']);
    expect(ran.record.problems).toMatchObject([{ where: 'act', message: expect.stringMatching(/for 3 actions/) }]);
  });

  test('a borrowed token that was revoked meanwhile is given up after one call', async () => {
    await using place = await openPlace(tagged);
    const credential = { user: 'svc-approver', password: 'a.b.c' };
    const password = place.sim.vault.issueToken({ user: 'svc-approver' });
    const asset = place.sim.vault.addAsset({ name: 'approver token', credential: { ...credential, password } });
    for (let n = 0; n < 4; n++) place.request(`low ${n}`, 'low', { created: place.now() - n * 60_000 - 60_000 });
    place.sim.faults.add({ on: 'vault.approve', kind: 'status', status: 401, times: 99 });
    // The list as the approver reads it; the token that lists goes on reading.
    place.sim.faults.add({ on: 'vault.list', kind: 'status', status: 401, url: 'pgs=10&', times: 99 });
    const ran = await place.run({ settings: { VAULT_ACTION_ASSET_ID: asset.id } });
    expect(ran.code).toBe(4);
    expect(outcomesOf(ran)).toEqual(Array(4).fill(expect.objectContaining({ reason: 'token-refused' })));
    expect(place.sim.journal.calls.filter(({ url }) => url.includes('/approve/'))).toHaveLength(1);
    expect(ran.record.problems).toHaveLength(1);
    expect(place.openCredentials()).toEqual([]);
  });
});

describe.concurrent('the fallback', () => {
  test('tells of a run whose mail could not go out, and of none that went well', async () => {
    using there = await openReceiver();
    const { settings: fallback, got } = there;
    await using place = await openPlace(tagged, fallback);
    place.request('a low one', 'low');
    expect((await place.start(['run']).ended).code).toBe(0);
    expect(got).toEqual([]);
    place.sim.faults.add({ on: 'mail', kind: 'status', status: 403, times: 99 });
    const { code, stderr } = await place.start(['run']).ended;
    expect(code).toBe(4);
    expect(got.map(({ message }) => message?.data)).toMatchObject([{ reasons: ['not-mailed'], counts: { failed: 0 } }]);
    expect(stderr).toMatch(/fallback\.sent/);
  });

  test('tells when the state folder cannot be used or is held by another, and when the settings are wrong', async () => {
    using there = await openReceiver();
    const { settings: fallback, got } = there;
    await using place = await openPlace(tagged, { ...fallback, SCHEDULE_CRON: '0 0 1 1 *' });
    writeFileSync(join(place.home, 'file'), '');
    expect((await place.start(['run'], { STATE_DIR: join(place.home, 'file', 'state') }).ended).code).toBe(1);
    expect((await place.start(['run'], { POLICY_DIR: place.home }).ended).code).toBe(2);
    expect((await place.start(['run', '--dry-run'], { POLICY_DIR: place.home }).ended).code).toBe(2);
    const daemon = place.start(['start']);
    await until(() => daemon.stderr().includes('daemon.started'), 'the daemon');
    expect((await place.start(['run']).ended).code).toBe(3);
    daemon.child.kill('SIGHUP');
    expect((await daemon.ended).code).toBe(129);
    expect(got.map(({ message }) => message?.data)).toMatchObject([
      { verdict: 'not-begun', problems: [{ where: 'start', message: expect.stringMatching(/ENOTDIR|EEXIST/) }] },
      { verdict: 'not-begun', problems: expect.any(Array) },
      {
        verdict: 'not-begun',
        problems: [{ where: 'start', message: expect.stringMatching(/is running with the state folder/) }],
      },
    ]);
  });

  test('that cannot be reached costs no exit code of its own and is told at the terminal', async () => {
    const { settings: fallback, close } = await openReceiver();
    close();
    await using place = await openPlace(tagged, fallback);
    place.sim.faults.add({ on: 'vault.list', kind: 'status', status: 404, times: 99 });
    const { code, stdout, stderr } = await place.start(['run']).ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/! fallback: the alert to ALERT_FALLBACK_URL could not be sent: connection refused/);
    expect(stderr).toMatch(/fallback\.failed/);
    expect(stdout + stderr).not.toMatch(/5ecret/);
  });

  test('knows whether any mail would tell', () => {
    const config = (mail: object | null, on: boolean) =>
      ({ watching: { fallback: null }, mail, triggers: { onHighRisk: on } }) as never;
    expect([config(null, true), config({}, true), config({}, false)].map((one) => fallbackFor(one).mails)).toEqual([
      ...[false, true, false],
    ]);
  });
});
