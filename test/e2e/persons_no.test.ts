/** A person's no stands, and one decision of ours is enough: whatever our own files say, over real sockets. */
import { rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Approval, VaultRequest } from '../../simulator/vault/records.ts';
import type { Vault } from '../../simulator/vault/vault.ts';
import type { RunRecord } from '../../src/domain/run_record.ts';
import { openPlace, type Place } from './place.ts';
import { apply, plan, planned } from './planner.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const HOUR = 3_600_000;
const ANNA = { id: 'u-anna', name: 'CORP\\anna.berg', displayName: 'Anna Berg' };

const refusedBy = (user: string, part: Partial<Approval> = {}): Approval => ({
  ...{ level: 1, user, decision: 'Rejected', message: 'No, you left that team.', created: Date.now() - 2 * HOUR },
  ...part,
});
/** A request of Anna. */
const asked = (place: Place, title: string, part: Partial<VaultRequest> = {}, risk = 'low') =>
  place.request(title, risk, { requestor: ANNA, ...part });
const of = ({ reviewed }: RunRecord, { id }: VaultRequest) => {
  const one = reviewed.find(({ dossier }) => dossier.request.id === id);
  if (one === undefined) throw new Error('not in the record');
  return one;
};
const gatesOf = (record: RunRecord, request: VaultRequest) =>
  of(record, request).decision.rules.flatMap((rule) => (rule.kind === 'gate' ? [rule.gate] : []));
/** Fires once, with the first look at the vault after the model has answered. */
const meanwhile = (place: Place, change: (vault: Vault) => void) => {
  let done = false;
  place.sim.vault.on('list', () => {
    if (done || place.sim.model.calls.length === 0) return;
    done = true;
    change(place.sim.vault);
  });
};

describe.concurrent("a person's no", () => {
  const again = [
    ['unchanged', {}],
    ['under another spelling of the account', { requestor: { ...ANNA, id: '', name: 'anna.berg@corp.example' } }],
    ['with the operation in other letters', { operation: ' assetunlock ' }],
    ['with another justification and a shorter window', { message: '[low] Rotate the logs, CHG0041299' }],
  ] as const satisfies readonly (readonly [string, Partial<VaultRequest>])[];

  test.each(again)('holds a request that was refused two hours ago and is filed again %s', async (_how, part) => {
    await using place = await openPlace(tagged);
    const created = Date.now() - 3 * HOUR;
    const approvals = [refusedBy('mharper')];
    asked(place, 'a refused one', { status: 'Rejected', created, approvals });
    const request = asked(place, 'the same again', part);
    const plain = place.request('somebody else there', 'low');
    const { record, report, json } = await place.run();
    expect(place.acts()).toEqual(['approve somebody else there']);
    expect(of(record, plain).outcome).toMatchObject({ kind: 'done' });
    expect(gatesOf(record, request)).toEqual(['refused-by-person']);
    expect(of(record, request).decision.next).toMatchObject({ kind: 'escalate', to: 'authorizer mharper' });
    expect(report).toMatch(/authorizer mharper/);
    expect(report).toMatch(/refused by .{0,3}mharper/);
    expect(JSON.stringify(json)).toContain('"rule":"gate refused-by-person"');
  });

  test.each([
    ['Rejected', {}],
    ['rejected', { created: null as unknown as number }],
    ['Deferred', { user: null as unknown as string }],
  ])('holds an Active request on which it is recorded as %s', async (word, part) => {
    await using place = await openPlace(tagged);
    const row = refusedBy('mharper', { decision: word as Approval['decision'], ...part });
    const created = Date.now() - 3 * HOUR;
    const request = asked(place, 'a two-level one', { levels: 2, approvals: [row], created });
    const { record } = await place.run();
    expect(place.acts()).toEqual([]);
    expect(gatesOf(record, request)).toEqual(['refused-by-person']);
  });

  test('is told by the status alone, when we did not reject it', async () => {
    await using place = await openPlace(tagged);
    asked(place, 'a refused one', { status: 'Rejected', approvals: [] });
    const request = asked(place, 'the same again');
    const { record } = await place.run();
    expect(place.acts()).toEqual([]);
    expect(of(record, request).decision.next).toMatchObject({ kind: 'escalate' });
  });

  test('is lifted by a later approval of a person, and by nothing of ours', async () => {
    await using place = await openPlace(tagged);
    const created = Date.now() - 5 * HOUR;
    const approvals = [refusedBy('mharper')];
    asked(place, 'a refused one', { status: 'Rejected', created, approvals });
    const yes = { level: 1, decision: 'Approved', message: 'ok', created: Date.now() - HOUR } as const;
    asked(place, 'one that we approved', {
      ...{ status: 'Completed', created, approvals: [{ ...yes, user: place.sim.vault.agent.name }] },
    });
    const request = asked(place, 'the same again');
    await place.run();
    expect(place.acts()).toEqual([]);
    asked(place, 'one that a person approved', {
      ...{ status: 'Completed', created, approvals: [{ ...yes, user: 'okessler' }] },
    });
    const { record } = await place.run();
    expect(of(record, request).outcome).toMatchObject({ kind: 'done' });
  });

  test('is not ours: what the agent rejected may be asked for again', async () => {
    await using place = await openPlace(tagged);
    const first = asked(place, 'a critical one', {}, 'critical');
    await place.run();
    expect(place.acts()).toEqual(['reject a critical one']);
    // Some vaults list no decision of a rejected request.
    place.sim.vault.edit(first.id, { approvals: [] });
    asked(place, 'a low one');
    await place.run();
    expect(place.acts()).toEqual(['reject a critical one', 'approve a low one']);
  });

  test('stands too when it was given at the terminal, and the agent carried it out', async () => {
    await using place = await openPlace(tagged);
    asked(place, 'a critical one', {}, 'critical');
    await place.run({ settings: { AUTONOMOUS_MODE: 'false' }, ask: async () => 'yes' });
    expect(place.acts()).toEqual(['reject a critical one']);
    const again = asked(place, 'the same, told better');
    const { record, report } = await place.run();
    expect(place.acts()).toHaveLength(1);
    expect(gatesOf(record, again)).toEqual(['refused-by-person']);
    expect(report).not.toMatch(/authorizer .{0,3}svc-portcullis/);
  });

  test('holds what a plan would approve by now', async () => {
    await using place = await openPlace(tagged);
    const request = asked(place, 'a low one');
    const made = await planned(place);
    expect(made.entries).toHaveLength(1);
    asked(place, 'a refused one', { status: 'Rejected', approvals: [refusedBy('mharper')] });
    const { became } = await apply(place, made);
    expect(became(request.id)).toMatch(/refused by `mharper`/);
    expect(place.acts()).toEqual([]);
  });
});

