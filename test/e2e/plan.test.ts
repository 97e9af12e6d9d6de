/** Preparing and executing as two things, over real sockets: `plan`, `apply`, and what happens in between. */
import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Plan, planDigest } from '../../src/plan/plan.ts';
import { writePlan } from '../../src/plan/plan_file.ts';
import { takeLock } from '../../src/store/lock.ts';
import { systemClock } from '../../src/util/clock.ts';
import { actionsIn, entriesIn, ledgerFiles } from '../helpers/ledger.ts';
import { testInLongCheck } from '../suite/long_check.ts';
import { DAY, openPlace, type Place, ROOT } from './place.ts';
import { apply, BY_PLAN, plan, planned } from './planner.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const MINUTE = 60_000;
const granted = (daysAgo: number) => ({
  status: 'Approved',
  created: Date.now() - daysAgo * DAY - 3_600_000,
  approved: Date.now() - daysAgo * DAY,
  requestedTo: Date.now() + 30 * DAY,
});
const actionEntries = (place: Place) => entriesIn(place.state).filter(({ kind }) => kind.startsWith('action.'));
/** A file as `plan --out` writes it. */
async function planFile(place: Place, file: string): Promise<string> {
  await writePlan(file, await planned(place));
  return file;
}
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'not refused',
    (error: { refusal?: string; message: string }) => error.refusal ?? error.message,
  );

describe.concurrent('a plan', () => {
  test('changes nothing and mails nobody; applied it does what it says, and says who approved it', async () => {
    await using place = await openPlace(tagged);
    const low = place.request('a low one', 'low');
    const critical = place.request('a critical one', 'critical');
    const stale = place.request('a stale grant', 'low', granted(8));
    place.request('a high one', 'high');
    const { made, record, code } = await plan(place);
    expect(code).toBe(0);
    expect(record).toMatchObject({ mode: 'observing', planId: made?.plan_id, approvedBy: null });
    expect(made?.entries.map(({ request_id, action }) => `${action} ${request_id}`).sort()).toEqual(
      [`approve ${low.id}`, `reject ${critical.id}`, `close ${stale.id}`].sort(),
    );
    expect(place.acts()).toEqual([]);
    expect(place.sim.mailbox.mails).toEqual([]);
    expect(actionsIn(place.state)).toEqual([]);
    expect(place.openCredentials()).toEqual([]);

    const questions = place.sim.model.calls.length;
    const applied = await apply(place, made as Plan, {}, 'Mia Harper');
    expect(applied.code).toBe(0);
    expect(place.acts().sort()).toEqual(['approve a low one', 'complete a stale grant', 'reject a critical one']);
    expect(place.sim.model.calls).toHaveLength(questions);
    expect(applied.record).toMatchObject({ mode: 'applying', planId: made?.plan_id, approvedBy: 'Mia Harper' });
    const intents = actionEntries(place).filter(({ kind }) => kind === 'action.intended');
    expect(intents).toHaveLength(3);
    for (const { data } of intents) {
      expect(data).toMatchObject({
        approvedBy: 'Mia Harper',
        plan: made?.plan_id,
        actor: place.sim.vault.agent.name,
      });
    }
    expect(applied.report).toMatch(/approved by Mia Harper/);
    expect(applied.json).toMatchObject({ run: { plan_id: made?.plan_id, approved_by: 'Mia Harper' } });
    expect(place.sim.mailbox.mails).toHaveLength(1);
    expect(place.leaks()).toEqual([]);
  });

  test('a run in autonomous mode does the same as plan and apply', async () => {
    await using planner = await openPlace(tagged);
    await using autonomous = await openPlace(tagged);
    for (const place of [planner, autonomous]) {
      place.request('a low one', 'low');
      place.request('a critical one', 'critical');
      place.request('a stale grant', 'low', granted(8));
      place.request('a medium one', 'medium');
    }
    await autonomous.run();
    await apply(planner, await planned(planner));
    expect(planner.acts()).toEqual(autonomous.acts());
    const bodies = ({ sim }: Place) => sim.journal.of('approve', 'reject', 'complete').map(({ body }) => body);
    // Only the sentence that says who decided differs.
    const byPolicy = bodies(autonomous).map((body) =>
      body.replace('automatically', 'on behalf of a person who reviewed it, mia'),
    );
    expect(bodies(planner)).toEqual(byPolicy);
  });

  test('with nothing in it can be applied as well', async () => {
    await using place = await openPlace(tagged);
    const made = await planned(place);
    expect(made.entries).toEqual([]);
    expect((await apply(place, made)).code).toBe(0);
  });

  test('is not made by a run that failed, nor when the ledger cannot be trusted', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    place.sim.faults.add({ on: 'vault.list', kind: 'html', times: Number.POSITIVE_INFINITY });
    expect(await plan(place)).toMatchObject({ made: null, code: 1 });
    place.sim.faults.clear();
    writeFileSync(ledgerFiles(place.state)[0] ?? '', 'nonsense\n', { flag: 'a' });
    expect(await plan(place)).toMatchObject({ made: null, code: 5 });
  });
});

