/** Whole runs of the real program against the simulated vault, model and mailbox, in one process. */
import { describe, expect, test } from 'vitest';
import { HOSTILE } from '../../simulator/seed/justifications.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { RunRecord } from '../../src/domain/run_record.ts';
import { silentProgress } from '../../src/util/progress.ts';
import { ACTING, DAY, openPlace, type Settings } from './place.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const granted = (daysAgo: number, now = Date.now()) => ({
  status: 'Approved',
  created: now - daysAgo * DAY - 3_600_000,
  approved: now - daysAgo * DAY,
  requestedTo: now + 30 * DAY,
});

describe.concurrent('a run acts exactly on the right requests', () => {
  test('low is approved, critical rejected, stale closed, and everything else left to people; the next run acts on nothing and still reports', async () => {
    await using place = await openPlace(tagged);
    const { sim } = place;
    const agent = sim.vault.agent;
    place.request('a low one', 'low');
    place.request('a medium one', 'medium');
    place.request('a high one', 'high');
    place.request('a critical one', 'critical');
    place.request('a fresh grant', 'low', granted(6));
    place.request('a stale grant', 'low', granted(8));
    place.request('a stale critical grant', 'critical', granted(9));
    // By somebody else: a person's no would hold the others.
    const requestor = { id: 'u-other', name: 'tduval', displayName: 'Thea Duval' };
    place.request('a rejected one', 'low', { status: 'Rejected', requestor });
    place.request('a completed one', 'critical', { status: 'Completed' });
    place.request('one in a status nobody knows', 'low', { status: 'Escalated' });
    place.request("the agent's own", 'low', { requestor: agent });
    place.request("the agent's own critical one", 'critical', { requestor: agent });
    place.request("the agent's own stale grant", 'low', { requestor: agent, ...granted(12) });
    place.request('one without an asset', 'low', { entityId: null, entityName: null, entityType: 'Space' });
    place.request('one without a status', 'low', { omit: ['status'] });
    place.request('one without an id', 'low', { omit: ['id'] });
    place.request('one older than the look-back', 'low', { created: Date.now() - 31 * DAY });

    const known = { MALFORMED_SHARE: '0.5' };
    const first = await place.run({ settings: known });
    expect(place.acts().sort()).toEqual([
      'approve a low one',
      'complete a stale critical grant',
      'complete a stale grant',
      'reject a critical one',
    ]);
    // Two records that cannot be read, and a status that nobody knows: told of as something new.
    expect(first.code).toBe(4);
    expect(first.record.problems.map(({ where }) => where)).toEqual(['vault', 'vault']);
    for (const { status, contentType, body } of sim.journal.of('approve', 'reject', 'complete')) {
      expect(status).toBe(200);
      expect(contentType).toMatch(/^text\/plain; ?charset=utf-8$/i);
      expect(body).toMatch(/^Portcullis /);
    }
    expect(first.json).toMatchObject({ totals: { done: { approve: 1, reject: 1, close: 2 }, malformed: 2 } });
    expect(sim.mailbox.mails).toHaveLength(1);
    expect(place.openCredentials()).toEqual([]);

    sim.journal.clear();
    const second = await place.run({ settings: known });
    expect(place.acts()).toEqual([]);
    expect(second.code).toBe(0);
    expect(second.record.reviewed.length).toBeGreaterThan(first.record.reviewed.length - 1);
    expect(place.reportFiles()).toHaveLength(2);
    expect(sim.mailbox.mails).toHaveLength(2);
    expect(place.openCredentials()).toEqual([]);
    expect(place.leaks()).toEqual([]);
  });

  test('a request that the agent approved is closed by the agent once it is stale, and only once', async () => {
    await using place = await openPlace(tagged);
    // Longer than 72 hours would be too long for its class.
    const low = place.request('a low one', 'low', { requestedTo: Date.now() + 2 * DAY });
    await place.run();
    place.later(6 * DAY);
    await place.run();
    expect(place.acts()).toEqual(['approve a low one']);
    place.later(2 * DAY);
    const third = await place.run();
    expect(place.acts()).toEqual(['approve a low one', 'complete a low one']);
    expect(place.statusOf(low.id)).toBe('Completed');
    expect(third.code).toBe(0);
    await place.run();
    expect(place.acts()).toHaveLength(2);
  });

  test('a two-level request gets one approval of ours and no second one while it waits for the other level', async () => {
    await using place = await openPlace(tagged);
    const request = place.request('a two-level one', 'low', { levels: 2 });
    const first = await place.run();
    expect(place.statusOf(request.id)).toBe('Active');
    expect(first.code).toBe(0);
    expect(first.record.reviewed.find((r) => r.dossier.request.id === request.id)?.outcome).toMatchObject({
      kind: 'done',
      statusAfter: 'Active',
      note: 'approved level 1 of 2; other authorizers have to approve the rest',
    });
    const second = await place.run();
    expect(place.acts()).toEqual(['approve a two-level one']);
    expect(second.code).toBe(0);
    // It still waits for a person, and the report has to say so.
    expect(second.record.reviewed.find((r) => r.dossier.request.id === request.id)?.decision.needsPerson).toBe(true);
  });

  test('every switch stands for its own action only', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    place.request('a critical one', 'critical');
    place.request('a stale grant', 'low', granted(8));
    const off = { AUTO_APPROVE_LOW_RISK: 'false', AUTO_REJECT_HIGH_RISK: 'false', AUTO_CLOSE_STALE: 'false' };
    const { json, report } = await place.run({ settings: off });
    expect(place.acts()).toEqual([]);
    // Each says before it is on what it would do.
    expect(json.switched_off).toMatchObject([
      { setting: 'AUTO_APPROVE_LOW_RISK', more: 1, before_confirmation: true },
      { setting: 'AUTO_REJECT_HIGH_RISK', more: 1, before_confirmation: true },
      { setting: 'AUTO_CLOSE_STALE', more: 1, before_confirmation: false },
      { setting: 'AUTO_CLOSE_EXPIRED', more: 0 },
    ]);
    expect(report).toMatch(
      /## What each switch would do now\n\n- AUTO_APPROVE_LOW_RISK=true would approve at most 1 more/,
    );
    expect(place.sim.mailbox.mails.at(-1)?.html).toMatch(
      /AUTO_REJECT_HIGH_RISK\S{1,9}true would reject at most 1 more/,
    );
    // Nothing was asked for it: no question without texts, and none about one request alone.
    expect([...new Set(place.sim.model.calls.map(({ mode }) => mode))]).toEqual(['review']);
    await place.run({ settings: { ...off, AUTO_CLOSE_STALE: 'true' } });
    expect(place.acts()).toEqual(['complete a stale grant']);
    await place.run({ settings: { ...off, AUTO_REJECT_HIGH_RISK: 'true' } });
    expect(place.acts()).toEqual(['complete a stale grant', 'reject a critical one']);
    await place.run({ settings: { ...off, AUTO_APPROVE_LOW_RISK: 'true' } });
    expect(place.acts()).toEqual(['complete a stale grant', 'reject a critical one', 'approve a low one']);
  });

  test('where both thresholds meet, rejecting goes before approving', async () => {
    await using place = await openPlace(tagged);
    place.request('a high one', 'high');
    place.request('a low one', 'low');
    await place.run({ settings: { RISK_THRESHOLD_APPROVE: 'high', RISK_THRESHOLD_REJECT: 'high' } });
    expect(place.acts().sort()).toEqual([
      'approve a bystander of 1 days',
      'approve a bystander of 2 days',
      'approve a low one',
      'reject a high one',
    ]);
  });

  test('without autonomous mode and without a terminal nothing is done, and the report says what would have been', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const { code, json, report } = await place.run({ settings: { AUTONOMOUS_MODE: 'false' } });
    expect(code).toBe(0);
    expect(place.acts()).toEqual([]);
    expect(json).toMatchObject({ totals: { would_have_been_done: { approve: 1 } } });
    expect(report).toMatch(/not autonomous/);
    // Nothing was remembered as done: with the switch on it is approved.
    await place.run();
    expect(place.acts()).toEqual(['approve a low one']);
  });

  test('switched-off certificate checks and secrets from settings are warned about in log and report of every run', async () => {
    await using place = await openPlace(tagged, { VAULT_TLS_INSECURE: 'true', VAULT_CA_FILE: '' });
    const { code, log, report } = await place.run({
      settings: {
        ALERT_SECRET_ASSET_ID: '',
        ALERT_CLIENT_SECRET: place.sim.estate.graphSecret.credential?.password ?? '',
      },
    });
    expect(code).toBe(0);
    for (const text of [log, report.replaceAll('\\', '')]) {
      expect(text).toContain('VAULT_TLS_INSECURE is on');
      expect(text).toContain('ALERT_SECRET_ASSET_ID would keep it in the vault');
    }
    expect(place.leaks()).toEqual([]);
  });

  test('a model on another machine without TLS is refused, or named in every report', async () => {
    const address = { OPENAI_BASE_URL: 'http://192.0.2.1:9/v1', OPENAI_TIMEOUT_SECONDS: '0.2', OPENAI_ASSET_ID: '' };
    await using place = await openPlace(tagged, { ...address, OPENAI_API_KEY: 'sk-plain-http', OPENAI_CA_FILE: '' });
    expect(() => loadConfig(place.settings)).toThrow(/OPENAI_BASE_URL: .*OPENAI_ALLOW_HTTP=true/);
    place.request('a low one', 'low');
    const { log, report } = await place.run({ settings: { OPENAI_ALLOW_HTTP: 'true' } });
    for (const text of [log, report.replaceAll('\\', '')]) {
      expect(text).toContain('The model is asked over plain http (OPENAI_ALLOW_HTTP)');
    }
    expect(place.sim.mailbox.mails.at(-1)?.html).toContain('OPENAI_ALLOW_HTTP');
  });

  test('assets are read once each: those of waiting requests always, of open ones where something may be done, all with deep analysis', async () => {
    await using place = await openPlace({ model: { behaviour: 'rate' } });
    const machine = (name: string) => {
      const { id } = place.sim.estate.machines.find((one) => one.name === name) ?? { id: '' };
      return { entityId: id, entityName: 'SRV-0815' };
    };
    const message = 'Monthly patching, change CHG0041234';
    const one = place.request('one on a hidden domain controller', 'low', { ...machine('DC01'), message });
    const agent = place.sim.vault.agent;
    place.request('another one on it', 'low', { ...machine('DC01'), message, requestor: agent });
    place.request('one that is over', 'low', { ...machine('lnx-web01'), message, status: 'Completed' });
    const OFF = { AUTO_APPROVE_LOW_RISK: 'false', AUTO_REJECT_HIGH_RISK: 'false', AUTO_CLOSE_STALE: 'false' };
    const read = async (settings: Settings) => {
      place.sim.journal.clear();
      const ran = await place.run({ dryRun: true, settings });
      const urls = place.sim.journal.calls.map(({ url }) => url).filter((url) => url.includes('/api/asset/'));
      expect(new Set(urls).size).toBe(urls.length);
      const known = place.sim.vault.assets().filter(({ id }) => urls.some((url) => url.includes(id)));
      const reviewed = ran.record.reviewed.find((r) => r.dossier.request.id === one.id);
      return { ...ran, names: known.map(({ name }) => name), decision: reviewed?.decision };
    };
    const granted = { ...machine('lnx-web02'), message, status: 'Approved' as const };
    place.request('one that is granted', 'low', granted);
    const off = await read(OFF);
    expect(off.names).toContain('DC01');
    for (const name of ['lnx-web01', 'lnx-web02']) expect(off.names).not.toContain(name);
    expect(off.report).toContain('/Tier 0/Domain Controllers');
    const acting = await read({});
    expect(acting.names).toEqual(expect.arrayContaining(['DC01', 'lnx-web02']));
    expect(acting.names).not.toContain('lnx-web01');
    // Named like any server, and known for what it is all the same.
    expect(acting.decision?.verdict).toBe('hold');
    expect(acting.decision?.basis).toContain('no-approval-never-auto');
    expect(acting.report).toContain('/Tier 0/Domain Controllers');
    expect((await read({ ...OFF, DEEP_ANALYSIS: 'true' })).names).toEqual(
      expect.arrayContaining(['DC01', 'lnx-web01']),
    );
  });

  test('an asset that cannot be read is a named gap, and such a request is not approved', async () => {
    await using place = await openPlace(tagged, { DEEP_ANALYSIS: 'true' });
    place.request('one on an asset that is gone', 'low', { entityId: 'e0000000-0000-4000-8000-000000000000' });
    place.sim.faults.add({ on: 'vault.asset', kind: 'status', status: 404, times: Number.POSITIVE_INFINITY });
    const { code, report } = await place.run();
    expect(place.acts()).toEqual([]);
    expect(code).toBe(4);
    expect(report).toMatch(/could not be read|could not read/);
  });

  test('a month at a realistic company: only what the rules allow is touched, and a second run finds nothing to do', async () => {
    await using place = await openPlace({ data: 'realistic', requests: 240, model: { behaviour: 'rate' } });
    const before = new Map(place.sim.vault.all().map((one) => [one.id, one]));
    const first = await place.run({ settings: { DEEP_ANALYSIS: 'true' } });
    // The broken records of the vault are new to it; the second run knows them.
    expect(first.code).toBe(4);
    const done = place.sim.journal.of('approve', 'reject', 'complete');
    expect(done.length).toBeGreaterThan(10);
    expect(new Set(done.map(({ what, id }) => `${what} ${id}`)).size).toBe(done.length);
    for (const { what, id, status } of done) {
      const was = before.get(id);
      expect(status).toBe(200);
      expect(was?.status).toBe(what === 'complete' ? 'Approved' : 'Active');
      expect(was?.requestor.name).not.toBe(place.sim.vault.agent.name);
      if (what === 'complete') expect(was?.approved).toBeLessThan(place.now() - 7 * DAY);
    }
    const asked = place.sim.model.calls.map(({ body }) => JSON.stringify(body)).join('\n');
    for (const id of before.keys()) expect(asked.includes(id), 'the model learns no ids').toBe(false);
    place.sim.journal.clear();
    const second = await place.run({ settings: { DEEP_ANALYSIS: 'true' } });
    // A long grant that the first run closed does not count any more beside what the same person asks for on that asset.
    const wants = (id: string) => `${before.get(id)?.requestor.name} ${before.get(id)?.entityId}`;
    const closed = new Set(done.filter(({ what }) => what === 'complete').map(({ id }) => wants(id)));
    expect(place.acts().filter((act) => !closed.has(wants(act.split(' ')[1] ?? '')))).toEqual([]);
    expect(second.code).toBe(0);
    expect(place.openCredentials()).toEqual([]);
    expect(place.leaks()).toEqual([]);
  });
});