describe.concurrent('recorded approvals belong to what was decided', () => {
  const ROW = { level: 1, user: 'okessler', decision: 'Approved', message: 'ok', created: Date.now() - HOUR } as const;

  test.each<[string, readonly Approval[], readonly Approval[]]>([
    ['a refusal is recorded', [], [refusedBy('mharper')]],
    ['an approval is recorded', [], [ROW]],
    ['a row goes away', [ROW], []],
    ['a row says something else', [ROW], [{ ...ROW, message: 'not on Fridays' }]],
  ])('and when %s during the run, nothing is done', async (_what, before, after) => {
    await using place = await openPlace(tagged);
    const request = asked(place, 'the one', { levels: 2, approvals: before });
    meanwhile(place, (vault) => void vault.edit(request.id, { approvals: after }));
    const { record } = await place.run();
    expect(place.acts()).toEqual([]);
    expect(of(record, request).outcome).toMatchObject({ kind: 'skipped', reason: 'changed' });
  });

  test('nor since a plan was made', async () => {
    await using place = await openPlace(tagged);
    const request = asked(place, 'the one', { levels: 2 });
    const made = await planned(place);
    place.sim.vault.edit(request.id, { approvals: [ROW] });
    const { became } = await apply(place, made);
    expect(became(request.id)).toMatch(/was changed since the plan was made/);
    expect(place.acts()).toEqual([]);
  });
});

describe.concurrent("the vault's own rows say what the agent did", () => {
  const forget = (place: Place) => {
    for (const folder of [place.state, place.reports]) rmSync(folder, { recursive: true, force: true });
  };

  test('with state and reports deleted, a two-level request is not approved twice', async () => {
    await using place = await openPlace(tagged);
    const request = asked(place, 'a two-level one', { levels: 2 });
    await place.run();
    expect(place.acts()).toEqual(['approve a two-level one']);
    forget(place);
    const { record } = await place.run();
    expect(place.acts()).toHaveLength(1);
    expect(gatesOf(record, request)).toEqual(['once']);
    expect(of(record, request).decision.next).toMatchObject({ to: 'another authorizer' });
  });

  test('also when another account of ours wrote, which is known only with its token', async () => {
    await using place = await openPlace(tagged);
    const { vault } = place.sim;
    const token = vault.issueToken({ user: 'svc-act' });
    const credential = { user: 'svc-act', password: token };
    const asset = vault.addAsset({ name: 'Portcullis acting token', type: 'API Key', credential });
    const rows = [
      { level: 1, user: 'CORP\\SVC-Act', decision: 'Approved', message: 'ok', created: Date.now() },
    ] as const;
    const request = asked(place, 'a two-level one', { levels: 2, level: 2, approvals: rows });
    const { record } = await place.run({ settings: { VAULT_ACTION_ASSET_ID: asset.id } });
    expect(place.acts()).toEqual([]);
    const { outcome } = of(record, request);
    expect(outcome?.kind === 'skipped' && outcome.why).toMatch(/the agent approved it before/);
  });

  test.each(['low', 'critical'])('a row of ours closes the way for a %s one', async (risk) => {
    await using place = await openPlace(tagged);
    const user = `corp\\${place.sim.vault.agent.name.toUpperCase()}`;
    const row = { level: 1, user, decision: 'Approved', message: 'ok', created: Date.now() - HOUR } as const;
    const request = asked(place, 'a two-level one', { levels: 2, level: 2, approvals: [row] }, risk);
    const { record } = await place.run();
    expect(place.acts()).toEqual([]);
    expect(gatesOf(record, request)).toEqual(['once']);
  });
});

test('what a person said no to at the terminal is held in autonomous runs and plans, until somebody says yes there', async () => {
  await using place = await openPlace({ model: { behaviour: byTag } });
  const low = place.request('a low one', 'low', { created: place.now() - 60_000 });
  const asking = { AUTONOMOUS_MODE: 'false' };
  await place.run({ settings: asking, ask: async () => 'no' });
  const { record } = await place.run();
  expect(place.acts()).toEqual([]);
  expect(gatesOf(record, low)).toEqual(['declined']);
  const prepared = await plan(place);
  expect([prepared.made?.entries, gatesOf(prepared.record, low)]).toEqual([[], ['declined']]);
  await place.run({ settings: asking, ask: async () => 'yes' });
  expect(place.acts()).toEqual(['approve a low one']);
});