describe.concurrent('a plan is refused as a whole', () => {
  test('when it expired, is for another vault, or lacks the record of its run', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const made = await planned(place);
    expect(await refusal(apply(place, made, { VAULT_URL: `${place.settings.VAULT_URL}/root` }))).toBe('vault');
    place.later(2 * MINUTE);
    expect(await refusal(apply(place, made, { PLAN_EXPIRY_MINUTES: '1' }))).toBe('expired');
    place.later(59 * MINUTE);
    expect(await refusal(apply(place, made))).toBe('expired');
    const again = await planned(place);
    rmSync(join(place.state, 'runs', `${again.run_id}.json.gz`));
    expect(await refusal(apply(place, again))).toBe('record');
    expect(place.acts()).toEqual([]);
  });

  test('when policy or prompts were edited in between, even by a comment', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const [policy, prompts] = [join(place.folder, 'policy'), join(place.folder, 'prompts')];
    cpSync(join(ROOT, 'policy'), policy, { recursive: true });
    cpSync(join(ROOT, 'prompts'), prompts, { recursive: true });
    const settings = { POLICY_DIR: policy, PROMPT_DIR: prompts };
    const made = await planned(place, settings);
    appendFileSync(join(prompts, 'rubric.md'), '\nBe kind.\n');
    expect(await refusal(apply(place, made, settings))).toBe('prompts');
    appendFileSync(join(policy, 'access.yml'), '\n# edited\n');
    expect(await refusal(apply(place, made, settings))).toBe('policy');
    expect(place.acts()).toEqual([]);
  });

  test('when it was edited, with and without a digest that was made to fit', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const high = place.request('a high one', 'high');
    const made = await planned(place);
    const edits: readonly Plan[] = [
      { ...made, entries: made.entries.map((entry) => ({ ...entry, comment: 'The board said so.' })) },
      { ...made, entries: made.entries.map((entry) => ({ ...entry, request_id: high.id })) },
      { ...made, entries: made.entries.map((entry) => ({ ...entry, action: 'reject' as const })) },
      { ...made, entries: [] },
    ];
    for (const edited of edits) {
      expect(await refusal(apply(place, edited))).toBe('altered');
      expect(await refusal(apply(place, { ...edited, digest: planDigest(edited) }))).toBe('altered');
    }
    expect(place.acts()).toEqual([]);
  });
});

