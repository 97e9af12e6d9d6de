import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Mail } from '../../../src/mail/mail.ts';
import { createOutbox, type Outbox } from '../../../src/mail/outbox.ts';
import type { Clock } from '../../../src/util/clock.ts';
import { StorageError } from '../../../src/util/errors.ts';
import { memorySeals } from '../../helpers/mail_seals.ts';
import { NOW } from '../../helpers/records.ts';

let dir: string;
let now: number;
let outbox: Outbox;
let seals: ReturnType<typeof memorySeals>;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'outbox-')), 'state', 'outbox');
  now = NOW;
  seals = memorySeals();
  const clock: Clock = { now: () => now, sleep: async () => {} };
  outbox = createOutbox(dir, clock, seals);
});

const mail = (runId = 'run-1'): Mail => ({ runId, subject: `Portcullis: ${runId}`, html: '<p>é</p>', text: 'é' });

test('an outbox that does not exist yet is empty and nothing to complain about', async () => {
  expect(await outbox.read()).toEqual({ kept: [], problems: [] });
});

test('a mail is kept for its owner only, in a folder that nobody else may list', async () => {
  const { file } = await outbox.add(mail());
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(dir)).mode & 0o777).toBe(0o700);
});

test('a kept mail comes back as it was, and is pending', async () => {
  const kept = await outbox.add(mail());
  expect(kept).toMatchObject({ state: 'pending', attempts: 0, reason: null, queuedAt: NOW });
  expect(await outbox.read()).toEqual({ kept: [kept], problems: [] });
});

test('what changes is on disk at once', async () => {
  const kept = await outbox.add(mail());
  await outbox.update(kept, { state: 'sending', attempts: 1 });
  expect(JSON.parse(await readFile(kept.file, 'utf8'))).toMatchObject({ state: 'sending', attempts: 1 });
  expect((await stat(kept.file)).mode & 0o777).toBe(0o600);
});

test('mails come back oldest first, also two of one run and one second', async () => {
  now = NOW + 5000;
  await outbox.add(mail('run-b'));
  await outbox.add(mail('run-b'));
  now = NOW;
  await outbox.add(mail('../../etc/run a'));
  const { kept } = await outbox.read();
  expect(kept.map((one) => one.mail.runId)).toEqual(['../../etc/run a', 'run-b', 'run-b']);
  expect((await readdir(dir)).every((name) => /^[\w.-]+\.json$/.test(name))).toBe(true);
});

test('a mail that was sent leaves nothing behind', async () => {
  await outbox.remove(await outbox.add(mail()));
  expect(await readdir(dir)).toEqual([]);
});

describe('a file that cannot be read', () => {
  test.each([
    ['cut off in the middle', '{"schema_version":1,"state":"pen'],
    ['empty', ''],
    ['of another shape', '{"schema_version":1,"state":"pending"}'],
    ['of a later version', '{"schema_version":2}'],
    [
      'in an unknown state',
      JSON.stringify({ schema_version: 1, state: 'maybe', queuedAt: 1, attempts: 0, reason: null, mail: mail() }),
    ],
  ])('because it is %s is put aside, told once, and stops nobody', async (_, content) => {
    const good = await outbox.add(mail());
    await writeFile(join(dir, '2026-11-01_broken.json'), content);
    const { kept, problems } = await outbox.read();
    expect(kept).toEqual([good]);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain('kept as `2026-11-01_broken.json.damaged`');
    expect(await readFile(join(dir, '2026-11-01_broken.json.damaged'), 'utf8')).toBe(content);
    expect(await outbox.read()).toEqual({ kept: [good], problems: [] });
  });
});

test('a folder that cannot be written is a StorageError with the path', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'outbox-')), 'a-file');
  await writeFile(file, '');
  const broken = createOutbox(join(file, 'outbox'), { now: () => now, sleep: async () => {} }, seals);
  await expect(broken.add(mail())).rejects.toBeInstanceOf(StorageError);
  expect((await broken.read()).problems).toHaveLength(1);
  await chmod(file, 0o600);
});

describe('A kept mail', () => {
  const rewritten = async (file: string, change: (content: Record<string, unknown>) => unknown) =>
    writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>)));
  const refused = async () => {
    const { kept, problems } = await outbox.read();
    expect(kept).toEqual([]);
    expect(problems).toMatchObject([
      { where: 'alert', message: expect.stringMatching(/is not sent, kept as .*\.unsealed/) },
    ]);
    expect(await outbox.read(), 'told once').toEqual({ kept: [], problems: [] });
  };

  test.each<[string, (content: Record<string, unknown>) => unknown]>([
    [
      'another page',
      (content) => ({ ...content, mail: { ...mail(), html: '<a href="https://evil.example">log in</a>' } }),
    ],
    ['another subject', (content) => ({ ...content, mail: { ...mail(), subject: 'Your password' } })],
    ['the name of another run', (content) => ({ ...content, mail: mail('run-2') })],
    ['another date, so that it would not be too old', (content) => ({ ...content, queuedAt: NOW + 1 })],
    ['a seal of somebody', (content) => ({ ...content, queuedAt: NOW + 1, seal: 'f'.repeat(64) })],
  ])('that was given %s is not sent', async (_what, change) => {
    const { file } = await outbox.add(mail());
    await rewritten(file, change);
    await refused();
  });

  test('that somebody put there, or that version 0.1 left there, is not sent', async () => {
    const { file } = await outbox.add(mail());
    seals.forget();
    await rewritten(file, ({ seal: _, ...content }) => content);
    await refused();
  });

  test('that was about to leave is not pending again because its file says so, nor because it was put back', async () => {
    const kept = await outbox.add(mail());
    const before = await readFile(kept.file, 'utf8');
    await outbox.update(kept, { state: 'sending' });
    await writeFile(kept.file, before);
    expect((await outbox.read()).kept).toMatchObject([{ state: 'sending' }]);
    await outbox.remove(kept);
    await writeFile(kept.file, before);
    expect((await outbox.read()).kept).toMatchObject([{ state: 'sending' }]);
  });

  test('that surely was not sent is pending again', async () => {
    const kept = await outbox.add(mail());
    await outbox.update(await outbox.update(kept, { state: 'sending' }), { state: 'pending' });
    expect(seals.entries).toEqual(['mail.kept', 'mail.leaving', 'mail.kept']);
    expect((await outbox.read()).kept).toMatchObject([{ state: 'pending' }]);
  });

  test('is known by its own seal where there is a key and the ledger could take no entry', async () => {
    const keyed = memorySeals({ mark: (digest) => `key ${digest}`, takes: () => false });
    outbox = createOutbox(dir, { now: () => now, sleep: async () => {} }, keyed);
    const { file } = await outbox.add(mail());
    expect((await outbox.read()).kept).toMatchObject([{ state: 'pending' }]);
    await rewritten(file, (content) => ({ ...content, mail: mail('run-2') }));
    await refused();
  });

  test('stays and is told while there is no ledger to ask', async () => {
    const { file } = await outbox.add(mail());
    const blind = createOutbox(dir, { now: () => now, sleep: async () => {} }, { ...seals, known: () => 'unknown' });
    expect(await blind.read()).toMatchObject({ kept: [], problems: [{ message: expect.stringContaining('waits') }] });
    expect((await stat(file)).isFile()).toBe(true);
    expect((await outbox.read()).kept).toHaveLength(1);
  });
});
