import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { deliver } from '../../../src/mail/deliver.ts';
import type { Mailer } from '../../../src/mail/graph_mailer.ts';
import type { Mail } from '../../../src/mail/mail.ts';
import { MicrosoftError } from '../../../src/mail/microsoft_error.ts';
import { createOutbox, type Outbox } from '../../../src/mail/outbox.ts';
import { type Disk, realDisk } from '../../../src/store/disk.ts';
import { DAY_MS } from '../../../src/util/durations.ts';
import { StorageError, UpstreamError } from '../../../src/util/errors.ts';
import { memorySeals } from '../../helpers/mail_seals.ts';
import { NOW } from '../../helpers/records.ts';

/** A mailer that does what the script says for each mail in turn, and then succeeds. */
type Step =
  | 'accept'
  | 'refuse'
  | 'lose'
  | 'busy'
  | 'busy for long'
  | 'sign-in busy'
  | 'unreachable'
  | 'no secret'
  | 'no place'
  | 'no sign-in'
  | 'die'
  | 'bug';

let dir: string;
let now: number;
let outbox: Outbox;
let arrived: Mail[];
let seals: ReturnType<typeof memorySeals>;
let slept: number[];
/** How many actions the mails tell of. */
let actions: number;
beforeEach(async () => {
  dir = join(await mkdtemp(join(tmpdir(), 'deliver-')), 'outbox');
  now = NOW;
  seals = memorySeals();
  outbox = createOutbox(dir, clock, seals);
  arrived = [];
  slept = [];
  actions = 0;
});
const clock = {
  now: () => now,
  sleep: async (ms: number) => {
    slept.push(ms);
  },
};
const lockHeld = () => true;

function busy(upstream: 'mail' | 'sign-in', afterMs: number | null) {
  const facts = { status: 503, again: { afterMs }, advice: null };
  return new MicrosoftError(upstream, 'server-error', 'graph failed: 503', facts);
}

const FAILURES: Record<Exclude<Step, 'accept' | 'die'>, { error: Error; before: boolean }> = {
  refuse: { error: new UpstreamError('mail', 'server-error', 'graph failed: 503'), before: false },
  lose: { error: new UpstreamError('mail', 'timeout', 'no answer', { maybeDone: true }), before: false },
  unreachable: { error: new UpstreamError('mail', 'unreachable', 'connection refused'), before: false },
  'no secret': {
    error: new UpstreamError('vault', 'not-granted', 'nobody granted it', { maybeDone: true }),
    before: true,
  },
  'no place': { error: new StorageError('write', 'state/.pending_request.json', { code: 'ENOSPC' }), before: true },
  'no sign-in': { error: new UpstreamError('sign-in', 'timeout', 'no answer'), before: true },
  busy: { error: busy('mail', 30_000), before: false },
  'busy for long': { error: busy('mail', 90_000), before: false },
  'sign-in busy': { error: busy('sign-in', null), before: true },
  bug: { error: new TypeError('x is not a function'), before: false },
};

function mailer(...script: Step[]): Mailer {
  return {
    async send(mail, _, beforePost = async () => {}) {
      const step = script.shift() ?? 'accept';
      if (step === 'accept' || step === 'die') {
        await beforePost();
        if (step === 'die') await new Promise(() => {});
        arrived.push(mail);
        return;
      }
      const { error, before } = FAILURES[step];
      if (!before) await beforePost();
      throw error;
    },
  };
}

const compose =
  (runId: string) =>
  (remarks: readonly string[]): Mail => ({
    runId,
    subject: `Portcullis: ${runId}`,
    html: `<html><body style="margin:0"><p>${runId}</p><p>${remarks.join('|')}</p></body></html>`,
    text: [runId, ...remarks].join('\n'),
    actions,
  });

const run = (runId: string | null, ...script: Step[]) =>
  deliver({
    ...{ outbox, mailer: mailer(...script), clock, compose: runId === null ? null : compose(runId), lockHeld },
  });