describe.concurrent('what changed since the plan was made is left alone, and the rest is done', () => {
  test('requests that were withdrawn, decided by somebody, edited or removed', async () => {
    await using place = await openPlace(tagged);
    const { vault } = place.sim;
    const kept = place.request('an untouched one', 'low');
    const withdrawn = place.request('a withdrawn one', 'low');
    const approved = place.request('one that somebody approved', 'low');
    // By another person: a no would hold what else this one asked for there.
    const requestor = { id: 'u-other', name: 'tduval', displayName: 'Thea Duval' };
    const rejected = place.request('one that somebody rejected', 'critical', { requestor });
    const edited = place.request('an edited one', 'low');
    // By another person as well: what is wanted for longer would make the other windows on that asset longer, too.
    const longer = place.request('one for longer', 'low', { requestor });
    const removed = place.request('a removed one', 'low');
    const made = await planned(place);
    expect(made.entries).toHaveLength(7);
    vault.withdraw(withdrawn.id);
    vault.approveAs('boss', approved.id);
    vault.rejectAs('boss', rejected.id);
    vault.edit(edited.id, { message: '[low] Something else entirely, change CHG0041235' });
    vault.edit(longer.id, { requestedTo: Date.now() + 20 * DAY });
    vault.remove(removed.id);

    const { became, code } = await apply(place, made);
    expect(place.acts()).toEqual(['approve an untouched one']);
    expect(became(kept.id)).toBe('done');
    expect(became(withdrawn.id)).toMatch(/Active to Completed/);
    expect(became(approved.id)).toMatch(/Active to Approved/);
    expect(became(rejected.id)).toMatch(/Active to Rejected/);
    expect(became(edited.id)).toMatch(/was changed/);
    expect(became(longer.id)).toMatch(/was changed/);
    expect(became(removed.id)).toMatch(/no longer in the list/);
    expect(code).toBe(0);
  });

  test('a request that changes between the listing and its call', async () => {
    await using place = await openPlace(tagged);
    const low = place.request('a low one', 'low');
    const made = await planned(place);
    // The assets are read after the listing.
    place.sim.vault.on('asset', () => {
      place.sim.vault.edit(low.id, { message: '[low] changed at the last moment, CHG0041299' });
    });
    const { became } = await apply(place, made);
    expect(became(low.id)).toMatch(/changed meanwhile/);
    expect(place.acts()).toEqual([]);
  });

  test('what the caps, the switches or the facts would hold by now', async () => {
    await using place = await openPlace(tagged);
    const older = place.request('an older one', 'low', { created: Date.now() - 2 * 3_600_000 });
    const newer = place.request('a newer one', 'low');
    const critical = place.request('a critical one', 'critical');
    const made = await planned(place);
    expect(made.entries).toHaveLength(3);
    const less = { CAP_APPROVALS_PER_RUN: '1', AUTO_REJECT_HIGH_RISK: 'false' };
    const { became, code } = await apply(place, made, less);
    expect(place.acts()).toEqual(['approve an older one']);
    expect(became(older.id)).toBe('done');
    expect(became(newer.id)).toMatch(/CAP_APPROVALS_PER_RUN/);
    expect(became(critical.id)).toMatch(/AUTO_REJECT_HIGH_RISK is off/);
    expect(code).toBe(0);
  });

  test('what the person holds by now: a duty that they got in between conflicts with the planned one', async () => {
    await using place = await openPlace(tagged);
    const { vault } = place.sim;
    const payment = vault.addAsset({ name: 'payment run', tags: ['Duty :: Payment Approval'] });
    const vendor = vault.addAsset({ name: 'vendor master', tags: ['Duty :: Vendor Master'] });
    const signed = { level: 1, user: 'finance-controller', decision: 'Approved', message: 'ok' } as const;
    const approvals = [{ ...signed, created: Date.now() - 1_800_000 }];
    const duty = { entityName: payment.name, approvals, level: 2, levels: 2 };
    const asked = place.request('the payment duty', 'low', { entityId: payment.id, ...duty });
    const plain = place.request('a low one', 'low', { requestor: { id: 'u-9', name: 'zoe', displayName: 'Zoe' } });
    const made = await planned(place);
    expect(made.entries.map(({ request_id }) => request_id).sort()).toEqual([asked.id, plain.id].sort());
    place.request('the vendor duty', 'low', { entityId: vendor.id, entityName: vendor.name });
    const { became } = await apply(place, made);
    expect(became(asked.id)).toMatch(/duties that have to be kept apart/);
    expect(place.acts()).toEqual(['approve a low one']);
  });

  test('the approver does not approve their own request', async () => {
    await using place = await openPlace(tagged);
    const mine = place.request('a low one', 'low');
    const { became } = await apply(place, await planned(place), {}, `CORP\\${mine.requestor.name.toUpperCase()}`);
    expect(became(mine.id)).toMatch(/two people's work/);
    expect(place.acts()).toEqual([]);
  });
});

describe.concurrent('a plan is carried out once', () => {
  test('the second apply does nothing more, says so and ends with 0', async () => {
    await using place = await openPlace(tagged);
    const low = place.request('a low one', 'low');
    const held = place.request('a second low one', 'low');
    const made = await planned(place);
    const first = await apply(place, made, { CAP_APPROVALS_PER_RUN: '1' });
    const second = await apply(place, made);
    expect(place.acts()).toHaveLength(1);
    expect(second.code).toBe(0);
    for (const { id } of [low, held]) expect(second.became(id)).toContain(first.record.runId);
    expect(second.record.warnings.join()).toMatch(/carried out before/);
    expect(second.report).toMatch(/carried out before/);
  });

  test('one that did nothing yet can be applied again', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const made = await planned(place);
    await apply(place, made, { CAP_APPROVALS_PER_RUN: '0' });
    expect(place.acts()).toEqual([]);
    await apply(place, made);
    expect(place.acts()).toEqual(['approve a low one']);
  });

  test('killed between the call and its record: the next apply looks the request up and repeats nothing', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    place.request('another low one', 'low');
    const file = await planFile(place, join(place.folder, 'plan.json'));
    place.sim.faults.add({ on: 'vault.approve', kind: 'hang-after' });
    const doomed = place.start(['apply', file, '--approved-by', 'mia'], BY_PLAN);
    place.sim.vault.on('approve', () => setTimeout(() => doomed.child.kill('SIGKILL'), 100));
    expect((await doomed.ended).code).toBe(137);
    expect(place.acts()).toHaveLength(1);
    const next = await place.start(['apply', file, '--approved-by', 'mia', '--json'], BY_PLAN).ended;
    expect(next.code, next.stderr).toBe(0);
    expect(place.acts()).toHaveLength(1);
    expect(JSON.parse(next.stdout)).toMatchObject({ recovered: [{ action: 'approve', found: 'done' }] });
  });

  testInLongCheck('two at the same time: the second finds the lock and ends with 3', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const file = await planFile(place, join(place.folder, 'plan.json'));
    place.sim.faults.add({ on: 'vault.approve', kind: 'delay', ms: 2000 });
    const both = [1, 2].map(() => place.start(['apply', file, '--approved-by', 'mia'], BY_PLAN).ended);
    const codes = (await Promise.all(both)).map(({ code }) => code);
    expect(codes.sort()).toEqual([0, 3]);
    expect(place.acts()).toEqual(['approve a low one']);
  });
});

