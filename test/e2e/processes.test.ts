/** The real program as a process: what it prints, how it ends, and what signals and crashes do to it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { actionsIn } from '../helpers/ledger.ts';
import { due, dueRows, testInLongCheck } from '../suite/long_check.ts';
import { freePort } from '../unit/daemon/monitor.ts';
import { ACTING, openPlace, type Place, until } from './place.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const EVERY_SECOND = { SCHEDULE_CRON: '* * * * * *' };

/** Makes the first approval slow, so that a signal arrives in the middle of it. Tells whether it is under way. */
function holdApproval(place: Place, ms: number) {
  place.sim.faults.add({ on: 'vault.approve', kind: 'delay', ms });
  return () => place.sim.journal.calls.some(({ url }) => url.includes('/approve/'));
}

describe.concurrent('run', () => {
  test('--json prints exactly one JSON document on stdout; the log is JSON lines on stderr, without colours or secrets', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const { code, stdout, stderr } = await place.start(['run', '--json']).ended;
    expect(code, stderr).toBe(0);
    const [file] = readdirSync(place.reports).filter((name) => name.endsWith('.json'));
    const inReport = JSON.parse(readFileSync(join(place.reports, file ?? ''), 'utf8')) as Record<string, unknown>;
    expect(JSON.parse(stdout)).toMatchObject({ schema_version: 2, totals: { done: { approve: 1 } } });
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(Object.keys(inReport));
    for (const line of stderr.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg');
    expect(stderr).not.toContain('\u001b');
    expect(place.openCredentials()).toEqual([]);
    expect(place.leaks()).toEqual([]);
    // The default prompts were found from a folder that has none.
    expect(readdirSync(place.home)).toEqual([]);
  });

  test('--json stays one document for a run that fails', async () => {
    await using place = await openPlace(tagged);
    place.sim.faults.add({ on: 'vault.list', kind: 'html', times: Number.POSITIVE_INFINITY });
    const { code, stdout } = await place.start(['run', '--json']).ended;
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ run: { verdict: 'failed' } });
    expect(place.leaks()).toEqual([]);
  });

  test('--dry-run changes nothing at the vault but credential requests, sends no mail and leaves a preview of it', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const { code, stdout } = await place.start(['run', '--dry-run']).ended;
    expect(code).toBe(0);
    expect(place.acts()).toEqual([]);
    expect(place.sim.mailbox.mails).toEqual([]);
    const written = place.sim.journal.entries.filter(
      ({ what }) => !['submit', 'complete-credential', 'credentials'].includes(what),
    );
    expect(written).toEqual([]);
    expect(place.openCredentials()).toEqual([]);
    const [preview] = readdirSync(place.reports).filter((name) => name.endsWith('.mail.html'));
    expect(readFileSync(join(place.reports, preview ?? ''), 'utf8')).toMatch(/<html/i);
    expect(stdout).toMatch(/not done: only observing/);
    expect(actionsIn(place.state)).toEqual([]);
    // A dry run is not an action.
    await place.run();
    expect(place.acts()).toEqual(['approve a low one']);
  });

  test('the summary is aligned and names report and outcome', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const { stdout } = await place.start(['run']).ended;
    expect(stdout).toMatch(/^1 request acted on, 2 wait for a person, nothing failed\.$/m);
    expect(stdout).toMatch(/\| approve \|.*\| low +\| done +\|$/m);
    expect(stdout).toContain(`report: ${place.reports}/${place.reportFiles()[0]}`);
    const tables = stdout.split('\n\n').filter((block) => block.startsWith('|'));
    expect(tables).toHaveLength(2);
    for (const table of tables) expect(new Set(table.split('\n').map((line) => line.length)).size).toBe(1);
  });

  test('two at once: the second ends with 3 in one line and touches nothing', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    place.sim.model.behaviour = async (call, rated) => {
      await gate;
      return byTag(call, rated);
    };
    const first = place.start(['run'], { OPENAI_TIMEOUT_SECONDS: '100' });
    await until(() => place.sim.model.calls.length > 0, 'the first to be at work');
    const second = await place.start(['run', '--json']).ended;
    expect([second.code, second.stdout]).toEqual([3, '']);
    expect(second.stderr).toMatch(
      new RegExp(`^portcullis: process ${first.child.pid} on \`.*\` is running with the state folder`, 'm'),
    );
    letGo();
    expect((await first.ended).code).toBe(0);
    expect(place.acts()).toEqual(['approve a low one']);
  });

  testInLongCheck('three at the same moment: whoever comes first, each request is acted on once', async () => {
    await using place = await openPlace(tagged);
    for (let n = 0; n < 3; n++) place.request(`low ${n}`, 'low');
    const all = await Promise.all([1, 2, 3].map(() => place.start(['run']).ended));
    for (const { code, stderr } of all) expect([0, 3], stderr).toContain(code);
    expect(all.map(({ code }) => code)).toContain(0);
    expect(place.acts().sort()).toEqual(['approve low 0', 'approve low 1', 'approve low 2']);
    expect(place.openCredentials()).toEqual([]);
  });

  test('killed while acting: the next run takes the lock over, finds out what happened, and does nothing twice', async () => {
    await using place = await openPlace(tagged);
    for (let n = 0; n < 3; n++) place.request(`low ${n}`, 'low', { created: place.now() - n * 60_000 - 60_000 });
    // Applied at the vault, and the program dies before it hears of it.
    place.sim.faults.add({ on: 'vault.approve', kind: 'hang-after', skip: 1 });
    const first = place.start(['run'], { VAULT_TIMEOUT_SECONDS: '30' });
    await until(() => place.acts().length === 2, 'two approvals');
    first.child.kill('SIGKILL');
    expect((await first.ended).code).toBe(137);
    const second = await place.start(['run']).ended;
    expect(second.code, second.stderr).toBe(0);
    expect(place.acts().sort()).toEqual(['approve low 0', 'approve low 1', 'approve low 2']);
    expect(second.stderr).toMatch(/action\.recovered/);
    // Both of the first run, also the one whose outcome it had noted: nobody else tells of them.
    expect(place.sim.mailbox.mails.map(({ html }) => html).join()).toMatch(/Actions of earlier runs \(2\)/);
    expect(place.openCredentials()).toEqual([]);
    expect(place.leaks()).toEqual([]);
  });

  testInLongCheck(
    'killed while its mail is sent: the next run sends it once more, marked, and no run a third time',
    async () => {
      await using place = await openPlace(tagged);
      place.request('a low one', 'low');
      place.sim.faults.add({ on: 'mail', kind: 'hang-after' });
      const first = place.start(['run']);
      await until(() => place.sim.mailbox.mails.length === 1, 'the mail');
      first.child.kill('SIGKILL');
      await first.ended;
      for (let n = 0; n < 2; n++) expect((await place.start(['run']).ended).code).toBe(0);
      const subjects = place.sim.mailbox.mails.map(({ subject }) => subject);
      expect(subjects.slice(0, 2)).toEqual([
        'Portcullis: 1 approved, 2 need a person',
        '[possibly repeated] Portcullis: 1 approved, 2 need a person',
      ]);
      expect(subjects).toHaveLength(4);
    },
  );

  const signals = [
    { signal: 'SIGTERM', wanted: 143 },
    { signal: 'SIGINT', wanted: 130, long: true },
    { signal: 'SIGHUP', wanted: 129 },
  ] as const;
  test.each(due(signals))(
    '$signal while acting: the request in hand is finished, credentials are given back, report and mail are made, exit $wanted',
    async ({ signal, wanted }) => {
      await using place = await openPlace(tagged);
      for (let n = 0; n < 3; n++) place.request(`low ${n}`, 'low');
      const held = holdApproval(place, 2_000);
      const run = place.start(['run']);
      await until(held, 'an approval');
      run.child.kill(signal);
      const { code, stdout, stderr } = await run.ended;
      expect(code, stderr).toBe(wanted);
      expect(place.acts()).toHaveLength(1);
      expect(stdout).toMatch(/the run was stopped early, 1 request acted on/i);
      expect(place.reportFiles()).toHaveLength(1);
      expect(place.sim.mailbox.mails).toHaveLength(1);
      expect(place.openCredentials()).toEqual([]);
      expect(actionsIn(place.state).filter((entry) => entry.startsWith('action.done'))).toHaveLength(1);
      expect(place.leaks()).toEqual([]);
    },
  );

  testInLongCheck(
    'a second signal ends it at once, and the next run looks up what became of the call in hand',
    async () => {
      await using place = await openPlace(tagged);
      place.request('low 0', 'low');
      place.sim.faults.add({ on: 'vault.approve', kind: 'hang-after' });
      const run = place.start(['run'], { VAULT_TIMEOUT_SECONDS: '60' });
      await until(() => place.acts().length === 1, 'an approval');
      run.child.kill('SIGTERM');
      await sleep(1_500);
      expect(run.child.exitCode).toBeNull();
      const second = Date.now();
      run.child.kill('SIGTERM');
      expect((await run.ended).code).toBe(143);
      expect(Date.now() - second).toBeLessThan(10_000);
      const next = await place.run();
      expect(next.code).toBe(0);
      expect(next.record.recovered).toMatchObject([{ action: 'approve', found: 'done' }]);
      expect(place.acts()).toEqual(['approve low 0']);
      expect(place.openCredentials()).toEqual([]);
    },
  );

  test('readers that go away (`| head`) do not end a run half-way', async () => {
    await using place = await openPlace(tagged);
    for (let n = 0; n < 3; n++) place.request(`low ${n}`, 'low');
    const run = place.start(['run']);
    await until(() => run.stderr().includes('run.started'), 'the log');
    run.child.stderr?.destroy();
    run.child.stdout?.destroy();
    expect((await run.ended).code).toBe(0);
    expect(place.acts()).toHaveLength(3);
    expect(place.reportFiles()).toHaveLength(1);
    expect(place.openCredentials()).toEqual([]);
  });

  testInLongCheck('without a terminal nobody is asked and nothing waits for an answer', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const { code, stdout, stderr } = await place.start(['run'], { AUTONOMOUS_MODE: 'false' }).ended;
    expect(code).toBe(0);
    expect(place.acts()).toEqual([]);
    expect(stderr).not.toContain('[y/N/q]');
    expect(stdout).toMatch(/nothing changed, 1 would have been acted on/i);
  });
});