const subjects = () => arrived.map(({ subject }) => subject);
const states = async () => (await outbox.read()).kept.map(({ mail, state }) => `${mail.runId} ${state}`);

test('a mail that is accepted leaves an empty box and no problem', async () => {
  expect(await run('one')).toEqual({ sent: 1, problems: [], remarks: [] });
  expect(subjects()).toEqual(['Portcullis: one']);
  expect(await readdir(dir)).toEqual([]);
});

test('the mail is on disk as pending before anything is asked of an upstream, and as sending right before it leaves', async () => {
  const seen: string[] = [];
  await deliver({
    outbox,
    clock,
    lockHeld,
    compose: compose('one'),
    mailer: {
      async send(_, __, beforePost) {
        seen.push(...(await states()));
        await beforePost?.();
        seen.push(...(await states()));
      },
    },
  });
  expect(seen).toEqual(['one pending', 'one sending']);
});

describe.each(['refuse', 'unreachable', 'no secret', 'no sign-in'] as const)('a mail that fails with: %s', (step) => {
  test('is kept, with the reason, and is sent by the next run once, marked with its run and before the new one', async () => {
    const first = await run('one', step);
    expect(first).toMatchObject({ sent: 0, remarks: [], problems: [{ where: 'alert' }] });
    expect(first.problems[0]?.message).toContain('the mail of run one failed, it is kept and sent by the next run: ');
    expect((await outbox.read()).kept).toMatchObject([{ state: 'pending', attempts: 1 }]);

    now += 4 * 3_600_000;
    expect(await run('two')).toMatchObject({ sent: 2, problems: [], remarks: [] });
    expect(subjects()).toEqual(['[delayed] Portcullis: one', 'Portcullis: two']);
    const note = 'Delayed: this is the mail of run one of 2026-11-20 05:40 UTC, which could not be sent then.';
    expect(arrived[0]?.html.indexOf(note)).toBeGreaterThan(arrived[0]?.html.indexOf('<body') ?? -1);
    expect(arrived[0]?.text.startsWith(note)).toBe(true);

    await run('three');
    expect(subjects()).toHaveLength(3);
  });
});

describe('a mail without actions that may have arrived', () => {
  test('is never sent again; the next mail says so once', async () => {
    const first = await run('one', 'lose');
    expect(first.problems[0]?.message).toContain('it may or may not have arrived and is not sent again');
    expect(await states()).toEqual(['one unknown']);

    const second = await run('two');
    expect(second.remarks).toEqual([
      'the mail of run one (2026-11-20 05:40 UTC) may not have arrived: it is not sent again, its report tells the same',
    ]);
    expect(subjects()).toEqual(['Portcullis: two']);
    expect(arrived[0]?.html).toContain(second.remarks[0]);

    expect((await run('three')).remarks).toEqual([]);
    expect(subjects()).toEqual(['Portcullis: two', 'Portcullis: three']);
  });

  test('because the process died while sending is treated the same', async () => {
    void run('one', 'die');
    while (!(await states()).includes('one sending')) await new Promise((resolve) => setTimeout(resolve, 5));
    outbox = createOutbox(dir, clock, seals);
    expect((await run('two')).remarks[0]).toContain('the mail of run one ');
    expect(subjects()).toEqual(['Portcullis: two']);
  });

  test('because of an error that nobody foresaw is not sent again either', async () => {
    await run('one', 'bug');
    expect(await states()).toEqual(['one unknown']);
  });

  test('is still told when the mail that tells it is itself delayed', async () => {
    await run('one', 'lose');
    await run('two', 'refuse');
    await run('three');
    expect(arrived[0]?.html).toContain('the mail of run one ');
    expect(arrived[1]?.html).not.toContain('the mail of run one ');
  });
});

