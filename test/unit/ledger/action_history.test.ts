import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACTION_NAMES, type Action } from '../../../src/domain/action.ts';
import { openActionHistory } from '../../../src/ledger/action_history.ts';
import type { NewEntry } from '../../../src/ledger/entry.ts';
import { LedgerError, StorageError } from '../../../src/util/errors.ts';
import { fakeClock, NOON, tempFolder } from '../../helpers/requests.ts';
import { examples } from '../../suite/property_runs.ts';

const clock = fakeClock();
const intent = (request: string, action: Action = 'approve', who = 'id:u-17', what = 'asset-7') => ({
  run: 'run-1',
  request,
  action,
  created: NOON - 1000,
  level: 1,
  requestor: who,
  asset: what,
});
const open = (folder: string) => openActionHistory(folder, clock);
const snapshotOf = (folder: string) => join(folder, 'agent_state.json');
/** The file of the ledger: the clock stands still in November. */
const ledgerOf = (folder: string) => join(folder, 'ledger', '2026-11.jsonl');
/** Ids that are something else to a careless plain object. */
const TREACHEROUS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'req 1', '', '1', 'a\nb'].filter(
  (id) => id,
);

/** A history in which each of `actions` was carried out. */
async function remembered(folder: string, actions: readonly [string, Action][]): Promise<void> {
  const history = await open(folder);
  for (const [id, action] of actions) {
    await history.intend(intent(id, action));
    await history.conclude(intent(id, action), 'done', 'done');
  }
  await history.save(true);
}