describe.concurrent('start', () => {
  test('--now runs at once, then on the schedule, one cycle at a time, and SIGTERM ends it with 143', async () => {
    await using place = await openPlace(tagged, EVERY_SECOND);
    place.request('a low one', 'low');
    const daemon = place.start(['start', '--now']);
    await until(() => place.reportFiles().length >= 2, 'two cycles');
    daemon.child.kill('SIGTERM');
    const { code, stdout, stderr } = await daemon.ended;
    expect([code, stdout], stderr).toEqual([143, '']);
    const events = stderr
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(events.find((event) => !event.startsWith('health.'))).toBe('daemon.started');
    expect(events.at(-1)).toBe('daemon.stopped');
    const order = events.filter((event) => event === 'run.started' || event === 'run.finished');
    order.forEach((event, n) => void expect(event).toBe(n % 2 === 0 ? 'run.started' : 'run.finished'));
    expect(order.length % 2).toBe(0);
    expect(place.acts()).toEqual(['approve a low one']);
    expect(place.sim.mailbox.mails.length).toBe(place.reportFiles().length);
    expect(place.openCredentials()).toEqual([]);
    expect(place.leaks()).toEqual([]);
    expect(existsSync(join(place.state, 'lock'))).toBe(false);
  });

  test('SIGINT while acting: the request in hand is finished, the report is written, exit 130', async () => {
    await using place = await openPlace(tagged, EVERY_SECOND);
    for (let n = 0; n < 3; n++) place.request(`low ${n}`, 'low');
    const held = holdApproval(place, 2_000);
    const daemon = place.start(['start', '--now']);
    await until(held, 'an approval');
    daemon.child.kill('SIGINT');
    const { code, stderr } = await daemon.ended;
    expect(code, stderr).toBe(130);
    expect(place.acts()).toHaveLength(1);
    expect(place.reportFiles()).toHaveLength(1);
    expect(place.openCredentials()).toEqual([]);
    expect(stderr.match(/"msg":"daemon\.stopping"/g)).toHaveLength(1);
  });

  test('idle: it answers who watches it, and a signal ends it at once, with a connection that is kept open', async () => {
    const port = await freePort();
    await using place = await openPlace(tagged, { SCHEDULE_CRON: '0 0 1 1 *', HEALTH_PORT: `${port}` });
    const daemon = place.start(['start']);
    await until(() => daemon.stderr().includes('daemon.started'), 'the daemon');
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect([health.status, await health.json()]).toEqual([200, expect.objectContaining({ last_run: null })]);
    expect(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()).toContain('portcullis_halted 0');
    const stopped = Date.now();
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(143);
    expect(Date.now() - stopped).toBeLessThan(10_000);
    expect(place.reportFiles()).toEqual([]);
  });

  test('a run that was due while nothing was running is made up for at the start', async () => {
    await using place = await openPlace(tagged, { SCHEDULE_CRON: '0 0 * * *' });
    mkdirSync(place.state);
    const last_run = new Date(Date.now() - 3 * 86_400_000).toISOString();
    writeFileSync(join(place.state, 'agent_state.json'), JSON.stringify({ last_run, actioned_ids: [] }));
    const daemon = place.start(['start']);
    await until(() => place.sim.mailbox.mails.length === 1, 'the run');
    await sleep(300);
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(143);
    expect(place.reportFiles()).toHaveLength(1);
    expect(daemon.stderr()).toMatch(/daemon\.missed/);
  });

  testInLongCheck('not autonomous: it only observes, cycle after cycle', async () => {
    await using place = await openPlace(tagged, { ...EVERY_SECOND, AUTONOMOUS_MODE: 'false' });
    place.request('a low one', 'low');
    const daemon = place.start(['start', '--now']);
    await until(() => place.reportFiles().length >= 2, 'two cycles');
    daemon.child.kill('SIGTERM');
    await daemon.ended;
    expect(place.acts()).toEqual([]);
    expect(daemon.stderr()).not.toContain('[y/N/q]');
  });

  test('a failed run is reported and the daemon goes on', async () => {
    await using place = await openPlace(tagged, EVERY_SECOND);
    place.request('a low one', 'low');
    const fault = place.sim.faults.add({ on: 'vault.list', kind: 'html', times: Number.POSITIVE_INFINITY });
    const daemon = place.start(['start', '--now']);
    await until(() => daemon.stderr().includes('"verdict":"failed"'), 'a failed run');
    fault.remove();
    await until(() => place.acts().length > 0, 'a good run');
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(143);
    expect(place.acts()).toEqual(['approve a low one']);
  });

  test('a daemon that lost its lock takes it again instead of observing for ever', async () => {
    await using place = await openPlace(tagged, EVERY_SECOND);
    const daemon = place.start(['start', '--now']);
    await until(() => place.reportFiles().length >= 1, 'a cycle');
    rmSync(join(place.state, 'lock'), { recursive: true, force: true });
    place.request('a low one', 'low');
    await until(() => place.acts().length > 0, 'an action');
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(143);
  });

  testInLongCheck('a run beside the daemon ends with 3', async () => {
    await using place = await openPlace(tagged, { SCHEDULE_CRON: '0 0 1 1 *' });
    const daemon = place.start(['start']);
    await until(() => daemon.stderr().includes('daemon.started'), 'the daemon');
    expect((await place.start(['run']).ended).code).toBe(3);
    expect((await place.start(['start']).ended).code).toBe(3);
    daemon.child.kill('SIGTERM');
    await daemon.ended;
  });
});

