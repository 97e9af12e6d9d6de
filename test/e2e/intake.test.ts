/** Somebody asks the daemon for decisions, as a client of Standard Webhooks does, and reads them later. */
import { cpSync, mkdtempSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { AgentazForm } from '../../src/report/agentaz_form.ts';
import { openPlace, type Place, ROOT, until } from './place.ts';
import { byTag } from './tagged_model.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const TOKEN = 'a-bearer-token-of-thirty-two-characters';
const NEVER = '0 0 29 2 1';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The daemon with an intake, beside everything that it needs. */
async function listening(place: Place, settings: Record<string, string> = {}) {
  const port = await freePort();
  const own = {
    INTAKE_PORT: `${port}`,
    INTAKE_SECRET: SECRET,
    INTAKE_TOKEN: TOKEN,
    HEALTH_PORT: '0',
    INTAKE_REQUESTS_PER_MINUTE: '6000',
  };
  const daemon = place.start(['start'], { SCHEDULE_CRON: NEVER, ...own, ...settings });
  await until(() => daemon.stderr().includes('intake.listening'), daemon.stderr);
  const origin = `http://127.0.0.1:${port}`;
  let sent = 0;

  async function ask(body: object, headers: Record<string, string> = {}, secret = SECRET) {
    const [text, id, at] = [JSON.stringify(body), `msg_${++sent}`, new Date()];
    const signed = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': `${Math.floor(at.getTime() / 1000)}`,
      'webhook-signature': new Webhook(secret).sign(id, at, text),
    };
    const answer = await fetch(`${origin}/access/handle`, {
      method: 'POST',
      headers: { ...signed, ...headers },
      body: text,
    });
    return { status: answer.status, body: (await answer.json()) as unknown };
  }
  const read = async (id: string) => {
    const answer = await fetch(`${origin}/access/decisions/${id}`, { headers: { authorization: `Bearer ${TOKEN}` } });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  const runs = () => daemon.stderr().match(/"msg":"run\.started"/g)?.length ?? 0;
  return { daemon, ask, read, runs };
}
const WAIT = { prefer: 'wait=60' };

describe.concurrent('a daemon that is asked', () => {
  test('decides what is waiting, tells it at once and later, and does it once', async () => {
    await using place = await openPlace({ model: { behaviour: byTag } });
    const low = place.request('a low one', 'low');
    const high = place.request('a high one', 'high');
    const { daemon, ask, read, runs } = await listening(place);
    const { status, body } = await ask({ request_id: low.id }, WAIT);
    expect([status, AgentazForm.parse(body)]).toEqual([
      ...[200, expect.objectContaining({ request_id: low.id, decision: 'AUTO_PROVISION', risk: 'low' })],
    ]);
    expect(body).toMatchObject({ grant: { applied: true }, actions: ['approve: done'] });
    expect(place.statusOf(low.id)).toBe('Approved');
    // The whole window was looked at, whatever was named.
    await until(() => place.sim.mailbox.mails.length === 1, 'the mail');
    expect(await read(high.id)).toMatchObject({ status: 200, body: { decision: 'ESCALATE', risk: 'high' } });

    // Two in one go are one run; what was approved before stays what it was.
    const [again, several] = await Promise.all([
      ask({ request_id: low.id }, WAIT),
      ask({ request_ids: [high.id, 'nobody-knows'] }, WAIT),
    ]);
    expect(again).toMatchObject({ status: 200, body: { decision: 'AUTO_PROVISION', grant: { applied: true } } });
    expect(several).toMatchObject({
      status: 200,
      body: { decisions: [{ request_id: high.id }], unknown: ['nobody-knows'] },
    });
    expect(runs()).toBe(2);
    expect(place.acts()).toEqual(['approve a low one']);

    const printed = await place.start(['explain', low.id, '--format', 'agentaz']).ended;
    expect(JSON.parse(printed.stdout)).toEqual((await read(low.id)).body);

    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(143);
    for (const [where, text] of place.written()) {
      for (const secret of [SECRET, SECRET.slice(6), TOKEN]) expect(text.includes(secret), where).toBe(false);
    }
  });

  test('never has two runs at a time, beside a schedule of every second and asks all the time', async () => {
    await using place = await openPlace({ model: { behaviour: byTag } });
    place.request('a low one', 'low');
    const { daemon, ask, runs } = await listening(place, { SCHEDULE_CRON: '* * * * * *' });
    while (runs() < 5) {
      expect((await ask({ request_id: 'any' })).status).toBe(202);
      await new Promise((resolve) => setTimeout(resolve, 400));
    }
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(143);
    const order = [...daemon.stderr().matchAll(/"msg":"run\.(started|finished)"/g)].map(([, what]) => what);
    order.forEach((what, n) => void expect(what).toBe(n % 2 === 0 ? 'started' : 'finished'));
    expect(place.acts()).toEqual(['approve a low one']);
  });

  test('does nothing for whoever cannot sign', async () => {
    await using place = await openPlace({ model: { behaviour: byTag } });
    const low = place.request('a low one', 'low');
    const { daemon, ask, read, runs } = await listening(place);
    const forged = await ask({ request_id: low.id }, {}, 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfgh4fU5h0=');
    expect(forged.status).toBe(401);
    expect((await read(low.id)).status).toBe(404);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    daemon.child.kill('SIGTERM');
    expect((await daemon.ended).code).toBe(143);
    expect([runs(), place.acts()]).toEqual([0, []]);
  });
});

test('the three examples of the blueprint come out in its form', async () => {
  await using place = await openPlace({ model: { behaviour: byTag } });
  const policy = mkdtempSync(join(place.folder, 'policy-'));
  for (const name of readdirSync(join(ROOT, 'policy'))) {
    if (/\.cedar(schema)?$/.test(name)) cpSync(join(ROOT, 'policy', name), join(policy, name));
  }
  for (const name of ['access.yml', 'staging_nights.cedar']) {
    cpSync(join(ROOT, 'examples/blueprint', name), join(policy, name));
  }
  const { vault } = place.sim;
  const root = vault.addAsset({ name: 'Root', type: 'Container', tags: [], parent: null });
  const inside = (name: string, type: string, tags: string[] = []) => {
    const container = vault.addAsset({ name, type: 'Container', tags: [], parent: root.id });
    return vault.addAsset({ name: `${name}-1`, type, tags, parent: container.id }).id;
  };
  const person = (name: string) => ({ id: `u-${name}`, name, displayName: name });
  const filed = (title: string, risk: string, who: string, entityId: string, operation: string) =>
    place.request(title, risk, { requestor: person(who), entityId, operation });

  const [staging, production] = [inside('Staging', 'Linux Server'), inside('Production', 'Linux Server')];
  const finance = inside('Finance', 'Account', ['Duty :: Payment Approval']);
  const vendors = inside('Vendors', 'Account', ['Duty :: Vendor Master']);
  const read = filed('read staging', 'low', 'erin', staging, 'AssetView');
  vault.edit(read.id, { level: 2, levels: 2 });
  vault.record(read.id, { level: 1, user: 'mona', decision: 'Approved', message: 'ok', created: place.now() - 60_000 });
  const admin = filed('administer production', 'high', 'erin', production, 'AssetEdit');
  place.request('creates vendors', 'low', {
    ...{ requestor: person('fred'), entityId: vendors, operation: 'AssetUnlock', status: 'Approved' },
    ...{ approved: place.now() - 3_600_000, requestedTo: place.now() + 3_600_000 },
  });
  const pay = filed('approve payments', 'high', 'fred', finance, 'AssetUnlock');

  const { daemon, ask } = await listening(place, { POLICY_DIR: policy, DEEP_ANALYSIS: 'true' });
  const { status, body } = await ask({ request_ids: [read.id, admin.id, pay.id] }, WAIT);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    decisions: [
      {
        ...{ requester_role: 'engineer', requested_access: 'staging:read', risk: 'low', sod_conflict: false },
        ...{ decision: 'AUTO_PROVISION', approvals: [{ by: 'mona', level: 1, decision: 'Approved' }] },
        grant: { access: 'staging:read', time_bound: expect.stringMatching(/^\d{4}-/), applied: true },
        escalation: { needed: false },
      },
      {
        ...{ requester_role: 'engineer', requested_access: 'prod:admin', risk: 'high', sod_conflict: false },
        ...{ decision: 'ESCALATE', grant: { access: null, time_bound: null, applied: false }, actions: [] },
        escalation: { needed: true, to: 'owner platform-team' },
      },
      {
        ...{ requester_role: 'finance', requested_access: 'payment:approve', risk: 'high', sod_conflict: true },
        decision: 'ESCALATE',
        escalation: { to: 'security', reason: expect.stringContaining('vendor:create + payment:approve') },
      },
    ],
    unknown: [],
  });
  daemon.child.kill('SIGTERM');
  expect((await daemon.ended).code).toBe(143);
});
