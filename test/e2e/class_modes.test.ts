/** Classes that people still decide on: what a run says of them, and what a person may do. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { VaultRequest } from '../../simulator/vault/records.ts';
import type { ClassMode } from '../../src/domain/class_mode.ts';
import type { RunRecord } from '../../src/domain/run_record.ts';
import { entriesIn } from '../helpers/ledger.ts';
import { openPlace, type Place, ROOT } from './place.ts';
import { apply, BY_PLAN, planned } from './planner.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };

/** The shipped folder with a mode for some classes. */
function withModes(place: Place, modes: Readonly<Record<string, ClassMode>>): { POLICY_DIR: string } {
  const folder = join(place.home, 'policy');
  cpSync(join(ROOT, 'policy'), folder, { recursive: true });
  const file = join(folder, 'access.yml');
  let text = readFileSync(file, 'utf8');
  for (const [name, mode] of Object.entries(modes)) {
    const head = `  ${name}:\n    about:`;
    expect(text).toContain(head);
    text = text.replace(head, `  ${name}:\n    mode: ${mode}\n    about:`);
  }
  writeFileSync(file, text);
  return { POLICY_DIR: folder };
}

const opened = () => openPlace(tagged, { DEEP_ANALYSIS: 'true' });
function fill(place: Place) {
  const old = { created: place.now() - 12 * 86_400_000, requestedTo: place.now() + 30 * 86_400_000 };
  return {
    low: place.request('a low one', 'low'),
    critical: place.request('a critical one', 'critical'),
    stale: place.request('a stale grant', 'low', {
      ...old,
      ...{ status: 'Approved', approved: place.now() - 10 * 86_400_000 },
    }),
  };
}

describe.concurrent('a class with a mode', () => {
  test('recommend: a run says what would be done, and closes only; a person carries it out by a plan', async () => {
    await using place = await opened();
    const { low, critical } = fill(place);
    const policy = withModes(place, { test: 'recommend' });
    const { record, report } = await place.run({ settings: policy });
    expect(place.acts()).toEqual(['complete a stale grant']);
    const next = (id: string) => record.reviewed.find(({ dossier }) => dossier.request.id === id)?.decision.next;
    expect(next(low.id)?.finding).toBe('it would be approved, and the class `test` has `mode: recommend`');
    expect(next(critical.id)?.finding).toBe('it would be rejected, and the class `test` has `mode: recommend`');
    expect(report).toContain('mode: enforce instead of recommend for test would approve at most 1 more');
    expect(place.sim.mailbox.mails.at(-1)?.html).toContain('mode: enforce instead of recommend for test would reject');

    const plan = await planned(place, { ...policy, ...BY_PLAN });
    const applied = await apply(place, plan, { ...policy, ...BY_PLAN });
    expect([applied.became(low.id), applied.became(critical.id)]).toEqual(['done', 'done']);
    expect(place.acts().sort()).toEqual(['approve a low one', 'complete a stale grant', 'reject a critical one']);
  });

  test('observe: nothing is approved or rejected, by a plan neither', async () => {
    await using place = await opened();
    const { low } = fill(place);
    const policy = withModes(place, { test: 'observe' });
    const { record } = await place.run({ settings: policy });
    expect(place.acts()).toEqual(['complete a stale grant']);
    expect(record.reviewed.find(({ dossier }) => dossier.request.id === low.id)?.decision.next?.finding).toBe(
      'the class `test` has `mode: observe`',
    );
    expect((await planned(place, { ...policy, ...BY_PLAN })).entries).toEqual([]);
  });

  test('enforce: it is decided as ever, and other classes of the folder are recommended until they say otherwise', async () => {
    await using place = await opened();
    fill(place);
    expect((await place.run({ settings: withModes(place, { test: 'enforce' }) })).code).toBe(0);
    expect(place.acts().sort()).toEqual(['approve a low one', 'complete a stale grant', 'reject a critical one']);
    await using other = await opened();
    fill(other);
    await other.run({ settings: withModes(other, { workstation: 'enforce' }) });
    expect(other.acts()).toEqual(['complete a stale grant']);
  });
});