describe.concurrent('demo and simulate', () => {
  test('demo prints its table and paths that exist, and touches no state or reports of the user', async () => {
    await using place = await openPlace(tagged);
    const out = mkdtempSync(join(tmpdir(), 'portcullis-demo-test-'));
    try {
      // Settings of the user must not matter.
      const env = { AUTONOMOUS_MODE: 'nonsense', STATE_DIR: 'state', REPORT_DIR: 'reports', LOG_LEVEL: 'silent' };
      const { code, stdout, stderr } = await place.start(['demo', '--out', join(out, 'new')], env).ended;
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/requests acted on, \d+ wait for a person, nothing failed/);
      const paths = [...stdout.matchAll(/^(report|mail): +(\S+)$/gm)].map(([, , path]) => path ?? '');
      expect(paths).toHaveLength(2);
      for (const path of paths) expect(readFileSync(path, 'utf8').length).toBeGreaterThan(1_000);
      expect(stdout).not.toMatch(ACTING);
      expect(stderr).not.toMatch(ACTING);
      expect(readdirSync(place.home)).toEqual([]);
      expect(place.sim.journal.calls).toEqual([]);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });

  test('demo --out refuses a folder that holds something: it could be the state of a real vault', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    await place.run();
    const before = [...place.written()].filter(([name]) => name.startsWith('state'));
    const { code, stdout, stderr } = await place.start(['demo', '--out', place.folder]).ended;
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/--out.*(not empty|new or empty)/);
    expect([...place.written()].filter(([name]) => name.startsWith('state'))).toEqual(before);
  });

  testInLongCheck('demo: a Ctrl-C ends it cleanly and leaves no certificates behind', async () => {
    await using place = await openPlace(tagged);
    const demo = place.start(['demo', '--out', join(place.folder, 'out')], { TMPDIR: place.home });
    await until(() => demo.stderr().includes('credential.waiting'), 'the demo');
    demo.child.kill('SIGINT');
    expect((await demo.ended).code).toBe(130);
    expect(readdirSync(place.home)).toEqual([]);
    expect(place.leaks()).toEqual([]);
  });

  test.each(dueRows(['demo'], ['simulate']))(
    '%s: a signal while it is still starting leaves nothing behind either',
    async (command) => {
      await using place = await openPlace(tagged);
      const child = place.start([command, ...(command === 'demo' ? ['--out', join(place.folder, 'out')] : [])], {
        TMPDIR: place.home,
      });
      await until(() => readdirSync(place.home).length > 0, 'the certificates');
      child.child.kill('SIGTERM');
      expect((await child.ended).code).toBe(command === 'demo' ? 143 : 0);
      expect(readdirSync(place.home)).toEqual([]);
    },
  );

  test('simulate prints settings that serve as a .env for a real run, and a signal stops it with nothing left behind', async () => {
    await using place = await openPlace(tagged);
    const simulate = place.start(['simulate', '--requests', '60']);
    await until(() => simulate.stdout().includes('ALERT_CA_FILE=') && simulate.stderr().includes('Ctrl-C'), 'settings');
    const printed = Object.fromEntries(
      simulate
        .stdout()
        .trimEnd()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const own = { STATE_DIR: place.state, REPORT_DIR: place.reports, VAULT_CREDENTIAL_POLL_SECONDS: '0.1' };
    const { code, stdout, stderr } = await place.start(['run'], { ...printed, ...own }).ended;
    // The broken records of that vault are new.
    expect(code, stderr).toBe(4);
    expect(stdout).toMatch(/\| requests \|/);
    expect(place.sim.journal.calls).toEqual([]);
    simulate.child.kill('SIGTERM');
    const ended = await simulate.ended;
    expect(ended.code).toBe(0);
    expect(existsSync(printed.VAULT_CA_FILE ?? '')).toBe(false);
  });
});