describe('A fresh start', () => {
  test('remembers nothing and writes nothing until something happens', async () => {
    const folder = join(tempFolder(), 'state');
    const history = await open(folder);
    expect(history.lastRun).toBeNull();
    expect(history.open()).toEqual([]);
    for (const id of TREACHEROUS) for (const action of ACTION_NAMES) expect(history.acted(id, action)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('What was done', () => {
  test('is kept per request and action, over a restart', async () => {
    const folder = tempFolder();
    await remembered(folder, [['req-1', 'approve']]);
    const history = await open(folder);
    expect(ACTION_NAMES.map((action) => history.acted('req-1', action))).toEqual(
      ACTION_NAMES.map((action) => action === 'approve'),
    );
    expect(history.acted('req-2', 'approve')).toBe(false);
  });

  test('stands on disk in the shape of the vendor, for the own user only', async () => {
    const folder = tempFolder();
    await remembered(folder, [['req-1', 'approve']]);
    expect(JSON.parse(readFileSync(snapshotOf(folder), 'utf8'))).toEqual({
      last_run: '2026-11-20T12:00:00.000Z',
      actioned_ids: ['req-1'],
      actions: { 'req-1': { approve: { run: 'run-1', at: '2026-11-20T12:00:00.000Z', result: 'done' } } },
      record: { entries: 3, seal: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) },
    });
    for (const file of [snapshotOf(folder), ledgerOf(folder)]) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).sort()).toEqual(['agent_state.json', 'ledger']);
  });

  test('is known without the snapshot, which is made again from the ledger', async () => {
    const folder = tempFolder();
    await remembered(
      folder,
      TREACHEROUS.map((id) => [id, 'reject']),
    );
    const before = readFileSync(snapshotOf(folder), 'utf8');
    rmSync(snapshotOf(folder));
    const history = await open(folder);
    for (const id of TREACHEROUS) {
      expect(history.acted(id, 'reject'), id).toBe(true);
      expect(history.acted(id, 'close'), id).toBe(false);
    }
    await history.save(true);
    expect(readFileSync(snapshotOf(folder), 'utf8')).toBe(before);
  });

  test('makes a record that is gone or shorter than the snapshot says no fresh start, but a broken one', async () => {
    const folder = tempFolder();
    await remembered(folder, [['req-1', 'approve']]);
    const text = readFileSync(ledgerOf(folder), 'utf8');
    for (const left of ['', `${text.split('\n').slice(0, 2).join('\n')}\n`]) {
      writeFileSync(ledgerOf(folder), left);
      await expect(open(folder)).rejects.toThrow(/the ledger is broken.*knows of entry 3/);
    }
    rmSync(ledgerOf(folder));
    await expect(open(folder)).rejects.toThrow(LedgerError);
    writeFileSync(ledgerOf(folder), text);
    expect((await open(folder)).acted('req-1', 'approve')).toBe(true);
  });

  test('that was in doubt is settled by what is found later, for the snapshot too', async () => {
    const folder = tempFolder();
    const history = await open(folder);
    for (const id of ['was', 'was-not']) {
      await history.intend(intent(id));
      await history.conclude(intent(id), 'unknown', 'lost');
    }
    await history.save(true);
    const later = await open(folder);
    expect(later.unknown().map(({ request }) => request)).toEqual(['was', 'was-not']);
    await later.conclude(intent('was'), 'done', 'found');
    await later.conclude(intent('was-not'), 'not-done', 'found');
    for (const one of [later, await open(folder)]) {
      expect([one.acted('was', 'approve'), one.acted('was-not', 'approve')]).toEqual([true, false]);
      expect(one.unknown()).toEqual([]);
    }
  });

  test('that was in doubt and turned out undone stays possible, whatever snapshots were written in between', async () => {
    const folder = tempFolder();
    const history = await open(folder);
    await history.intend(intent('req-1'));
    await history.conclude(intent('req-1'), 'unknown', 'lost');
    await history.save(true);
    // A run that finds out and does not act itself: halted, a dry run, a model that is down.
    const second = await open(folder);
    await second.conclude(intent('req-1'), 'not-done', 'found');
    await second.save(true);
    expect(JSON.parse(readFileSync(snapshotOf(folder), 'utf8'))).toMatchObject({ actioned_ids: [], actions: {} });
    expect((await open(folder)).acted('req-1', 'approve')).toBe(false);
    // As such a run left it before it was known that this bars the request for good.
    const left = JSON.parse(readFileSync(snapshotOf(folder), 'utf8')) as object;
    writeFileSync(snapshotOf(folder), JSON.stringify({ ...left, actioned_ids: ['req-1'], actions: { 'req-1': {} } }));
    expect((await open(folder)).acted('req-1', 'approve')).toBe(false);
    rmSync(snapshotOf(folder));
    expect((await open(folder)).acted('req-1', 'approve')).toBe(false);
  });

  test('counts also when nobody knows whether it took effect, and not when it surely did not', async () => {
    const folder = tempFolder();
    const history = await open(folder);
    await history.intend(intent('maybe'));
    await history.conclude(intent('maybe'), 'unknown', 'lost');
    await history.intend(intent('no'));
    await history.conclude(intent('no'), 'not-done', 'refused');
    await history.save(true);
    for (const one of [history, await open(folder)]) {
      expect([one.acted('maybe', 'approve'), one.acted('no', 'approve')]).toEqual([true, false]);
      expect(one.open()).toEqual([]);
    }
  });

  test('is not undone by a later attempt that failed', async () => {
    const folder = tempFolder();
    await remembered(folder, [['req-1', 'approve']]);
    const history = await open(folder);
    await history.intend(intent('req-1'));
    await history.conclude(intent('req-1'), 'not-done', 'refused');
    expect(history.acted('req-1', 'approve')).toBe(true);
    expect((await open(folder)).acted('req-1', 'approve')).toBe(true);
  });
});

describe('What a run did that was killed before it could tell', () => {
  const started = (data: { dryRun?: boolean; plan?: string } = {}): NewEntry => ({
    kind: 'run.started',
    run: 'run-2',
    data: {
      ...{ mode: 'autonomous', dryRun: data.dryRun ?? false, version: '1', agentUser: null, policy: 'p', prompts: 'p' },
      ...{ from: new Date(NOON).toISOString(), to: new Date(NOON).toISOString() },
      ...{ plan: data.plan ?? null, approvedBy: null, halted: null },
    },
  });
  const FINISHED: NewEntry = {
    kind: 'run.finished',
    run: 'run-2',
    data: {
      ...{ verdict: 'done', approved: 0, rejected: 0, closed: 0, held: 0, unscored: 0, failed: 0, unknown: 0 },
      unchanged: 0,
    },
  };
  async function killed(): Promise<string> {
    const folder = tempFolder();
    const history = await open(folder);
    for (const [id, result] of [
      ['req-1', 'done'],
      ['req-2', 'not-done'],
      ['req-3', 'unknown'],
    ] as const) {
      await history.intend(intent(id));
      await history.conclude(intent(id), result, `word of ${id}`);
    }
    return folder;
  }

  test('is given to the next run, also what failed, and to the one after it when that is killed too', async () => {
    const folder = await killed();
    const says = (id: string) => `the run was cut off before its end was noted; word of ${id}`;
    const told = [
      { requestId: 'req-1', action: 'approve', runId: 'run-1', found: 'done', says: says('req-1') },
      { requestId: 'req-2', action: 'approve', runId: 'run-1', found: 'not done', says: says('req-2') },
      { requestId: 'req-3', action: 'approve', runId: 'run-1', found: 'unclear', says: says('req-3') },
    ];
    const next = await open(folder);
    expect(next.untold).toEqual(told);
    await next.note([started()]);
    expect((await open(folder)).untold).toEqual(told);
  });

  test('is no news after a run that came to its end', async () => {
    const folder = await killed();
    await (await open(folder)).note([started(), FINISHED]);
    expect((await open(folder)).untold).toEqual([]);
  });

  test.each([{ dryRun: true }, { plan: 'plan-1' }])('is still news after a run that mails nobody: %o', async (data) => {
    const folder = await killed();
    await (await open(folder)).note([started(data), FINISHED]);
    expect((await open(folder)).untold).toHaveLength(3);
  });
});

describe('An intent without an outcome', () => {
  test('counts as acted on, and is given to the next run as it was written', async () => {
    const folder = tempFolder();
    await (await open(folder)).intend(intent('__proto__', 'close'));
    const history = await open(folder);
    expect(history.acted('__proto__', 'close')).toBe(true);
    expect(history.open()).toEqual([
      { at: NOON, ...intent('__proto__', 'close'), actor: null, plan: null, approvedBy: null },
    ]);
    await history.conclude(intent('__proto__', 'close'), 'not-done', 'it never arrived');
    expect(history.open()).toEqual([]);
    expect((await open(folder)).acted('__proto__', 'close')).toBe(false);
  });

  test('is on disk before the promise of writing it resolves', async () => {
    const folder = tempFolder();
    await (await open(folder)).intend(intent('req-1'));
    expect(readFileSync(ledgerOf(folder), 'utf8')).toContain('"request":"req-1"');
  });

  test('that a crash cut short is taken off, and the next line starts on its own', async () => {
    const folder = tempFolder();
    await remembered(folder, [['req-1', 'approve']]);
    writeFileSync(ledgerOf(folder), '{"seq":4,"at":"2026-1', { flag: 'a' });
    const history = await open(folder);
    expect(history.open()).toEqual([]);
    await history.intend(intent('req-2'));
    const again = await open(folder);
    expect(again.acted('req-1', 'approve')).toBe(true);
    expect(again.open().map(({ request }) => request)).toEqual(['req-2']);
  });
});

describe("A snapshot in the vendor's own shape", () => {
  const vendor = (text: string) => {
    const folder = tempFolder();
    writeFileSync(snapshotOf(folder), text);
    return folder;
  };

  test('says that a request was decided on, not how: it is not decided on again, and may be closed', async () => {
    const folder = vendor('{"last_run":"2026-11-19T08:00:00Z","actioned_ids":["old-1","constructor"]}');
    const history = await open(folder);
    expect(history.lastRun).toBe(Date.UTC(2026, 10, 19, 8));
    for (const id of ['old-1', 'constructor']) {
      expect(ACTION_NAMES.map((action) => [action, history.acted(id, action)])).toEqual([
        ['reject', true],
        ['approve', true],
        ['close', false],
      ]);
    }
  });

  test('is still believed after the agent closed one of its requests', async () => {
    const folder = vendor('{"last_run":null,"actioned_ids":["old-1"]}');
    await remembered(folder, [['old-1', 'close']]);
    const history = await open(folder);
    expect(ACTION_NAMES.every((action) => history.acted('old-1', action))).toBe(true);
    // And once more, when only the ledger is left, into which the ids were taken over.
    rmSync(snapshotOf(folder));
    const later = await open(folder);
    expect(ACTION_NAMES.every((action) => later.acted('old-1', action))).toBe(true);
  });

  test.each([
    ['with an offset', '"2026-11-19T09:00:00+01:00"'],
    ['with microseconds', '"2026-11-19T08:00:00.000000Z"'],
  ])('may give its last run %s', async (_how, time) => {
    expect((await open(vendor(`{"last_run":${time},"actioned_ids":[]}`))).lastRun).toBe(Date.UTC(2026, 10, 19, 8));
  });

  test('may lack the last run, but not what was acted on', async () => {
    expect((await open(vendor('{"actioned_ids":["a"]}'))).acted('a', 'approve')).toBe(true);
    await expect(open(vendor('{"last_run":null}'))).rejects.toThrow(LedgerError);
    await expect(open(vendor('{"last_run":null,"actionedIds":["a"]}'))).rejects.toThrow(LedgerError);
  });
});

describe('The approvals of a day', () => {
  const keysOf = (list: ReturnType<Awaited<ReturnType<typeof open>>['approvedSince']>) =>
    list.map(({ requestor, asset }) => `${requestor} ${asset}`);

  test('are those that are open, done or unclear, with who got what, over a restart', async () => {
    const folder = tempFolder();
    const history = await open(folder);
    await history.intend(intent('open', 'approve', 'id:u-1', 'a-1'));
    for (const [id, result] of [
      ['done', 'done'],
      ['maybe', 'unknown'],
      ['no', 'not-done'],
    ] as const) {
      await history.intend(intent(id, 'approve', `id:${id}`, 'a-2'));
      await history.conclude(intent(id), result, '');
    }
    for (const known of [history, await open(folder)]) {
      expect(keysOf(known.approvedSince(NOON))).toEqual(['id:u-1 a-1', 'id:done a-2', 'id:maybe a-2']);
    }
  });

  test('are neither rejections nor closings, nor is one taken back by them', async () => {
    const folder = tempFolder();
    const history = await open(folder);
    await history.intend(intent('both', 'approve'));
    await history.conclude(intent('both', 'approve'), 'done', '');
    for (const action of ['reject', 'close'] as const) {
      await history.intend(intent('both', action));
      await history.conclude(intent('both', action), action === 'reject' ? 'not-done' : 'done', '');
    }
    for (const known of [history, await open(folder)]) expect(known.approvedSince(NOON)).toHaveLength(1);
  });

  test('begin with the moment asked for, that moment included', async () => {
    const folder = tempFolder();
    const moving = fakeClock();
    const history = await openActionHistory(folder, moving);
    for (const id of ['first', 'second', 'third']) {
      await history.intend(intent(id, 'approve', id));
      moving.advance(1_000);
    }
    const from = (moment: number) => keysOf(history.approvedSince(moment)).map((key) => key.split(' ')[0]);
    expect(from(NOON)).toEqual(['first', 'second', 'third']);
    expect(from(NOON + 1_000)).toEqual(['second', 'third']);
    expect(from(NOON + 1_001)).toEqual(['third']);
    expect(from(NOON + 2_001)).toEqual([]);
  });

  test('are counted by when they were begun, not by when their outcome was found out', async () => {
    const folder = tempFolder();
    const moving = fakeClock();
    await (await openActionHistory(folder, moving)).intend(intent('late'));
    moving.advance(1_000);
    const next = await openActionHistory(folder, moving);
    await next.conclude(intent('late'), 'done', 'found by looking');
    expect(next.approvedSince(NOON + 1)).toEqual([]);
    expect(next.approvedSince(NOON)).toHaveLength(1);
  });

  test('do not count an approval that could not be written down', async () => {
    const folder = join(tempFolder(), 'file');
    const history = await open(folder);
    writeFileSync(folder, '');
    await expect(history.intend(intent('a'))).rejects.toThrow(StorageError);
    expect(history.approvedSince(0)).toEqual([]);
  });
});

describe('Who stood behind the actions', () => {
  const signed = (id: string, run: string, plan: string | null, actor: string | null) => ({
    ...intent(id),
    ...{ run, plan, actor, approvedBy: plan === null ? null : 'mharper' },
  });

  test('is known over a restart: the run that carried out a plan, and every user that wrote', async () => {
    const folder = tempFolder();
    const history = await open(folder);
    expect([history.appliedBy('plan-1'), history.actors()]).toEqual([null, []]);
    await history.intend(signed('a', 'run-1', 'plan-1', 'svc-approver'));
    await history.conclude(signed('a', 'run-1', 'plan-1', 'svc-approver'), 'not-done', 'refused');
    await history.intend(signed('b', 'run-2', 'plan-1', 'svc-other'));
    await history.intend(signed('c', 'run-3', null, null));
    for (const known of [history, await open(folder)]) {
      expect(known.appliedBy('plan-1'), 'the first one, also when it came to nothing').toBe('run-1');
      expect(['plan-2', '', '__proto__', 'constructor'].map((plan) => known.appliedBy(plan))).toEqual(
        Array(4).fill(null),
      );
      expect(known.actors()).toEqual(['svc-approver', 'svc-other']);
    }
  });
});

test('A no at the terminal is known over a restart, until somebody says yes to the very same', async () => {
  const folder = tempFolder();
  const history = await open(folder);
  expect(history.declined('a', 'approve')).toBeNull();
  const data = { request: 'a', action: 'approve', by: 'mia' } as const;
  await history.note([{ kind: 'action.declined', run: 'run-1', data }]);
  for (const known of [history, await open(folder)]) {
    expect(known.declined('a', 'approve')).toMatchObject({ by: 'mia' });
    expect([known.declined('a', 'reject'), known.declined('b', 'approve')]).toEqual([null, null]);
    expect(known.acted('a', 'approve'), 'nothing was done').toBe(false);
  }
  await history.intend(intent('a'));
  expect((await open(folder)).declined('a', 'approve')).toBeNull();
});

describe('The list of ids that were acted on', () => {
  test('only grows, also when a run failed', async () => {
    const folder = tempFolder();
    writeFileSync(snapshotOf(folder), '{"last_run":null,"actioned_ids":["b","a"]}');
    await remembered(folder, [['c', 'reject']]);
    const later = await open(folder);
    await later.intend(intent('d'));
    await later.conclude(intent('d'), 'done', '');
    await later.save(false);
    expect(JSON.parse(readFileSync(snapshotOf(folder), 'utf8'))).toMatchObject({
      last_run: '2026-11-20T12:00:00.000Z',
      actioned_ids: ['b', 'a', 'c', 'd'],
    });
  });

  test('is not moved on in time by a run that did not finish', async () => {
    const folder = tempFolder();
    await (await open(folder)).save(false);
    expect((await open(folder)).lastRun).toBeNull();
  });
});

describe('A history that cannot be understood', () => {
  const DAMAGED: readonly [string, string][] = [
    ['an empty file', ''],
    ['only blanks', ' \n'],
    ['half a file', '{"last_run":null,"actioned_ids":["req-1"'],
    ['another document', 'last_run: today'],
    ['a bare null', 'null'],
    ['a list', '["req-1"]'],
    ['an empty object', '{}'],
    ['ids that are no list', '{"last_run":null,"actioned_ids":"req-1"}'],
    ['ids that are numbers', '{"last_run":null,"actioned_ids":[1]}'],
    ['a last run that is no time', '{"last_run":"yesterday","actioned_ids":[]}'],
    ['actions that are a list', '{"last_run":null,"actioned_ids":[],"actions":[]}'],
    ['an action that we do not know', '{"last_run":null,"actioned_ids":[],"actions":{"a":{"delete":{}}}}'],
    ['an action without an outcome', '{"last_run":null,"actioned_ids":[],"actions":{"a":{"approve":{"run":"r"}}}}'],
    ['a damaged action under a treacherous id', '{"actioned_ids":[],"actions":{"__proto__":{"approve":1}}}'],
  ];

  test.each(DAMAGED)('%s: refused now and ever after, the file untouched, one copy put aside', async (_what, text) => {
    const folder = tempFolder();
    writeFileSync(snapshotOf(folder), text);
    for (let time = 1; time <= 2; time++) {
      const error = (await open(folder).catch((e: unknown) => e)) as LedgerError;
      expect(error).toBeInstanceOf(LedgerError);
      expect(error.message).toContain(snapshotOf(folder));
      expect(readFileSync(snapshotOf(folder), 'utf8')).toBe(text);
      expect(readFileSync(error.keptAs ?? '', 'utf8')).toBe(text);
      expect(statSync(error.keptAs ?? '').mode & 0o777).toBe(0o600);
      expect(error.advice).toContain(error.keptAs);
      expect(readdirSync(folder)).toHaveLength(2);
    }
  });

  test('Damage that is not even text is put aside byte by byte', async () => {
    const folder = tempFolder();
    const bytes = Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x80, 0x7d]);
    writeFileSync(snapshotOf(folder), bytes);
    const error = (await open(folder).catch((e: unknown) => e)) as LedgerError;
    expect(readFileSync(error.keptAs ?? '')).toEqual(bytes);
  });

  test('Another damage of the same file is put aside beside the first', async () => {
    const folder = tempFolder();
    for (const text of ['{', '[', '{']) {
      writeFileSync(snapshotOf(folder), text);
      await expect(open(folder)).rejects.toThrow(LedgerError);
    }
    expect(readdirSync(folder).filter((name) => name.includes('.damaged-'))).toHaveLength(2);
  });

  test('A damaged ledger is refused as well, also when the snapshot is whole, and stays as it is', async () => {
    const folder = tempFolder();
    await remembered(folder, [['req-1', 'approve']]);
    const text = `garbage\n${readFileSync(ledgerOf(folder), 'utf8')}`;
    writeFileSync(ledgerOf(folder), text);
    for (let time = 1; time <= 2; time++) {
      await expect(open(folder)).rejects.toThrow(/line 1 of/);
      expect(readFileSync(ledgerOf(folder), 'utf8')).toBe(text);
    }
  });

  test('A history that is there and cannot be read is not trusted either', async () => {
    for (const file of [snapshotOf, ledgerOf]) {
      const folder = tempFolder();
      mkdirSync(file(folder), { recursive: true });
      await expect(open(folder)).rejects.toThrow(/EISDIR/);
    }
  });
});

