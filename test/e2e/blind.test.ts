/** Vaults that answer, and of which a run sees less than there is: it says so everywhere, and does not take it for quiet. */
import { describe, expect, test } from 'vitest';
import type { FaultSpec } from '../../simulator/faults.ts';
import type { KnobSettings } from '../../simulator/vault/knobs.ts';
import { deep } from '../../simulator/vault/odd_values.ts';
import { openMonitor } from '../unit/daemon/monitor.ts';
import { DAY, openPlace, type Place, type Settings } from './place.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };
const ALWAYS = Number.POSITIVE_INFINITY;
const HOUR = 3_600_000;

function fill(place: Place): void {
  const old = { created: place.now() - 12 * DAY, requestedTo: place.now() + 30 * DAY };
  place.request('a low one', 'low');
  place.request('a critical one', 'critical');
  place.request('a stale grant', 'low', { ...old, status: 'Approved', approved: place.now() - 10 * DAY });
}
const RIGHT = ['approve a low one', 'complete a stale grant', 'reject a critical one'];

const vaultOf = (vault: KnobSettings, changes: Settings = {}) =>
  openPlace({ ...tagged, vault }, { DEEP_ANALYSIS: 'true', ...changes });
const subjectOf = (place: Place): string => place.sim.mailbox.mails.at(-1)?.subject ?? '';
const mailOf = (place: Place): string => place.sim.mailbox.mails.at(-1)?.html ?? '';

describe.concurrent('a vault whose times or words have another form is read like any other', () => {
  // One of each kind; test/unit/vault/wire_times.test.ts reads all of them.
  const forms = (['microseconds', 'seconds', 'java-list', 'java-fields', 'sql', 'oracle'] as const).map((times) => ({
    times,
  }));
  test.each<KnobSettings>([...forms, { statusWords: 'upper' }])('%j', async (knobs) => {
    await using place = await vaultOf(knobs);
    fill(place);
    const { code, record } = await place.run();
    expect(place.acts().sort()).toEqual(RIGHT);
    expect(record.problems).toEqual([]);
    expect(code).toBe(0);
    const fine = ['microseconds', 'nanoseconds'].find((unit) => unit === knobs.times);
    expect(record.warnings.filter((warning) => warning.includes('median'))).toEqual(
      fine === undefined ? [] : [expect.stringContaining(`writes times in ${fine}`)],
    );
  });
});

test('a list of which nothing can be read: exit 1, and every output says which field has which shape', async () => {
  using heartbeat = await openMonitor();
  await using place = await vaultOf({ times: 'day-first' });
  fill(place);
  const { code, stdout } = await place.start(['run'], { HEARTBEAT_URL: heartbeat.url }).ended;
  expect(code).toBe(1);
  expect(place.acts()).toEqual([]);
  const says = '`created` is a text such as 99/99/9999 99:99 (5)';
  expect(stdout).toContain(`none of the 5 records in the list could be read: ${says}`);
  expect(subjectOf(place)).toMatch(
    /^Portcullis: RUN FAILED: run: none of the 5 records|^Portcullis: RUN FAILED: none of the 5 records/,
  );
  expect(mailOf(place)).toContain('a text such as 99/99/9999 99:99');
  expect(mailOf(place)).not.toMatch(/nothing waits|nothing failed/);
  expect(heartbeat.heard.map(({ line }) => line.replace(/.*c0de/, ''))).toEqual(['/start', '/fail']);
  expect(place.reportFiles()).toHaveLength(1);
  // What cannot be read is not told of less by and by.
  expect((await place.run()).code).toBe(1);
});

