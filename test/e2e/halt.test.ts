/** Stopping it now, and starting it again: the real commands beside real runs. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openMonitor } from '../unit/daemon/monitor.ts';
import { openPlace, type Place } from './place.ts';
import { apply, planned } from './planner.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
/** The command as an operator types it in a hurry: with nothing configured but the folder. */
const bare = (place: Place, args: readonly string[]) => {
  const none = Object.fromEntries(Object.keys(place.settings).map((name) => [name, '']));
  return place.start(args, { ...none, STATE_DIR: place.state }).ended;
};
const report = (place: Place) => readFileSync(join(place.reports, place.reportFiles().at(-1) ?? ''), 'utf8');
const subjects = (place: Place) => place.sim.mailbox.mails.map(({ subject }) => subject);

describe.concurrent('halt and resume', () => {
  test('a halted run reads, rates, reports and mails, and changes nothing; after resume the next one acts', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    using heartbeat = await openMonitor();
    const watchedBy = { HEARTBEAT_URL: heartbeat.url };
    const halted = await bare(place, ['halt', '--by', 'anna', '--reason', 'INC-4711 <b>']);
    expect([halted.code, halted.stdout]).toEqual([0, expect.stringMatching(/^Halted by anna: nothing/)]);
    const again = await bare(place, ['halt', '--by', 'ben']);
    expect([again.code, again.stdout]).toEqual([
      0,
      expect.stringMatching(/^Nothing to do: it was already halted by anna/),
    ]);

    const run = await place.start(['run'], watchedBy).ended;
    expect(run.code, run.stderr).toBe(0);
    expect(place.acts()).toEqual([]);
    expect(run.stdout).toMatch(/^Halted, nothing changed, 1 would have been acted on/m);
    expect(run.stdout).toMatch(/^! Portcullis is halted by anna since .*: INC-4711 <b>$/m);
    expect(run.stderr).toMatch(/"by":"anna".*"msg":"run\.halted"/);
    expect(report(place)).toMatch(
      /\*\*Halted:\*\* Portcullis is halted by anna since .*: INC-4711 &lt;b.*\. What to do/,
    );
    expect(report(place)).toMatch(/\*\*Mode:\*\* observing.*because: halted by anna/);
    expect(subjects(place)).toEqual([expect.stringMatching(/^Portcullis: HALTED, would have 1 approved/)]);
    const json = JSON.parse(
      readFileSync(join(place.reports, place.reportFiles()[0]?.replace('.md', '.json') ?? ''), 'utf8'),
    );
    expect(json.run).toMatchObject({ mode: 'observing', halt: { by: 'anna', reason: 'INC-4711 <b>' } });

    const resumed = await bare(place, ['resume', '--by', 'ben']);
    expect([resumed.code, resumed.stdout]).toEqual([
      0,
      expect.stringMatching(/^Resumed by ben. Before, it was halted by anna/),
    ]);
    const next = await place.start(['run', '--json'], watchedBy).ended;
    expect(place.acts()).toEqual(['approve a low one']);
    expect(JSON.parse(next.stdout)).toMatchObject({ run: { halt: null }, totals: { done: { approve: 1 } } });
    expect((await bare(place, ['resume'])).stdout).toMatch(/^Nothing to do: it was not halted/);

    expect(heartbeat.heard.map(({ line }) => line.replace(/.*5ecret-c0de/, ''))).toEqual(['/start', '', '/start', '']);
    expect(heartbeat.heard[1]?.body).toMatch(/^run \w+: done, halted\n$/);
    expect([...place.written()].filter(([, text]) => text.includes('5ecret'))).toEqual([]);
    expect(place.leaks()).toEqual([]);
  });

  test('beside a run that is acting: what was begun is finished, the rest is left undone, and done after resume', async () => {
    await using place = await openPlace(tagged);
    for (let n = 0; n < 3; n++) place.request(`low ${n}`, 'low');
    let asked = 0;
    const ask = async () => {
      // The second question is still on the screen when somebody else halts, and is answered with yes all the same.
      if (++asked === 2) expect((await bare(place, ['halt', '--reason', 'look first'])).code).toBe(0);
      return 'yes' as const;
    };
    const { code, record, log } = await place.run({ settings: { AUTONOMOUS_MODE: 'false' }, ask });
    expect([code, asked, place.acts().length]).toEqual([0, 2, 1]);
    expect([record.mode, record.halt?.reason]).toEqual(['asking', 'look first']);
    expect(log.match(/"msg":"run\.halted"/g)).toHaveLength(1);
    expect(report(place)).toMatch(/look first; 2 actions were left undone and stay eligible/);
    expect(place.openCredentials()).toEqual([]);
    await bare(place, ['resume']);
    await place.run();
    expect(place.acts().sort()).toEqual(['approve low 0', 'approve low 1', 'approve low 2']);
  });

  test('a plan is not carried out while it is halted, and is still good after resume', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const plan = await planned(place);
    await bare(place, ['halt', '--by', 'anna']);
    await expect(apply(place, plan)).rejects.toThrow(/Portcullis is halted by anna since/);
    expect(place.acts()).toEqual([]);
    await bare(place, ['resume']);
    await apply(place, plan);
    expect(place.acts()).toEqual(['approve a low one']);
  });

  test('a halt file that nobody can read halts, and is a problem that the exit code tells', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    await place.run({ dryRun: true });
    writeFileSync(join(place.state, 'halt.json'), '');
    const { code, record } = await place.run();
    expect([code, place.acts(), record.mode]).toEqual([4, [], 'observing']);
    expect(record.problems).toMatchObject([{ where: 'halt', advice: expect.stringContaining('halt.json') }]);
  });

  test('the setting HALT does the same for the process that was started with it', async () => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const { code, record } = await place.run({ settings: { HALT: 'true' } });
    expect([code, place.acts(), record.halt?.source]).toEqual([0, [], 'setting']);
    await place.run();
    expect(place.acts()).toEqual(['approve a low one']);
  });
});