test('A folder that is none gives a storage fault with advice when something has to be written', async () => {
  const folder = join(tempFolder(), 'file');
  const history = await open(folder);
  writeFileSync(folder, '');
  for (const write of [() => history.intend(intent('a')), () => history.save(true)]) {
    const error = (await write().catch((e: unknown) => e)) as StorageError;
    expect(error).toBeInstanceOf(StorageError);
    expect(error.advice).toMatch(/a file stands where a folder is needed/);
  }
  expect(history.acted('a', 'approve'), 'what is not on disk was not intended').toBe(false);
});

test('Whatever happens in whatever order, nothing that was done is ever lost', async () => {
  const step = fc.record({
    id: fc.constantFrom('a', 'b', '__proto__', 'constructor', 'vendor'),
    action: fc.constantFrom(...ACTION_NAMES),
    result: fc.constantFrom('done', 'not-done', 'unknown', null),
    after: fc.constantFrom('go on', 'save', 'restart', 'save and restart', 'lose the snapshot'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
      const folder = tempFolder();
      writeFileSync(snapshotOf(folder), '{"last_run":null,"actioned_ids":["vendor"]}');
      let history = await open(folder);
      const known: [string, Action][] = [];
      const opened = new Map<string, [string, Action]>();
      for (const { id, action, result, after } of steps) {
        await history.intend(intent(id, action));
        opened.set(`${id} ${action}`, [id, action]);
        if (result !== null) {
          await history.conclude(intent(id, action), result, '');
          opened.delete(`${id} ${action}`);
          if (result !== 'not-done') known.push([id, action]);
        }
        if (after.startsWith('save')) await history.save(true);
        if (after === 'lose the snapshot') rmSync(snapshotOf(folder), { force: true });
        if (!after.endsWith('save')) history = after === 'go on' ? history : await open(folder);
        for (const fact of [...known, ...opened.values()]) expect(history.acted(...fact), fact.join(' ')).toBe(true);
        // And nothing that nobody did.
        for (const one of ['a', 'b', '__proto__', 'constructor']) {
          const told = steps.some(({ id }) => id === one);
          for (const each of told ? [] : ACTION_NAMES) expect(history.acted(one, each), `${each} ${one}`).toBe(false);
        }
        expect(history.acted('vendor', 'approve') || history.acted('vendor', 'reject')).toBe(true);
        expect(history.open().length).toBe(opened.size);
      }
    }),
    { numRuns: examples(80) },
  );
});