describe.concurrent('the commands', () => {
  test('plan shows a table and writes the file; apply names the approver', async () => {
    await using place = await openPlace(tagged);
    const low = place.request('a low one', 'low');
    const out = await place.start(['plan'], BY_PLAN).ended;
    expect(out.code, out.stderr).toBe(0);
    expect(out.stdout).toMatch(/\| request +\| action +\| requestor +\| asset +\| risk +\| policy basis +\|/);
    expect(out.stdout).toContain(low.id);
    expect(out.stdout).toMatch(/portcullis apply plan\.json/);
    const applied = await place.start(['apply', 'plan.json', '--approved-by', 'mia'], BY_PLAN).ended;
    expect(applied.code, applied.stderr).toBe(0);
    expect(actionEntries(place)[0]?.data.approvedBy).toBe('mia');
    expect(applied.stdout).toContain('approved by mia');
    const again = await place.start(['apply', 'plan.json', '--approved-by', 'mia'], BY_PLAN).ended;
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/carried out before/);
    expect(place.leaks()).toEqual([]);
  });

  test('without a terminal nobody can be asked: apply wants the name, says so and does nothing', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    await planFile(place, join(place.home, 'plan.json'));
    for (const more of [[], ['--json']]) {
      const unnamed = await place.start(['apply', 'plan.json', ...more], BY_PLAN).ended;
      expect(unnamed.code).toBe(2);
      expect(unnamed.stdout).toBe('');
      expect(unnamed.stderr).toMatch(/--approved-by: must say who approved the plan/);
    }
    expect(place.acts()).toEqual([]);
    expect(actionEntries(place)).toEqual([]);
  });

  test('plan --json prints the plan and nothing else; an empty plan says that it is empty', async () => {
    await using place = await openPlace(tagged);
    const empty = await place.start(['plan'], BY_PLAN).ended;
    expect(empty.stdout).toMatch(/The plan is empty/);
    const json = await place.start(['plan', '--json', '--out', 'other.json'], BY_PLAN).ended;
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(readFileSync(join(place.home, 'other.json'), 'utf8')));
  });

  test('a bad file ends with 2, a refused plan with 1, a taken lock with 3; nothing is done', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const run = (...args: string[]) => place.start(args, BY_PLAN).ended;
    const text = readFileSync(await planFile(place, join(place.home, 'plan.json')), 'utf8');
    writeFileSync(join(place.home, 'cut.json'), text.slice(0, -9));
    writeFileSync(join(place.home, 'altered.json'), text.replace('"approve"', '"reject"'));
    const apply = (file: string) => run('apply', file, '--approved-by', 'mia');
    const cut = await apply('cut.json');
    expect(cut.code).toBe(2);
    expect(cut.stderr).toMatch(/not JSON/);
    const altered = await apply('altered.json');
    expect(altered.code).toBe(1);
    expect(altered.stderr).toMatch(/altered/);
    expect((await run('apply')).code).toBe(2);
    expect((await apply('none.json')).code).toBe(2);
    expect((await run('apply', 'plan.json', '--approved-by', ' ')).code).toBe(2);
    const lock = await takeLock(place.state, systemClock);
    expect((await apply('plan.json')).code).toBe(3);
    await lock.release();
    expect((await run('plan', '--out', 'cut.json')).code).toBe(2);
    expect(place.acts()).toEqual([]);
  });
});