describe('a mail that tells of actions and may have arrived', () => {
  beforeEach(() => {
    actions = 89;
  });
  const NOTE = 'Possibly repeated: this is the mail of run one of 2026-11-20 05:40 UTC.';

  test('goes out once more with the next run, before its mail, and says so in subject and body', async () => {
    const first = await run('one', 'lose');
    expect(first.problems[0]?.message).toContain(
      'it may or may not have arrived and is sent once more by the next run, marked as possibly repeated',
    );
    now += DAY_MS;
    expect(await run('two')).toMatchObject({ sent: 2, problems: [], remarks: [] });
    expect(subjects()).toEqual(['[possibly repeated] Portcullis: one', 'Portcullis: two']);
    expect(arrived[0]?.html.indexOf(NOTE)).toBeGreaterThan(arrived[0]?.html.indexOf('<body') ?? -1);
    expect(arrived[0]?.text.startsWith(NOTE)).toBe(true);
    await run('three');
    expect(subjects()).toHaveLength(3);
  });

  test('also when the process was killed while it was sent', async () => {
    void run('one', 'die');
    while (!(await states()).includes('one sending')) await new Promise((resolve) => setTimeout(resolve, 5));
    outbox = createOutbox(dir, clock, seals);
    await run('two');
    expect(subjects()).toEqual(['[possibly repeated] Portcullis: one', 'Portcullis: two']);
  });

  test('never goes out a third time: when nobody knows of the second either, the next mail says so', async () => {
    await run('one', 'lose');
    const second = await run('two', 'lose');
    expect(second.problems[0]?.message).toContain('it may or may not have arrived and is not sent again');
    expect(await states()).toEqual(['one repeating']);
    const { remarks } = await run('three');
    expect(remarks).toEqual([
      'the mail of run one (2026-11-20 05:40 UTC) may not have arrived, nor may its repetition: its report tells the same',
    ]);
    expect(subjects()).toEqual(['Portcullis: two', 'Portcullis: three']);
  });

  test('never goes out a third time: not after a kill in the second, and not because somebody put its file back', async () => {
    await run('one', 'lose');
    const [name = ''] = await readdir(dir);
    const before = await readFile(join(dir, name), 'utf8');
    void run(null, 'die');
    while (!(await states()).includes('one repeating')) await new Promise((resolve) => setTimeout(resolve, 5));
    await writeFile(join(dir, name), before);
    outbox = createOutbox(dir, clock, seals);
    expect((await run('two')).remarks[0]).toContain('nor may its repetition');
    expect(subjects()).toEqual(['Portcullis: two']);
  });

  test('waits for a further run while its repetition is surely refused', async () => {
    await run('one', 'lose');
    await run('two', 'refuse');
    expect(await states()).toEqual(['one unknown']);
    await run('three');
    expect(subjects()).toEqual(['Portcullis: two', '[possibly repeated] Portcullis: one', 'Portcullis: three']);
  });

  test('goes out with a run that has no mail of its own', async () => {
    await run('one', 'lose');
    expect(await run(null)).toMatchObject({ sent: 1 });
    expect(subjects()).toEqual(['[possibly repeated] Portcullis: one']);
  });

  test('is given up after 14 days like any other, and told', async () => {
    await run('one', 'lose');
    now += 14 * DAY_MS + 1;
    expect((await run('two')).remarks).toEqual([
      'the mail of run one (2026-11-20 05:40 UTC) may not have arrived and was not repeated: it waited more than 14 days (no answer); its report tells the same',
    ]);
  });

  test('goes out again at once when the disk can keep nothing', async () => {
    await writeFile(dir, 'a file where the folder should be');
    const { sent, problems } = await run('one', 'lose');
    expect(sent).toBe(1);
    expect(problems.map(({ message }) => message).join()).not.toContain('may or may not');
    expect(subjects()).toEqual(['[possibly repeated] Portcullis: one']);
  });

  test('is known by its words when an earlier version kept it', async () => {
    const old: Mail = { ...compose('one')([]), text: 'Actions:\n- approved: a → b (req-1)' };
    await outbox.add({ runId: old.runId, subject: old.subject, html: old.html, text: old.text });
    const [kept] = (await outbox.read()).kept;
    if (kept !== undefined) await outbox.update(kept, { state: 'unknown' });
    await run('two');
    expect(subjects()).toEqual(['[possibly repeated] Portcullis: one', 'Portcullis: two']);
  });
});

