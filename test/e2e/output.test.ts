/** The real program whose log or whose result cannot be written: a full disk behind `>` or `2>`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actionsIn } from '../helpers/ledger.ts';
import { type Limit, ontoFullDevice, ontoSmallFile } from './limits.ts';
import { openPlace, type Place } from './place.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const EXPORT = ['record', 'export', '--from', '2020-01-01', '--to', '2020-12-31', '--format', 'json'];
const EVERYTHING = EXPORT.with(5, '2099-12-31');
const under = (limit: Limit, place: Place, args: readonly string[]) =>
  place.start(args, {}, { node: limit.node(place) }).ended;

describe.concurrent('output that cannot be written', () => {
  test('a log on a full disk stops no run: it acts, reports, mails, and gives its lock back', async ({ skip }) => {
    const limit = ontoFullDevice('stderr');
    skip(limit.unavailable !== null, limit.unavailable ?? '');
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const { code, stdout } = await under(limit, place, ['run']);
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/^1 request acted on/m);
    expect(place.acts()).toEqual(['approve a low one']);
    expect(actionsIn(place.state).length).toBeGreaterThan(0);
    expect(place.reportFiles()).toHaveLength(1);
    expect(place.sim.mailbox.mails).toHaveLength(1);
    expect(place.openCredentials()).toEqual([]);
    // Nobody is in the way of the next one.
    const next = await place.start(['run']).ended;
    expect(next.code, next.stderr).toBe(0);
  });

  test('a run whose summary is lost is done all the same, and ends with 1 in a line', async ({ skip }) => {
    const limit = ontoFullDevice('stdout');
    skip(limit.unavailable !== null, limit.unavailable ?? '');
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const { code, stderr } = await under(limit, place, ['run']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^portcullis: stdout could not be written, and what went there is not whole: .*ENOSPC.*\n$/m,
    );
    expect(place.acts()).toEqual(['approve a low one']);
    expect(place.sim.mailbox.mails).toHaveLength(1);
    // Also where the process ends at once after it has written.
    expect((await under(limit, place, ['--help'])).code).toBe(1);
    expect((await under(limit, place, ['verify', '--head', 'none'])).code, 'what went wrong before counts').toBe(2);
  });

  test('an export that the disk cut short does not pass for a whole one', async ({ skip }) => {
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const out = join(place.folder, 'out.json');
    const limit = ontoSmallFile(1, out);
    skip(limit.unavailable !== null, limit.unavailable ?? '');
    expect((await place.run()).code).toBe(0);
    const whole = await place.start(EVERYTHING).ended;
    expect(whole.code).toBe(0);
    const { code, stderr } = await under(limit, place, EVERYTHING);
    const cut = readFileSync(out, 'utf8');
    expect(whole.stdout.startsWith(cut)).toBe(true);
    expect(cut.length).toBeLessThan(whole.stdout.length);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/stdout could not be written.*EFBIG/)]);
    expect((await under(limit, place, EXPORT)).code, 'what has room is whole').toBe(0);
  });
});