describe.concurrent('a record that cannot be read', () => {
  const broken = { extra: { created: '30/11/2026' } };

  test('rings once: exit 4, subject, mail and heartbeat; the next run has a line for it', async () => {
    using heartbeat = await openMonitor();
    await using place = await vaultOf({}, { HEARTBEAT_URL: heartbeat.url, MALFORMED_SHARE: '0.5' });
    place.request('a broken one', 'low', broken);
    expect((await place.start(['run']).ended).code).toBe(4);
    expect(subjectOf(place)).toContain('1 record unreadable');
    expect(mailOf(place)).toContain('is a text such as 99/99/9999');
    expect(heartbeat.heard.at(-1)?.line).toMatch(/fail$/);

    const second = await place.start(['run']).ended;
    expect(second.code).toBe(0);
    expect(subjectOf(place)).not.toContain('unreadable');
    expect(mailOf(place)).toContain('is a text such as 99/99/9999');
    expect(heartbeat.heard.at(-1)?.line).not.toMatch(/fail$/);

    place.request('another broken one', 'low', broken);
    expect((await place.start(['run']).ended).code).toBe(4);
    expect(mailOf(place)).toMatch(/2 of \d+ records in the list could not be read, 1 of them for the first time/);
  });

  test('above the share rings each time, and the run says that it did not see everything', async () => {
    await using place = await vaultOf({});
    for (let n = 0; n < 3; n++) place.request(`broken one ${n}`, 'low', broken);
    for (let n = 0; n < 2; n++) {
      const { code, report, json, record } = await place.run();
      expect(code).toBe(4);
      expect(record.problems).toMatchObject([{ where: 'vault', blind: true }]);
      expect(subjectOf(place)).toMatch(/^Portcullis: NOT EVERYTHING SEEN: 3 of \d records/);
      expect(report).toMatch(/^# Portcullis: not everything could be seen/);
      expect(report).not.toContain('nothing waits for a person');
      expect(json).toMatchObject({ problems: [{ blind: true }], totals: { malformed: 3 } });
    }
  });

  test('stays new when nobody was told of it', async () => {
    await using place = await vaultOf({}, { MALFORMED_SHARE: '0.5' });
    place.request('a broken one', 'low', broken);
    expect((await place.run({ dryRun: true })).code).toBe(4);
    expect((await place.run()).code).toBe(4);
    expect((await place.run()).code).toBe(0);
  });
});

test('fields of an odd shape that no decision needs, in every request: exit 0, a line, and everything is decided', async () => {
  await using place = await vaultOf({});
  const old = { created: place.now() - 12 * DAY, requestedTo: place.now() + 30 * DAY };
  const odd = { level: 'Level 1', levels: ['a', 'b'], approvals: {} };
  place.request('a low one', 'low', { extra: { ...odd, approved: false } });
  place.request('a critical one', 'critical', { extra: { ...odd, approved: '0000-00-00 00:00:00' } });
  const granted = { approved: false, approvedAt: place.now() - 10 * DAY };
  place.request('a stale grant', 'low', { ...old, status: 'Approved', extra: { ...odd, ...granted } });
  for (let n = 0; n < 3; n++) {
    const requestor = { id: `u${n}`, name: `u${n}`, displayName: '' };
    place.request(`without an end ${n}`, 'medium', { requestor, extra: { requestedTo: '9999-12-31' } });
  }
  const { code, record } = await place.run();
  expect(record.problems).toEqual([]);
  expect(code).toBe(0);
  expect(place.acts().sort()).toEqual(RIGHT);
  expect(record.warnings).toContainEqual(expect.stringContaining('a field that cannot be read and that no decision'));
  const endless = record.reviewed.filter(({ dossier }) => dossier.request.justification.startsWith('without an end'));
  expect(endless.flatMap(({ dossier }) => dossier.gaps.filter(({ what }) => what === 'record'))).toEqual([]);
});

describe.concurrent('a status that nobody knows', () => {
  test('rings once by its word: the next request that has it is a line', async () => {
    await using place = await vaultOf({});
    for (let n = 0; n < 20; n++) place.request(`an old one ${n}`, 'low', { status: 'Completed' });
    place.request('an expired one', 'low', { status: 'Expired' });
    const first = await place.run();
    expect([first.code, first.record.problems.map(({ blind = false }) => blind)]).toEqual([4, [false]]);
    expect(subjectOf(place)).not.toContain('NOT EVERYTHING SEEN');
    place.request('another expired one', 'low', { status: 'Expired' });
    const second = await place.run();
    expect([second.code, second.record.problems]).toEqual([0, []]);
    expect(second.record.warnings).toContainEqual(expect.stringContaining('`Expired` (2)'));
  });

  test('is never taken for Active: counted, named, exit 4', async () => {
    await using place = await vaultOf({ statusWords: 'foreign' });
    fill(place);
    const { code, record, report } = await place.run();
    expect(place.acts()).toEqual([]);
    expect(code).toBe(4);
    expect(record.problems.map(({ message }) => message)).toEqual([
      '5 of 5 requests have a status that is not known: `Pending` (4), `Granted` (1)',
    ]);
    expect(report).toContain('VAULT_OTHER_STATUSES');
    expect(subjectOf(place)).toContain('NOT EVERYTHING SEEN: 5 of 5 requests have a status');
    expect(subjectOf(place)).not.toContain('nothing to do');
    expect(mailOf(place)).not.toContain('nothing waits');
  });

  test('is no problem when the setting names it', async () => {
    await using place = await vaultOf({}, { VAULT_OTHER_STATUSES: 'Expired, escalated' });
    place.request('an expired one', 'low', { status: 'EXPIRED' });
    place.request('an escalated one', 'low', { status: ' Escalated' });
    const { code, record } = await place.run();
    expect([code, record.problems]).toEqual([0, []]);
    expect(place.acts()).toEqual([]);
  });
});

describe.concurrent('assets that cannot be read', () => {
  const faults: [string, Partial<FaultSpec>, string][] = [
    ['403', { kind: 'status', status: 403 }, '(403)'],
    ['404', { kind: 'status', status: 404 }, '(404)'],
    ['a web page', { kind: 'html' }, '(not-json)'],
    ['JSON of another shape', { kind: 'html', body: '{"ok":true}' }, '(wrong-shape)'],
  ];
  test.each(faults)(
    'all answer %s: one problem with the reason, exit 4, nothing approved',
    async (_name, fault, says) => {
      await using place = await vaultOf({});
      fill(place);
      place.sim.faults.add({ on: 'vault.asset', kind: 'status', ...fault, times: ALWAYS });
      const { code, record } = await place.run();
      expect(code).toBe(4);
      expect(place.acts()).not.toContain('approve a low one');
      expect(record.problems).toMatchObject([
        { where: 'assets', blind: true, message: `1 of 1 asset could not be read ${says}` },
      ]);
      expect(subjectOf(place)).toContain('NOT EVERYTHING SEEN');
    },
  );

  test('a few of them are a warning, and the others are decided on', async () => {
    await using place = await vaultOf({});
    fill(place);
    for (const [n, { id }] of place.sim.estate.machines.slice(0, 9).entries()) {
      place.request(`of machine ${n}`, 'medium', {
        entityId: id,
        requestor: { id: `u${n}`, name: `u${n}`, displayName: '' },
      });
      if (n === 0) place.sim.faults.add({ on: 'vault.asset', kind: 'status', status: 404, url: id, times: ALWAYS });
    }
    const { code, record } = await place.run();
    expect(record.problems).toEqual([]);
    expect(code).toBe(0);
    expect(record.warnings).toContainEqual(expect.stringMatching(/^1 of \d+ assets could not be read \(404\)$/));
    expect(place.acts().sort()).toEqual(RIGHT);
  });
});

describe.concurrent('a clock that is wrong', () => {
  test.each([
    ['ahead', 3 * HOUR, 'ahead of'],
    ['behind', -3 * HOUR, 'behind'],
  ])(
    '%s by hours: on top of each output, nothing is approved or closed, and that is a problem',
    async (_name, clockAheadMs, says) => {
      await using place = await vaultOf({ clockAheadMs });
      fill(place);
      const { code, record, report } = await place.run();
      const words = `the vault's clock is 3 hours ${says} this machine's`;
      expect(record.warnings).toContainEqual(expect.stringContaining(words));
      expect(record.notices).toEqual([expect.stringContaining(words)]);
      expect(report.split('\n').slice(0, 8).join(' ')).toMatch(/clock is 3 hours/);
      expect(code).toBe(4);
      expect(record.problems).toMatchObject([
        {
          where: 'clock',
          message: expect.stringMatching(/^\d actions? that nothing else stands against w(?:as|ere) held/),
        },
      ]);
      expect(place.acts().filter((act) => !act.startsWith('reject'))).toEqual([]);
      expect(mailOf(place)).toContain(`3 hours ${says}`);
    },
  );

  test('behind by more than the window: a run that sees nothing says why', async () => {
    await using place = await vaultOf({ clockAheadMs: -40 * DAY });
    fill(place);
    const { code, record } = await place.run();
    expect(record.reviewed).toEqual([]);
    expect(record.problems).toMatchObject([{ where: 'clock', blind: true }]);
    expect(code).toBe(4);
    expect(subjectOf(place)).toMatch(/NOT EVERYTHING SEEN: .*40 days behind/);
  });

  test('requests of the future are told of with their median', async () => {
    await using place = await vaultOf({});
    fill(place);
    for (let n = 1; n <= 3; n++) place.request(`of the future ${n}`, 'low', { created: place.now() + n * 100 * DAY });
    const { record } = await place.run();
    expect(record.warnings).toContainEqual(
      expect.stringContaining('3 of 8 requests were asked for in the future, by a median of 200 days'),
    );
    expect(place.acts().sort()).toEqual(RIGHT);
  });
});

describe.concurrent('what no person would have typed', () => {
  test.each([
    ['100,000 tags', { moreTags: 100_000 }, 'of which 500 were read'],
    ['a tag that is a list nested a thousand deep', { moreTags: -1 }, 'tags cannot be read'],
  ])('%s: a gap of the asset, nothing approved on it, the rest goes on', async (_name, knobs, says) => {
    await using place = await vaultOf(knobs);
    fill(place);
    const { record, report } = await place.run();
    expect(place.acts().sort()).toEqual(['complete a stale grant', 'reject a critical one']);
    expect(record.reviewed.every(({ dossier }) => dossier.gaps.some(({ why }) => why.includes(says)))).toBe(true);
    expect(report).toContain(says);
    expect(report.length).toBeLessThan(200_000);
  });

  test.each([
    ['a list nested a thousand deep', deep(1000)],
    ['a text of a million characters', 'Replace the toner. '.repeat(60_000)],
  ])('a justification that is %s: a gap, it is not decided on, and the rest goes on', async (_name, message) => {
    await using place = await vaultOf({});
    fill(place);
    const odd = place.request('an odd one', 'low', { extra: { message, approvals: deep(1000) } });
    const { record } = await place.run();
    expect(place.acts().sort()).toEqual(RIGHT);
    const one = record.reviewed.find(({ dossier }) => dossier.request.id === odd.id);
    expect(one?.dossier.gaps).toContainEqual(expect.objectContaining({ what: 'record' }));
    expect(one?.decision.verdict).toBe('hold');
    expect(record.warnings).toContainEqual(expect.stringMatching(/^1 of \d requests could be read in part only/));
    expect(record.problems).toEqual([]);
  });

  test('records without an id that are nested without end are malformed ones', async () => {
    await using place = await vaultOf({}, { MALFORMED_SHARE: '1' });
    fill(place);
    place.request('a deep one', 'low', { extra: { id: deep(2000), created: deep(2000) } });
    const { code, record } = await place.run();
    expect(place.acts().sort()).toEqual(RIGHT);
    expect(record.malformed).toMatchObject([{ problem: '`id` is a list of 1 list, `created` is a list of 1 list' }]);
    expect(code).toBe(4);
  });
});
