/** Two tokens: one that lists and asks, and the approver's, borrowed from the vault for the writes alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { entriesIn } from '../helpers/ledger.ts';
import { openPlace, type Place, type Settings } from './place.ts';
import { apply, plan, planned } from './planner.ts';
import { byTag } from './tagged_model.ts';

const APPROVER = 'svc-approver';
const tagged = { model: { behaviour: byTag } };

/** An asset that holds a token of the approver, and the settings that name it. */
function approverAt(place: Place, given: { password?: string; credential?: null } = {}) {
  const { vault } = place.sim;
  const token = given.password ?? vault.issueToken({ user: APPROVER });
  const credential = given.credential === null ? null : { user: APPROVER, password: token };
  const asset = vault.addAsset({ name: 'approver token', credential });
  const settings: Settings = { VAULT_ACTION_ASSET_ID: asset.id };
  return { asset, token, settings };
}

/** What the vault was asked to change, with the user who did: `submit approver`, `approve a low one by …`. */
function story(place: Place, assetId: string): string[] {
  const completes = new Set(place.sim.vault.all().flatMap((one) => (one.entityId === assetId ? [one.id] : [])));
  return place.sim.journal.entries.flatMap(({ what, id, user, status }) => {
    if (what === 'submit' || what === 'credentials') {
      return id === assetId && status === 200 ? [`${what} by ${user}`] : [];
    }
    if (what === 'complete-credential') return completes.has(id) ? [`give back by ${user}`] : [];
    if (what === 'mail') return ['mail'];
    return what === 'token' ? [] : [`${what} by ${user}`];
  });
}

/** Everything that was written anywhere, the archive unpacked, and everything that the model was sent. */
function written(place: Place): string {
  const folder = join(place.state, 'runs');
  const records = readdirSync(folder).map((name) => gunzipSync(readFileSync(join(folder, name))).toString('utf8'));
  return [...place.written().values(), ...records].join('\n');
}

describe.concurrent('with VAULT_ACTION_ASSET_ID', () => {
  test('the approver writes and nobody else; the token is borrowed right before and given back right after', async () => {
    await using place = await openPlace(tagged);
    const { asset, token, settings } = approverAt(place);
    place.request('a low one', 'low');
    place.request('a critical one', 'critical', { created: place.now() - 7_200_000 });
    const { code, log } = await place.run({ settings });
    expect(code).toBe(0);
    const agent = place.sim.vault.agent.name;
    expect(story(place, asset.id)).toEqual([
      `submit by ${agent}`,
      `credentials by ${agent}`,
      `approve by ${APPROVER}`,
      `reject by ${APPROVER}`,
      `give back by ${agent}`,
      'mail',
    ]);
    expect(place.openCredentials()).toEqual([]);
    expect(written(place)).not.toContain(token);
    expect(log).not.toContain(token);
    const intents = entriesIn(place.state).filter(({ kind }) => kind === 'action.intended');
    expect(intents.map(({ data }) => data.actor)).toEqual([APPROVER, APPROVER]);
  });

  test('nothing is borrowed when there is nothing to do, when the run only observes, and for a plan', async () => {
    await using place = await openPlace(tagged);
    const { asset, settings } = approverAt(place);
    place.request('a medium one', 'medium');
    await place.run({ settings });
    place.request('a low one', 'low');
    await place.run({ settings, dryRun: true });
    await place.run({ settings: { ...settings, AUTONOMOUS_MODE: 'false' } });
    const { made } = await plan(place, settings);
    expect(made?.entries).toHaveLength(1);
    expect(story(place, asset.id).filter((line) => line !== 'mail')).toEqual([]);
    expect(place.sim.journal.of('submit', 'credentials').some(({ id }) => id === asset.id)).toBe(false);
  });

  test('nothing is borrowed when every request changed by then, or the person at the terminal says no', async () => {
    await using place = await openPlace(tagged);
    const { asset, settings } = approverAt(place);
    const low = place.request('a low one', 'low');
    await place.run({ settings: { ...settings, AUTONOMOUS_MODE: 'false' }, ask: async () => 'no' });
    const made = await planned(place, settings);
    place.sim.vault.on('asset', () => place.sim.vault.edit(low.id, { requestedTo: Date.now() + 7_200_000 }));
    await apply(place, made, settings);
    expect(place.acts()).toEqual([]);
    expect(place.sim.journal.of('submit', 'credentials').some(({ id }) => id === asset.id)).toBe(false);
  });

  test('apply borrows it too', async () => {
    await using place = await openPlace(tagged);
    const { settings } = approverAt(place);
    place.request('a low one', 'low');
    await apply(place, await planned(place, settings), settings);
    expect(place.sim.journal.of('approve').map(({ user }) => user)).toEqual([APPROVER]);
    expect(place.openCredentials()).toEqual([]);
  });

  test('requests of the acting user are never acted on: not when it is found out, and not in later runs', async () => {
    await using place = await openPlace(tagged);
    const { settings } = approverAt(place);
    const requestor = { id: 'u-approver', name: APPROVER.toUpperCase(), displayName: 'Approver' };
    const own = place.request("the approver's own", 'low', { requestor });
    const critical = place.request("the approver's own critical one", 'critical', { requestor });
    place.request('a low one', 'low');
    const first = await place.run({ settings });
    expect(place.acts()).toEqual(['approve a low one']);
    const outcomes = first.record.reviewed.filter(({ dossier }) => [own.id, critical.id].includes(dossier.request.id));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      expect.objectContaining({ kind: 'skipped', why: expect.stringMatching(/own request/) }),
      expect.objectContaining({ kind: 'skipped', why: expect.stringMatching(/own request/) }),
    ]);
    const second = await place.run({ settings });
    for (const { dossier, decision } of second.record.reviewed) {
      if ([own.id, critical.id].includes(dossier.request.id)) expect(decision.verdict).toBe('hold');
    }
    expect(place.acts()).toEqual(['approve a low one']);
  });

  test('a lost answer and a crash are accounted for by the name that the vault recorded', async () => {
    await using place = await openPlace(tagged);
    const { settings } = approverAt(place);
    const low = place.request('a low one', 'low', { levels: 2 });
    place.sim.faults.add({ on: 'vault.approve', kind: 'reset-after' });
    const { record, code } = await place.run({ settings });
    expect(code).toBe(0);
    const found = record.reviewed.find(({ dossier }) => dossier.request.id === low.id)?.outcome;
    expect(found).toMatchObject({ kind: 'done', note: expect.stringMatching(/names us/) });
    expect(place.acts()).toHaveLength(1);

    const second = place.request('a second one', 'low', { levels: 2 });
    place.sim.faults.add({ on: 'vault.approve', kind: 'hang-after' });
    const doomed = place.start(['run'], settings);
    place.sim.vault.on('approve', () => setTimeout(() => doomed.child.kill('SIGKILL'), 100));
    await doomed.ended;
    const next = await place.run({ settings });
    expect(next.record.recovered).toMatchObject([{ requestId: second.id, found: 'done' }]);
    expect(place.acts()).toHaveLength(2);
    expect(place.openCredentials()).toEqual([]);
  });
});