describe.concurrent('what people decide about an enforced class', () => {
  const BY_HOUR = 3_600_000;
  const modes = (place: Place) => withModes(place, { test: 'enforce' });
  const of = (record: RunRecord, { id }: VaultRequest) =>
    record.reviewed.find(({ dossier }) => dossier.request.id === id);
  const refuse = (place: Place, id: string, status: VaultRequest['status'] = 'Rejected') => {
    const row = { level: 2, user: 'mharper', decision: 'Rejected', message: 'not him', created: place.now() } as const;
    const approvals = place.sim.vault.all().find((one) => one.id === id)?.approvals ?? [];
    place.sim.vault.edit(id, { status, approvals: [...approvals, row] });
  };

  test('a sample of what it lets through is left to people, always the same', async () => {
    await using place = await opened();
    const all = Array.from({ length: 24 }, (_, n) => lowOne(place, n));
    const settings = { ...modes(place), CONTROL_SHARE: '0.5', CAP_APPROVALS_PER_ASSET_PER_DAY: '100' };
    const { record, report } = await place.run({ settings });
    const left = all.filter((one) =>
      of(record, one)?.decision.rules.some((rule) => rule.kind === 'gate' && rule.gate === 'control'),
    );
    expect(left.length).toBeGreaterThan(2);
    expect(left.length).toBeLessThan(22);
    expect(place.acts()).toHaveLength(24 - left.length);
    expect(report).toContain('that is left to people (CONTROL_SHARE)');
    const again = await place.run({ settings });
    expect(place.acts(), 'the next run draws the same').toHaveLength(24 - left.length);
    expect(
      again.record.reviewed.filter(({ decision }) =>
        decision.rules.some((rule) => rule.kind === 'gate' && rule.gate === 'control'),
      ),
    ).toHaveLength(left.length);
    // A person who is asked says yes to them all the same.
    await place.run({ settings: { ...settings, AUTONOMOUS_MODE: 'false' }, ask: async () => 'yes' });
    expect(place.acts()).toHaveLength(24);
  });

  test.each(['true', 'false'])(
    'two approvals that people take back demote it, until `since` is later (DEEP_ANALYSIS=%s)',
    async (deep) => {
      await using place = await opened();
      const settings = { ...modes(place), CONTROL_SHARE: '0', DEEP_ANALYSIS: deep };
      const [first, second] = [lowOne(place, 1, 2), lowOne(place, 2, 2)];
      await place.run({ settings });
      expect(place.acts()).toHaveLength(2);
      refuse(place, first.id);
      refuse(place, second.id);
      const third = lowOne(place, 3);
      const { record, report, code } = await place.run({ settings });
      expect(place.acts(), 'not even in the run that finds it').toHaveLength(2);
      expect(code).toBe(4);
      expect(record.problems.map(({ message }) => message)).toContain(
        'the class `test` is recommended from now on instead of enforced: people took back 2 of its last 2 approvals',
      );
      expect(of(record, third)?.decision.next?.finding).toContain('because people took back what it let through');
      expect(report).toMatch(/\| test +\| enforce, demoted +\|/);
      expect(place.sim.mailbox.mails.at(-1)?.html).toContain('test counts as recommended since');
      expect(entriesIn(place.state).filter(({ kind }) => kind === 'class.demoted')).toHaveLength(1);

      const next = await place.run({ settings });
      expect([next.code, place.acts().length], 'told once as a problem, and kept').toEqual([0, 2]);
      const file = join(settings.POLICY_DIR, 'access.yml');
      const since = new Date(place.now() + 60_000).toISOString();
      writeFileSync(file, readFileSync(file, 'utf8').replace('mode: enforce', `mode: enforce\n    since: ${since}`));
      const trusted = await place.run({ settings });
      expect(of(trusted.record, third)?.outcome).toMatchObject({ kind: 'done' });
    },
  );

  test('a later refusal of the same for the same person counts as taken back, one of something else does not', async () => {
    await using place = await opened();
    const settings = { ...modes(place), CONTROL_SHARE: '0' };
    const [first, second] = [lowOne(place, 1), lowOne(place, 2)];
    await place.run({ settings });
    for (const one of [first, second]) {
      const { requestor, operation } = one;
      const again = place.request(`again ${one.id}`, 'low', { requestor, operation, status: 'Rejected' });
      refuse(place, again.id);
    }
    const { record } = await place.run({ settings });
    expect(record.classes?.find(({ name }) => name === 'test')).toMatchObject({ approved: 2, undone: 2 });
  });

  test.each(['true', 'false'])(
    'what waited and was then approved by people makes a recommended class ready, with the edit in the report (DEEP_ANALYSIS=%s)',
    async (deep) => {
      await using place = await opened();
      const settings = { ...withModes(place, { test: 'recommend' }), DEEP_ANALYSIS: deep };
      const all = Array.from({ length: 25 }, (_, n) => lowOne(place, n));
      await place.run({ settings });
      expect(place.acts()).toEqual([]);
      for (const { id } of all) {
        const approvals = [
          { level: 1, user: 'okessler', decision: 'Approved', message: 'ok', created: place.now() },
        ] as const;
        place.sim.vault.edit(id, { status: 'Approved', approved: place.now(), approvals });
      }
      const { record, report } = await place.run({ settings });
      const standing = record.classes?.find(({ name }) => name === 'test');
      expect(standing).toMatchObject({ decided: 25, agreed: 25, ready: true });
      expect(report).toContain(`test is ready to be enforced: people approved 25 of 25`);
      expect(report).toMatch(/25 of 25 +\| +90 %/);
      const before = entriesIn(place.state).length;
      await place.run({ settings });
      const news = entriesIn(place.state)
        .slice(before)
        .filter(({ kind }) => kind === 'class.evidence');
      expect(news, 'what is known is not entered again').toEqual([]);
    },
  );

  test('a folder without modes has none of it', async () => {
    await using place = await opened();
    lowOne(place, 1);
    const { record } = await place.run({ settings: { CONTROL_SHARE: '1' } });
    expect(place.acts()).toHaveLength(1);
    expect(record.classes).toBeUndefined();
    expect(entriesIn(place.state).some(({ kind }) => kind.startsWith('class.'))).toBe(false);
  });

  /** Each by a person of its own, hours apart. */
  function lowOne(place: Place, n: number, levels = 1): VaultRequest {
    const requestor = { id: `u-${n}`, name: `CORP\\person${n}`, displayName: `Person ${n}` };
    return place.request(`low ${n}`, 'low', { requestor, levels, created: place.now() - (n + 1) * BY_HOUR });
  }
});