describe('a mail that Microsoft does not take right now', () => {
  test.each([
    ['busy', [30_000, 30_000]],
    ['sign-in busy', [500, 2000]],
  ] as const)(
    '(%s) is tried again within the run, after as long as it asks for or a short while',
    async (step, pauses) => {
      expect(await run('one', step, step)).toMatchObject({ sent: 1, problems: [] });
      expect(subjects()).toEqual(['Portcullis: one']);
      expect(slept).toEqual(pauses);
      expect(await states()).toEqual([]);
    },
  );

  test('is pending while it waits, so that a kill in between loses nothing', async () => {
    const seen: string[] = [];
    const waiting = { ...clock, sleep: async () => void seen.push(...(await states())) };
    await deliver({ outbox, mailer: mailer('busy'), clock: waiting, compose: compose('one'), lockHeld });
    expect(seen).toEqual(['one pending']);
  });

  test('is tried four times at most, then kept', async () => {
    const { sent, problems } = await run('one', 'busy', 'busy', 'busy', 'busy', 'busy');
    expect([sent, problems.length, slept.length]).toEqual([0, 1, 3]);
    expect((await outbox.read()).kept).toMatchObject([{ state: 'pending', attempts: 4 }]);
  });

  test('is kept at once when it asks for more than a minute', async () => {
    const { sent } = await run('one', 'busy for long');
    expect([sent, slept, await states()]).toEqual([0, [], ['one pending']]);
  });

  test('waits three minutes in all, however many mails there are', async () => {
    for (const runId of ['a', 'b', 'c']) {
      await outbox.add(compose(runId)([]));
      now += 1000;
    }
    await run('new', ...Array.from({ length: 16 }, () => 'busy' as const));
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(180_000);
    expect(await states()).toHaveLength(4);
  });

  test('is not tried again after a stop', async () => {
    const stop = new AbortController();
    const stopping = { ...clock, sleep: async () => stop.abort() };
    const { sent } = await deliver({
      ...{ outbox, mailer: mailer('busy'), clock: stopping, compose: compose('one'), lockHeld, signal: stop.signal },
    });
    expect([sent, await states()]).toEqual([0, ['one pending']]);
  });
});

describe('a run without a mail of its own', () => {
  test('sends what is pending and leaves the remarks for the next mail', async () => {
    await run('one', 'lose');
    await run('two', 'refuse');
    expect(await run(null)).toMatchObject({ sent: 1, remarks: [] });
    expect(subjects()).toEqual(['[delayed] Portcullis: two']);
    expect(await states()).toEqual([]);
  });

  test('keeps an unknown mail until there is a mail to tell it', async () => {
    await run('one', 'lose');
    await run(null);
    expect(await states()).toEqual(['one unknown']);
  });
});

describe('several pending mails', () => {
  beforeEach(async () => {
    for (const runId of ['a', 'b', 'c']) {
      await outbox.add(compose(runId)([]));
      now += 1000;
    }
  });

  test('are tried each once; one that is refused does not hold up the others', async () => {
    const { sent, problems } = await run('new', 'accept', 'refuse');
    expect(sent).toBe(3);
    expect(problems).toHaveLength(1);
    expect(subjects()).toEqual(['[delayed] Portcullis: a', '[delayed] Portcullis: c', 'Portcullis: new']);
    expect(await states()).toEqual(['b pending']);
  });

  test('are not all tried when Graph cannot be reached, but the mail of this run is', async () => {
    const { sent, problems } = await run('new', 'unreachable');
    expect(sent).toBe(1);
    expect(problems).toHaveLength(1);
    expect(subjects()).toEqual(['Portcullis: new']);
  });

  test('all wait when there is no secret, which is asked for only once', async () => {
    const { sent, problems } = await run('new', 'no secret');
    expect(sent).toBe(0);
    expect(problems.map(({ message }) => message)).toEqual([
      'the mail of run a failed, it is kept and sent by the next run: nobody granted it',
      'the mail of run new was not tried, it is kept and sent by the next run',
    ]);
    expect(await states()).toEqual(['a pending', 'b pending', 'c pending', 'new pending']);
  });
});

