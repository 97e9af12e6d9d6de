/** The real program on disks that are really full or read-only: what it says, how it ends, and that the vault stays as it was. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { heedingModes, type Limit, smallDisk, smallFiles } from './limits.ts';
import { openPlace, type Place } from './place.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const NO_ROOM = 'the disk or its quota is full: make room';
const NO_RIGHT = 'the user that Portcullis runs as may not do that: look at owner, mode and mount of the folder';

const runUnder = (limit: Limit, place: Place) =>
  place.start(['run'], { LOG_LEVEL: 'error' }, { node: limit.node(place) }).ended;

/** Fills the small disk but for so many pages of 4 KB. */
const filledBut = (pages: number, of: number) =>
  `dd if=/dev/zero of="$DISK/big" bs=4096 count=${of / 4 - pages} 2>/dev/null`;

describe.concurrent('a state folder that cannot be written ends the run before anything is asked of anybody', () => {
  test.for([
    { name: 'read-only by its mode', limit: heedingModes(), mode: 0o500, code: 'EACCES', advice: NO_RIGHT },
    { name: 'mounted read-only', limit: smallDisk(64, { options: ',ro' }), code: 'EROFS', advice: NO_RIGHT },
    { name: 'full', limit: smallDisk(64, { prepare: filledBut(0, 64) }), code: 'ENOSPC', advice: NO_ROOM },
    { name: 'where no file may grow', limit: smallFiles(0), code: 'EFBIG', advice: NO_ROOM },
  ])('$name', async ({ limit, mode = 0o700, code, advice }, { skip }) => {
    skip(limit.unavailable !== null, limit.unavailable ?? '');
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    mkdirSync(place.state, { mode });
    expect(await runUnder(limit, place)).toEqual({
      code: 1,
      stdout: '',
      stderr: `portcullis: could not lock \`${place.state}\`: ${code}\n  ${advice}\n`,
    });
    expect(place.sim.journal.calls).toEqual([]);
    expect(readdirSync(place.state), 'nothing half-made is left').toEqual([]);
  });
});

describe.concurrent('a disk that fills up', () => {
  test('before the run: nothing is changed, and every place says why and what to do', async ({ skip }) => {
    const limit = smallDisk(64, { prepare: filledBut(1, 64) });
    skip(limit.unavailable !== null, limit.unavailable ?? '');
    await using place = await openPlace(tagged);
    place.request('a low one', 'low');
    const { code, stdout, stderr } = await runUnder(limit, place);
    expect([4, 5], stderr).toContain(code);
    expect(place.sim.journal.of('approve', 'reject', 'complete', 'submit', 'complete-credential')).toEqual([]);
    const [first] = stderr.split('\n');
    expect(JSON.parse(first ?? '')).toMatchObject({
      message: expect.stringMatching(/^could not write `.*\/state\/.*`: ENOSPC$/),
      advice: NO_ROOM,
    });
    expect(stdout).toContain(NO_ROOM);
    const [report = ''] = place.reportFiles();
    expect(readFileSync(join(place.reports, report), 'utf8')).toContain(NO_ROOM);
    // What was never asked for is not spoken of as if it had to be given back.
    expect(stdout).not.toMatch(/credential request .* could not be completed/);
  });

  test('while the report is written: terminal output and mail name the file and say to make room', async ({ skip }) => {
    const limit = smallDisk(32, { on: '../reports' });
    skip(limit.unavailable !== null, limit.unavailable ?? '');
    await using place = await openPlace(tagged);
    for (let n = 0; n < 30; n++) {
      const requestor = { id: `id ${n}`, name: `person-${n}`, displayName: `Person ${n}` };
      place.request(`low ${n}`, 'low', { created: place.now() - (n + 1) * 60_000, requestor });
    }
    const { code, stdout, stderr } = await runUnder(limit, place);
    expect([1, 4], stderr).toContain(code);
    expect(stdout).toMatch(/could not write `.*\/reports\/.*`: ENOSPC/);
    expect(stdout).toContain(NO_ROOM);
    expect(`${stdout}${stderr}`).not.toMatch(/operation was aborted/i);
    const [mail] = place.sim.mailbox.mails;
    expect(mail?.html).toContain('ENOSPC');
  });

  test('while it acts: what was done is in the ledger, and the rest is left alone', async ({ skip }) => {
    const limit = smallDisk(32, { on: 'ledger' });
    skip(limit.unavailable !== null, limit.unavailable ?? '');
    await using place = await openPlace(tagged, { CAP_APPROVALS_PER_ASSET_PER_DAY: '100' });
    for (let n = 0; n < 24; n++) {
      // Of one person they would be a burst.
      const requestor = { id: `id ${n}`, name: `person-${n}`, displayName: `Person ${n}` };
      place.request(`low ${n}`, 'low', { created: place.now() - (n + 1) * 60_000, requestor });
    }
    const { code, stdout, stderr } = await runUnder(limit, place);
    expect([4, 5], stderr).toContain(code);
    const done = place.sim.journal.of('approve').map(({ id }) => id);
    expect(done.length, stdout).toBeGreaterThan(0);
    expect(done.length, stdout).toBeLessThan(24);
    expect(stdout).toMatch(/could not write `.*\/state\/ledger\/.*\.jsonl`: ENOSPC/);
    const folder = join(place.folder, 'disk');
    const record = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    const intended = [...record.join('').matchAll(/"action\.intended".*?"request":"([^"]+)"/g)].map(([, id]) => id);
    expect(intended).toEqual(expect.arrayContaining(done));
    expect(new Set(done).size).toBe(done.length);
    expect(place.openCredentials()).toEqual([]);
    expect(place.sim.mailbox.mails).toHaveLength(1);
  });
});
