/** Emergency access stays in sight until a person has looked at it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DAY, openPlace } from './place.ts';
import { apply, planned } from './planner.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const EMERGENCY = { form: { id: 'f-bg', name: 'Emergency access', type: 'Automatic' } } as const;
const used = { ...EMERGENCY, status: 'Approved', approved: Date.now() - 3_000_000 };

describe.concurrent('break-glass access', () => {
  test('is listed in every run, whatever its status, until a review is recorded; then it is listed as reviewed', async () => {
    await using place = await openPlace(tagged);
    const open = place.request('an emergency', 'low', used);
    const over = place.request('an emergency that is over', 'low', { ...used, status: 'Completed' });
    place.request('a low one', 'low');
    const first = await place.run();
    const idsOf = ({ record }: typeof first) =>
      record.breakGlass.map(({ requestId, reviewed }) => `${requestId} ${reviewed?.by ?? 'open'}`);
    expect(idsOf(first).sort()).toEqual([`${open.id} open`, `${over.id} open`].sort());
    expect(place.acts()).toEqual(['approve a low one']);
    expect(first.report).toContain(open.id);

    const review = (id: string, by: string) =>
      place.start(['review', id, '--by', by, '--note', 'INC-4711, seen']).ended;
    const recorded = await review(open.id, 'mia');
    expect(recorded.code, recorded.stderr).toBe(0);
    expect(recorded.stdout).toMatch(/^Recorded: mia reviewed/);
    const second = await place.run();
    expect(idsOf(second)).toEqual([`${over.id} open`, `${open.id} mia`]);
    const reviewed = second.record.breakGlass.find(({ requestId }) => requestId === open.id)?.reviewed;
    expect(reviewed).toMatchObject({ by: 'mia', note: 'INC-4711, seen' });
    expect(JSON.parse(readFileSync(join(place.state, 'reviews.jsonl'), 'utf8'))).toMatchObject({ request: open.id });
  });

  test('stays listed when it leaves the window, when a run fails, and in the run that applies a plan', async () => {
    await using place = await openPlace(tagged);
    const old = place.request('an emergency', 'low', { ...used, created: Date.now() - 29 * DAY });
    await place.run();
    place.later(3 * DAY);
    const ids = ({ record }: { record: { breakGlass: readonly { requestId: string }[] } }) =>
      record.breakGlass.map(({ requestId }) => requestId);
    expect(ids(await place.run())).toEqual([old.id]);
    place.sim.faults.add({ on: 'vault.list', kind: 'html', times: Number.POSITIVE_INFINITY });
    const failed = await place.run();
    expect([failed.code, ids(failed)]).toEqual([1, [old.id]]);
    place.sim.faults.clear();
    place.request('a low one', 'low', { created: place.now() - 3_600_000 });
    expect(ids(await apply(place, await planned(place)))).toEqual([old.id]);
    expect((await place.start(['review', old.id, '--by', 'mia', '--note', 'ok']).ended).code).toBe(0);
    // Reviewed and out of the window: nothing is left to do.
    expect(ids(await place.run())).toEqual([]);
  });

  test('a review is refused for what is no emergency, for the one who used it, and without a name or a note', async () => {
    await using place = await openPlace(tagged);
    const low = place.request('a low one', 'low');
    const emergency = place.request('an emergency', 'low', used);
    const review = (...args: string[]) => place.start(['review', ...args]).ended;
    const early = await review(low.id, '--by', 'mia', '--note', 'ok');
    expect([early.code, early.stderr]).toEqual([1, expect.stringMatching(/no record of a run/)]);
    await place.run();
    const wrong = await review(low.id, '--by', 'mia', '--note', 'ok');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining(emergency.id)]);
    const own = await review(emergency.id, '--by', emergency.requestor.name, '--note', 'ok');
    expect([own.code, own.stderr]).toEqual([1, expect.stringMatching(/somebody else has to review/)]);
    expect((await review(emergency.id, '--by', ' ', '--note', 'ok')).code).toBe(2);
    expect((await review(emergency.id, '--by', 'mia')).code).toBe(2);
    expect((await place.run()).record.breakGlass[0]?.reviewed).toBeNull();
  });

  test('damaged lines of the reviews review nothing and are a problem of the report', async () => {
    await using place = await openPlace(tagged);
    const emergency = place.request('an emergency', 'low', used);
    await place.run();
    writeFileSync(join(place.state, 'reviews.jsonl'), `{"request":"${emergency.id}"}\n`);
    const { record, code } = await place.run();
    expect(code).toBe(4);
    expect(record.breakGlass).toMatchObject([{ requestId: emergency.id, reviewed: null }]);
    expect(record.problems).toMatchObject([{ where: 'reviews' }]);
  });
});