describe('the box has an end', () => {
  test('in time: after 14 days a mail is given up, and the next one says so with the reason', async () => {
    await run('one', 'refuse');
    now += 14 * DAY_MS + 1;
    const { remarks } = await run('two');
    expect(remarks).toEqual([
      'the mail of run one (2026-11-20 05:40 UTC) was never sent: it waited more than 14 days (graph failed: 503)',
    ]);
    expect(subjects()).toEqual(['Portcullis: two']);
    expect(await states()).toEqual([]);
  });

  test('in number: of more than 20 mails the oldest is given up, and the next one says so', async () => {
    for (let n = 1; n <= 20; n++) {
      await outbox.add(compose(`old-${n}`)([]));
      now += 1000;
    }
    const { remarks } = await run('new', 'no secret');
    expect(remarks).toEqual([
      'the mail of run old-1 (2026-11-20 05:40 UTC) was never sent: more than 20 mails were waiting',
    ]);
    expect(await states()).toHaveLength(20);
  });
});

test('when nothing can be written the mail goes out all the same, and the problem is told', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'deliver-')), 'a-file');
  await writeFile(file, '');
  outbox = createOutbox(join(file, 'outbox'), clock, seals);
  const { sent, problems } = await run('one');
  expect(sent).toBe(1);
  expect(problems.length).toBeGreaterThan(0);
  expect(subjects()).toEqual(['Portcullis: one']);
});

test.each([
  ['no place', 'could not be kept either'],
  ['lose', 'may or may not have arrived'],
  ['bug', 'may or may not have arrived'],
] as const)('when nothing can be written and the mail fails (%s), its fate is told as it is', async (step, words) => {
  await writeFile(dir, 'a file where the folder should be');
  const { problems } = await deliver({ outbox, mailer: mailer(step), clock, lockHeld, compose: compose('today') });
  expect(problems.at(-1)?.message).toContain(words);
});

test('a mail that a failing disk wrote all the same is not in doubt: it arrives once', async () => {
  const failing: Disk = {
    ...realDisk,
    replace: async (...call) => {
      await realDisk.replace(...call);
      if (failures-- > 0) throw new StorageError('write', call[0], { code: 'EIO' });
    },
  };
  let failures = 1;
  outbox = createOutbox(dir, clock, seals, failing);
  await run('one');
  await run('two');
  expect(subjects()).toEqual(['Portcullis: one', 'Portcullis: two']);
});

describe('without the lock', () => {
  test('nothing is sent, and the mail waits for whoever has it', async () => {
    const { sent, problems } = await deliver({
      ...{ outbox, mailer: mailer(), clock, compose: compose('one'), lockHeld: () => false },
    });
    expect(sent).toBe(0);
    expect(problems[0]?.message).toContain('the lock on the state folder was lost');
    expect(subjects()).toEqual([]);
    expect(await states()).toEqual(['one pending']);
  });

  test('a mail that its new owner sent meanwhile does not come back into the box', async () => {
    let held = true;
    const slow: Mailer = {
      async send(_, __, beforePost) {
        held = false;
        await run(null);
        await beforePost?.();
      },
    };
    await deliver({ outbox, mailer: slow, clock, compose: compose('one'), lockHeld: () => held });
    expect(subjects()).toEqual(['[delayed] Portcullis: one']);
    expect(await states()).toEqual([]);
  });
});

test('a subject or run name with HTML in it cannot get into the note of a delayed mail', async () => {
  await outbox.add({ ...compose('<img src=x>')([]), html: 'no body tag' });
  await run(null);
  expect(arrived[0]?.html).toContain('&lt;img src&#x3D;x&gt;');
  expect(arrived[0]?.html).not.toContain('<img');
});