describe.concurrent('what people write can neither act nor break report and mail', () => {
  const nasty = [
    ...HOSTILE,
    '{{RUN_META}} {{{ACTIONS_TAKEN}}} {{#each x}}',
    '</td></tr></table><h1>All clear</h1><a href="https://evil.example">log in</a>',
    '[all clear](javascript:alert(1)) `code` ~~~\n# Heading\n> quote\n- list | cell | cell |',
    '\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007 \u0000 \u202e\u2066 \ufeff',
    'x'.repeat(200_000),
  ];
  test.each(['rate', 'echo', 'inverted'] as const)('with a model that does %s', async (behaviour) => {
    await using place = await openPlace({ model: { behaviour } });
    for (const [n, message] of nasty.entries()) {
      place.request(`nasty ${n}`, 'low', {
        message,
        entityName: message.slice(0, 300),
        requestor: { id: `u${n}`, name: message.slice(0, 200), displayName: message.slice(0, 200) },
      });
    }
    const { code, report, log } = await place.run();
    expect([0, 4]).toContain(code);
    if (behaviour === 'rate') {
      expect(place.acts().filter((act) => /^approve nasty [0124]$/.test(act))).toEqual([]);
    }
    for (const { body, contentType } of place.sim.journal.of('approve', 'reject', 'complete')) {
      expect(contentType).toMatch(/^text\/plain/);
      expect(body).not.toMatch(/[<>{}\p{Cc}\u202e]|https?:\/\//u);
      expect(body.length).toBeLessThan(500);
    }
    const [mail] = place.sim.mailbox.mails;
    expect(place.sim.mailbox.mails).toHaveLength(1);
    const found = (text: string | undefined, what: RegExp) => what.exec(text ?? 'missing')?.[0] ?? null;
    expect(found(mail?.html, /<script|<img src=x|<h1>All clear|href="https:\/\/evil/iu)).toBeNull();
    expect(found(report, /^# Heading|^> quote|<script>|<img /m)).toBeNull();
    expect(found(report, ACTING)).toBeNull();
    expect(found(report, /(?<!\\)\]\((https:\/\/evil|javascript)/)).toBeNull();
    expect(found(log, ACTING)).toBeNull();
  });
});

describe.concurrent('a request that changes between listing and action is left alone', () => {
  /** Fires once, with the first look at the vault after the model has answered. */
  const meanwhile = (place: Awaited<ReturnType<typeof openPlace>>, change: () => void) => {
    let done = false;
    place.sim.vault.on('list', () => {
      if (done || place.sim.model.calls.length === 0) return;
      done = true;
      change();
    });
  };

  test.each([
    ['it is withdrawn', 'low', (v: Vault, id: string) => v.withdraw(id)],
    ['somebody else rejects it', 'low', (v: Vault, id: string) => v.rejectAs('mharper', id)],
    ['somebody else approves it', 'critical', (v: Vault, id: string) => v.approveAs('mharper', id)],
    ['its justification is edited', 'low', (v: Vault, id: string) => v.edit(id, { message: 'Dump all hashes' })],
    ['it is moved to another asset', 'low', (v: Vault, id: string) => v.edit(id, { entityName: 'DC01' })],
    ['its requestor becomes the agent', 'low', (v: Vault, id: string) => v.edit(id, { requestor: v.agent })],
    ['it disappears', 'low', (v: Vault, id: string) => v.remove(id)],
  ] as const)('%s', async (_name, risk, change) => {
    await using place = await openPlace(tagged);
    const request = place.request('the one', risk);
    meanwhile(place, () => void change(place.sim.vault, request.id));
    const { code, record } = await place.run();
    expect(place.acts()).toEqual([]);
    expect(outcomeOf(record, request)).toMatchObject({ kind: 'skipped', reason: 'changed' });
    expect(code).toBe(0);
  });

  test('a stale grant that ends by itself meanwhile is not closed', async () => {
    await using place = await openPlace(tagged);
    const request = place.request('a stale grant', 'low', granted(8));
    meanwhile(place, () => void place.sim.vault.end(request.id));
    await place.run();
    expect(place.acts()).toEqual([]);
  });

  test('requests that arrive while the pages are read are neither lost nor doubled', async () => {
    await using place = await openPlace({ ...tagged, vault: { pageCap: 7 } });
    // Not all within an hour: a burst of one person is rated higher.
    for (let n = 0; n < 30; n++) place.request(`old ${n}`, 'medium', { created: Date.now() - n * 300_000 - 60_000 });
    let arrived = 0;
    place.sim.vault.on('list', (n) => {
      if (n > 1 && arrived < 5) place.request(`new ${arrived++}`, 'low', { created: Date.now() });
    });
    const { record } = await place.run();
    const ids = record.reviewed.map((r) => r.dossier.request.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(37);
    expect(place.acts().sort()).toEqual([0, 1, 2, 3, 4].map((n) => `approve new ${n}`));
  });
});

describe.concurrent('an action whose answer goes wrong', () => {
  test.each([
    ['approve', 'low', {}],
    ['reject', 'critical', {}],
    ['complete', 'low', granted(8)],
  ] as const)('%s: applied but the line drops: looked up, found done, never sent twice', async (what, risk, extra) => {
    await using place = await openPlace(tagged);
    const request = place.request('the one', risk, extra);
    place.sim.faults.add({ on: `vault.${what}`, kind: 'reset-after' });
    const { record, code } = await place.run();
    expect(place.acts()).toEqual([`${what} the one`]);
    expect(outcomeOf(record, request)?.kind).toBe('done');
    expect(code).toBe(0);
    await place.run();
    expect(place.acts()).toHaveLength(1);
  });

  test.each(['status', 'reset-before', 'hang'] as const)(
    'never applied (%s): looked up, unchanged, and tried once more',
    async (kind) => {
      await using place = await openPlace(tagged, kind === 'hang' ? { VAULT_TIMEOUT_SECONDS: '1.5' } : {});
      const request = place.request('the one', 'low');
      const fault = place.sim.faults.add({ on: 'vault.approve', kind, status: 500 });
      const { record, code } = await place.run();
      expect(fault.hits).toBe(1);
      expect(place.acts()).toEqual(['approve the one']);
      expect(place.statusOf(request.id)).toBe('Approved');
      expect(outcomeOf(record, request)?.kind).toBe('done');
      expect(code).toBe(0);
    },
  );

  test('a vault that never lets it through gets two tries, exit code 4, and another try by the next run', async () => {
    await using place = await openPlace(tagged);
    const request = place.request('the one', 'low');
    const fault = place.sim.faults.add({ on: 'vault.approve', kind: 'status', times: Number.POSITIVE_INFINITY });
    const first = await place.run();
    expect(fault.hits).toBe(2);
    expect(first.code).toBe(4);
    // A gateway may still let it through: the next run knows, and has the same hands.
    expect(outcomeOf(first.record, request)?.kind).toBe('unknown');
    fault.remove();
    const second = await place.run();
    expect(second.record.recovered).toMatchObject([{ requestId: request.id, found: 'not done' }]);
    expect(second.code).toBe(0);
    expect(place.statusOf(request.id)).toBe('Approved');
  });

  test('an action that the token may not do is that request’s outcome; the others are done', async () => {
    await using place = await openPlace({ ...tagged, vault: { denied: ['reject'] } });
    place.request('a critical one', 'critical');
    place.request('a low one', 'low');
    const { code } = await place.run();
    expect(place.acts().sort()).toEqual(['approve a low one', 'reject a critical one']);
    expect(place.sim.journal.of('reject')[0]?.status).toBe(401);
    expect(code).toBe(4);
  });

  test('an authorizer of another level is refused by the vault, which is no approval', async () => {
    await using place = await openPlace({ ...tagged, vault: { authorizerLevels: [2] } });
    const request = place.request('the one', 'low', { levels: 2 });
    const { code, record } = await place.run();
    expect(place.statusOf(request.id)).toBe('Active');
    expect(outcomeOf(record, request)?.kind).toBe('failed');
    expect(code).toBe(4);
  });
});

const outcomeOf = (record: RunRecord, { id }: { id: string }) =>
  record.reviewed.find((one) => one.dossier.request.id === id)?.outcome;

type Vault = Awaited<ReturnType<typeof openPlace>>['sim']['vault'];

test('A run says of its long steps how far they are, and of none of them when it is over', async () => {
  await using place = await openPlace(tagged);
  for (let n = 0; n < 4; n += 1) place.request(`number ${n}`, 'low');
  const open = new Set<string>();
  const last = new Map<string, string>();
  const ran = await place.run({
    progress: {
      ...silentProgress,
      begin: (step) => open.add(step),
      update: (step, done, total) => {
        expect(open).toContain(step);
        last.set(step, `${done}/${total}`);
      },
      end: (step) => open.delete(step),
    },
  });
  const all = ran.record.reviewed.length;
  for (const step of ['fetch', 'enrich', 'score', 'decide', 'confirm', 'report']) {
    expect([step, last.get(step)]).toEqual([step, `${all}/${all}`]);
  }
  expect([...open]).toEqual([]);
});
