/** The day after a mistake: `plan --revert <run>` and `apply`, over real sockets. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { entriesIn } from '../helpers/ledger.ts';
import { openPlace, type Place, ROOT } from './place.ts';
import { apply, plan } from './planner.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const person = (n: number) => ({ requestor: { id: `u-${n}`, name: `colleague${n}`, displayName: `Colleague ${n}` } });
const rows = ({ entries }: Plan) => entries.map(({ request_id, action }) => `${action} ${request_id}`).sort();
/** After the run nothing is autonomous and no switch is on: a revert needs neither. */
const SWITCHED_OFF = { AUTO_APPROVE_LOW_RISK: 'false', AUTO_REJECT_HIGH_RISK: 'false', AUTO_CLOSE_STALE: 'false' };

async function reverted(place: Place, run: string, more = {}) {
  const { made, record, code } = await plan(place, { ...SWITCHED_OFF, ...more }, run);
  return { made: made as Plan, record, code };
}

describe.concurrent('taking back what a run approved', () => {
  test('closes what is still open of it, and nothing else', async () => {
    await using place = await openPlace(tagged);
    const { vault } = place.sim;
    const open = place.request('an open one', 'low', person(1));
    const ended = place.request('one that ended', 'low', person(2));
    const half = place.request('one with a second level', 'low', { ...person(3), levels: 2 });
    const both = place.request('one that a person approved after us', 'low', { ...person(4), levels: 2 });
    const foreign = place.request('one that a person approved', 'high', person(5));
    const { record } = await place.run();
    expect(place.acts()).toHaveLength(4);
    vault.end(ended.id);
    vault.approveAs('boss', both.id);
    vault.approveAs('boss', foreign.id);
    // Approved later, by another run of ours.
    const later = place.request('one of a later run', 'low', person(6));
    place.later(5_000);
    await place.run();
    expect(vault.get(later.id)?.status).toBe('Approved');
    const questions = place.sim.model.calls.length;

    const { made, record: prepared, code } = await reverted(place, record.runId);
    expect([code, rows(made)]).toEqual([0, [`close ${open.id}`]]);
    expect(made.entries[0]?.basis).toEqual(['revert-approval']);
    const told = prepared.warnings.join('\n');
    expect(told).toContain(`left alone: Completed already (${ended.id})`);
    expect(told).toContain(`left alone: still waiting for other authorizers, who can refuse it (${half.id})`);
    expect(told).toContain(`left alone: somebody else approved it too, after us (${both.id})`);
    expect(told).not.toContain(foreign.id);

    const applied = await apply(place, made, SWITCHED_OFF, 'Mia Harper');
    expect([applied.code, applied.became(open.id), place.statusOf(open.id)]).toEqual([0, 'done', 'Completed']);
    for (const { id } of [half, both, foreign, later]) expect(applied.became(id)).toBe('not in it');
    expect(place.acts().slice(5)).toEqual(['complete an open one']);
    expect(place.sim.model.calls).toHaveLength(questions);
    const [call] = place.sim.journal.of('complete');
    expect(call?.body).toMatch(
      /^Portcullis closed this on behalf of a person who reviewed it, Mia Harper: run \w+ approved it/,
    );
    const intent = entriesIn(place.state).findLast(({ kind }) => kind === 'action.intended');
    expect(intent?.data).toMatchObject({
      request: open.id,
      action: 'close',
      approvedBy: 'Mia Harper',
      plan: made.plan_id,
    });
  });

  test('leaves alone what somebody ended, or approved once more, since the plan was made', async () => {
    await using place = await openPlace(tagged);
    const ended = place.request('one that ends', 'low', person(1));
    const kept = place.request('one that a person wants', 'low', person(2));
    const { record } = await place.run();
    const { made } = await reverted(place, record.runId);
    expect(made.entries).toHaveLength(2);
    place.sim.vault.end(ended.id);
    const row = { level: 1, user: 'boss', decision: 'Approved', message: 'it is fine' } as const;
    place.sim.vault.record(kept.id, { ...row, created: place.now() + 1000 });
    const { became } = await apply(place, made, SWITCHED_OFF);
    expect(became(ended.id)).toMatch(/Approved to Completed/);
    expect(became(kept.id)).toMatch(/changed/);
    expect(place.acts().filter((act) => act.startsWith('complete'))).toEqual([]);
  });

  test('what a policy forbids to close is not closed, and is told', async () => {
    await using place = await openPlace(tagged);
    const low = place.request('a low one', 'low', person(1));
    const { record } = await place.run();
    const policy = join(place.folder, 'policy');
    cpSync(join(ROOT, 'policy'), policy, { recursive: true });
    const never =
      '@id("no-closing")\n@says("nothing is closed here")\nforbid (principal, action == Action::"close", resource);\n';
    writeFileSync(join(policy, 'never.cedar'), never);
    const { made, record: prepared } = await reverted(place, record.runId, { POLICY_DIR: policy });
    expect(made.entries).toEqual([]);
    expect(prepared.warnings.join()).toMatch(new RegExp(`nothing is closed here.*${low.id}`));
  });

  test('of a run that approved nothing is an empty plan that says so', async () => {
    await using place = await openPlace(tagged);
    place.request('a high one', 'high', person(1));
    const { record } = await place.run();
    for (const run of [record.runId, 'nonsense']) {
      const { made, record: prepared } = await reverted(place, run);
      expect(made.entries).toEqual([]);
      expect(prepared.warnings.join()).toContain(`run ${run} approved nothing`);
    }
  });
});

test('at the command line: the run in the report leads to the plan', async () => {
  await using place = await openPlace(tagged, { PROMPT_DIR: join(ROOT, 'prompts'), POLICY_DIR: join(ROOT, 'policy') });
  place.request('a low one', 'low', person(1));
  const { record } = await place.run();
  const { code, stdout } = await place.start(['plan', '--revert', record.runId, '--out', 'back.json'], SWITCHED_OFF)
    .ended;
  expect([code, stdout]).toEqual([0, expect.stringMatching(/\| close +\| colleague1 .*revert-approval/)]);
  expect((await place.start(['apply', 'back.json', '--approved-by', 'mia'], SWITCHED_OFF).ended).code).toBe(0);
  expect(place.acts()).toEqual(['approve a low one', 'complete a low one']);
});