describe.concurrent('a token that cannot be had takes the actions with it and nothing else', () => {
  const cases: readonly [string, (place: Place) => Parameters<typeof approverAt>[1], RegExp][] = [
    ['is not given out', () => ({ credential: null }), /could not be had/],
    ['names nobody', ({ sim }) => ({ password: sim.vault.issueToken({ user: null }) }), /names no user/],
    ['is no token', () => ({ password: 'hunter2hunter2' }), /names no user/],
    [
      'has expired',
      ({ sim }) => ({ password: sim.vault.issueToken({ user: APPROVER, expires: Date.now() - 60_000 }) }),
      /expired/,
    ],
  ];
  test.each(cases)('because it %s', async (_what, given, why) => {
    await using place = await openPlace(tagged);
    const { asset, token, settings } = approverAt(place, given(place));
    place.request('a low one', 'low');
    place.request('a critical one', 'critical');
    const { record, code, report } = await place.run({ settings });
    expect(code).toBe(4);
    expect(place.acts()).toEqual([]);
    const outcomes = record.reviewed.flatMap(({ outcome }) => outcome ?? []);
    expect(outcomes).toHaveLength(2);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ kind: 'skipped', reason: 'no-token', why: expect.stringMatching(why) });
    }
    expect(report).toMatch(why);
    expect(record.problems).toMatchObject([{ where: 'act', message: expect.stringMatching(why) }]);
    expect(place.sim.mailbox.mails).toHaveLength(1);
    expect(place.sim.journal.of('submit').filter(({ id }) => id === asset.id).length).toBeLessThanOrEqual(1);
    expect(place.openCredentials()).toEqual([]);
    expect(written(place)).not.toContain(token);

    // They stay eligible.
    place.sim.vault.setCredential(asset.id, {
      user: APPROVER,
      password: place.sim.vault.issueToken({ user: APPROVER }),
    });
    expect((await place.run({ settings })).code).toBe(0);
    expect(place.acts()).toHaveLength(2);
  });

  test('because nobody grants it in time: the request for it stays for the next run, which acts', async () => {
    await using place = await openPlace(tagged);
    const { asset, settings } = approverAt(place);
    place.request('a low one', 'low');
    const unhook = place.sim.vault.on('submit', () => {
      // Asked for after the model's key was granted: this one has to wait.
      const asked = place.sim.journal.of('submit').length;
      place.sim.vault.knobs.credentialApproval = asked >= 1 ? 'never' : { polls: 1 };
    });
    const impatient = { ...settings, VAULT_CREDENTIAL_WAIT_SECONDS: '1' };
    const { code } = await place.run({ settings: impatient });
    expect(code).toBe(4);
    expect(place.acts()).toEqual([]);
    unhook();
    place.sim.vault.knobs.credentialApproval = { polls: 1 };
    for (const one of place.sim.vault.all()) {
      if (one.entityId === asset.id && one.status === 'Active') place.sim.vault.approveAs('okessler', one.id);
    }
    const second = await place.run({ settings });
    expect(place.acts()).toEqual(['approve a low one']);
    expect(place.sim.journal.of('submit').filter(({ id }) => id === asset.id)).toHaveLength(1);
    expect(second.record.reviewed.some(({ outcome }) => outcome?.kind === 'done')).toBe(true);
  });
});
