import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type HostProcess, thisHost } from '../../../src/store/host.ts';
import { takeLock } from '../../../src/store/lock.ts';
import { openLockFolder } from '../../../src/store/lock_folder.ts';
import { type Clock, systemClock } from '../../../src/util/clock.ts';
import { LockedError, StorageError } from '../../../src/util/errors.ts';
import { tempFolder } from '../../helpers/requests.ts';
import { hostOf } from './lock_world.ts';

/** Another process that works with the folder; resolves with what it said when it tried to take the lock. */
async function otherProcess(folder: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lock_holder.ts'), folder]);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, said: String(said).trim() };
}

async function ended(child: ChildProcess, how: () => void): Promise<void> {
  const exit = once(child, 'exit');
  how();
  await exit;
}

type SleepyClock = Clock & { readonly slept: () => number; readonly pass: (ms: number) => void };

/** Only sleep takes time on it, and no real time at all, however busy the machine is. `onSleep` is what happens meanwhile. */
function sleepyClock(onSleep: () => void = () => {}): SleepyClock {
  const begun = Date.now();
  let [slept, passed] = [0, 0];
  return {
    slept: () => slept,
    pass: (ms) => {
      passed += ms;
    },
    now: () => begun + slept + passed,
    sleep: async (ms) => {
      slept += ms;
      onSleep();
    },
  };
}

/** A lock that somebody left: renewed `age` milliseconds ago. */
function leftBy(owner: Partial<HostProcess> | string, age = 0): string {
  const folder = tempFolder();
  const file = join(folder, 'lock', 'left.json');
  mkdirSync(join(folder, 'lock'));
  writeFileSync(file, typeof owner === 'string' ? owner : JSON.stringify({ ...thisHost.self, ...owner }));
  utimesSync(file, new Date(Date.now() - age), new Date(Date.now() - age));
  return folder;
}

/** A number that no process has. */
const NOBODY = 2 ** 30;

function ownerIn(folder: string): unknown {
  const [name = ''] = readdirSync(join(folder, 'lock'));
  return JSON.parse(readFileSync(join(folder, 'lock', name), 'utf8'));
}

test('A second process is refused at once while the first one lives, and is told who holds the lock', async () => {
  const folder = tempFolder();
  const lock = await takeLock(folder, systemClock);
  const { said } = await otherProcess(folder);
  expect(said).toBe(
    `refused: process ${process.pid} on \`${hostname()}\` is running with the state folder \`${folder}\``,
  );
  expect(lock.held()).toBe(true);
  await lock.release();
  expect(lock.held()).toBe(false);
  expect((await otherProcess(folder)).said).toBe('held');
});

test('The lock of a process that was killed is taken over by itself within seconds, and not while it lives', async () => {
  const folder = tempFolder();
  const { child, said } = await otherProcess(folder);
  expect(said).toBe('held');
  const clock = sleepyClock();
  await expect(takeLock(folder, clock)).rejects.toThrow(`process ${child.pid} on`);
  expect(clock.slept(), 'it does not wait for a live owner').toBe(0);

  await ended(child, () => child.kill('SIGKILL'));
  expect(existsSync(join(folder, 'lock')), 'a killed process leaves its lock behind').toBe(true);
  let waited = 0;
  const lock = await takeLock(folder, clock, { onWait: () => waited++ });
  expect(clock.slept()).toBeLessThanOrEqual(2_500);
  expect(waited).toBeLessThanOrEqual(1);
  expect(lock.held()).toBe(true);
  expect(ownerIn(folder)).toMatchObject({ pid: process.pid, host: hostname() });
  await lock.release();
});

test('A process that ends in order leaves nothing, and nothing to wait for', async () => {
  const folder = tempFolder();
  const { child } = await otherProcess(folder);
  await ended(child, () => child.stdin?.write('end\n'));
  expect(readdirSync(folder)).toEqual([]);
  const clock = sleepyClock();
  await (await takeLock(folder, clock)).release();
  expect(clock.slept()).toBe(0);
});

test.runIf(process.platform === 'linux').each([
  ['a process that does not exist', { pid: NOBODY }, 3_000, 0],
  ['one that does not exist, renewed just now', { pid: NOBODY }, 0, 2_500],
  ['an earlier process whose number another one has now', { pid: process.ppid, startedAt: '1' }, 3_000, 0],
  ['an earlier process that had our own number, as in a container', { startedAt: '1' }, 3_000, 0],
])('A lock of %s is that of a dead owner', async (_, owner, age, longest) => {
  const clock = sleepyClock();
  const lock = await takeLock(leftBy(owner, age), clock);
  expect(clock.slept()).toBeLessThanOrEqual(longest);
  expect(lock.held()).toBe(true);
  await lock.release();
});

test.each([
  ['of another machine', { pid: NOBODY, host: 'another-machine' }],
  ['from before the machine was started, or of another container', { pid: NOBODY, boot: 'another-boot' }],
  ['with our own number and no start time', { startedAt: null }],
  ['that cannot be read', ''],
  ['that was cut', '{'],
  ['that is null', 'null'],
  ['of another shape', '{"pid":"1","host":7}'],
  // Asking the system about these would be a question about a whole group of processes.
  ['of process 0', { pid: 0 }],
  ['of process -1', { pid: -1 }],
])(
  'Nobody can know whether the owner of a lock %s lives: taken over once nobody renewed it for long',
  async (_, owner) => {
    const fresh = sleepyClock();
    await (await takeLock(leftBy(owner), fresh)).release();
    expect(fresh.slept()).toBeGreaterThanOrEqual(30_000);
    expect(fresh.slept()).toBeLessThan(41_000);
    const old = sleepyClock();
    await (await takeLock(leftBy(owner, 3_600_000), old)).release();
    expect(old.slept(), 'its clock may be an hour late, so that it is looked at all the same').toBeGreaterThanOrEqual(
      2_000,
    );
    expect(old.slept()).toBeLessThan(3_000);
  },
);

test('A lock folder with nothing in it, as earlier versions had, is taken over once nobody renewed it for long', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'lock'));
  const clock = sleepyClock();
  await (await takeLock(folder, clock)).release();
  expect(clock.slept()).toBeGreaterThanOrEqual(30_000);
});

test.each([
  ['another machine', 'unknown', 0],
  ['another machine whose clock is an hour late', 'unknown', 3_600_000],
  // Two machines with one name, say.
  ['a machine where it was wrongly taken for dead', 'dead', 1_900],
] as const)(
  'An owner that keeps its lock fresh from %s is not taken over, and not waited for',
  async (_, fate, late) => {
    const folder = leftBy({ pid: 7, host: 'another-machine' }, late);
    const clock = sleepyClock(() => {
      const at = new Date(clock.now() - late);
      utimesSync(join(folder, 'lock', 'left.json'), at, at);
    });
    const host = hostOf(thisHost.self, () => fate);
    await expect(takeLock(folder, clock, { host })).rejects.toThrow('process 7 on `another-machine` is running');
    expect(clock.slept()).toBeLessThan(1_000);
  },
);

test('After a sleep of the whole machine the other owner has a moment to renew its lock before it is taken over', async () => {
  const folder = leftBy({ pid: NOBODY, host: 'another-machine' });
  let looks = 0;
  const clock = sleepyClock(() => {
    looks += 1;
    if (looks === 3) clock.pass(3_600_000);
  });
  await (await takeLock(folder, clock)).release();
  expect(clock.slept()).toBeGreaterThan(3 * 250 + 750);
});

test('A stop ends the waiting for a lock', async () => {
  const folder = leftBy('');
  await expect(takeLock(folder, systemClock, { signal: AbortSignal.abort() })).rejects.toThrow(LockedError);
});

test('Releasing twice does no harm, and the folder can be locked again', async () => {
  const folder = tempFolder();
  const first = await takeLock(folder, systemClock);
  await first.release();
  const second = await takeLock(folder, systemClock);
  await first.release();
  expect([first.held(), second.held()]).toEqual([false, true]);
  await second.release();
});

test('Of many at once one gets the lock, on a free folder and on a dead owner’s alike', async () => {
  for (let round = 0; round < 10; round++) {
    const folder = round % 2 === 0 ? tempFolder() : leftBy({ pid: NOBODY }, 60_000);
    const tries = await Promise.allSettled(Array.from({ length: 16 }, () => takeLock(folder, systemClock)));
    const locks = tries.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(locks.map((lock) => lock.held())).toEqual([true]);
    for (const one of tries) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(LockedError);
    expect(readdirSync(folder), 'nothing is left of those who lost').toEqual(['lock']);
    await locks[0]?.release();
  }
});

test('One who is slow to remove a dead owner’s mark does not remove that of the one who was quicker', async () => {
  const folder = leftBy({ pid: NOBODY }, 60_000);
  const real = openLockFolder(folder);
  const goOn = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const parked = takeLock(folder, systemClock, {
    folder: {
      ...real,
      remove: async (name) => {
        reached.resolve();
        await goOn.promise;
        await real.remove(name);
      },
    },
  });
  await reached.promise;
  const quick = await takeLock(folder, systemClock);
  goOn.resolve();
  await expect(parked).rejects.toThrow(LockedError);
  expect(quick.held()).toBe(true);
  await quick.release();
});

test('After a sleep of the machine the lock is lost for ever, whether or not somebody took it, and can be taken anew', async () => {
  const folder = tempFolder();
  const clock = sleepyClock();
  const lock = await takeLock(folder, clock);
  clock.pass(6_000);
  expect(lock.held(), 'a busy moment').toBe(true);
  clock.pass(6_000);
  expect(lock.held(), 'asking renews').toBe(true);
  clock.pass(31_000);
  expect(lock.held()).toBe(false);
  clock.pass(-31_000);
  expect(lock.held()).toBe(false);
  await lock.release();
  expect((await takeLock(folder, clock)).held()).toBe(true);
});

test('A clock that was put back far hides how long the process was away: the lock counts as lost', async () => {
  const clock = sleepyClock();
  const lock = await takeLock(tempFolder(), clock);
  clock.pass(-5_000);
  expect(lock.held()).toBe(true);
  clock.pass(-60_000);
  expect(lock.held()).toBe(false);
});

test.each([
  ['was removed', (folder: string) => openLockFolder(folder).remove(readdirSync(join(folder, 'lock'))[0] ?? '')],
  [
    'is another one’s',
    async (folder: string) => {
      await openLockFolder(folder).remove(readdirSync(join(folder, 'lock'))[0] ?? '');
      await openLockFolder(folder).put('another.json', '{}');
    },
  ],
])('A lock whose mark %s is lost at once, and releasing it leaves the other one alone', async (_, happens) => {
  const folder = tempFolder();
  const lock = await takeLock(folder, systemClock);
  await happens(folder);
  const before = existsSync(join(folder, 'lock')) ? readdirSync(join(folder, 'lock')) : null;
  expect(lock.held()).toBe(false);
  await lock.release();
  expect(existsSync(join(folder, 'lock')) ? readdirSync(join(folder, 'lock')) : null).toEqual(before);
});

test('A mark that cannot be renewed is believed in for a while and no longer', async () => {
  const folder = tempFolder();
  const clock = sleepyClock();
  const lock = await takeLock(folder, clock, { folder: { ...openLockFolder(folder), renew: () => 'failed' } });
  clock.pass(29_900);
  expect(lock.held()).toBe(true);
  clock.pass(200);
  expect(lock.held()).toBe(false);
  await lock.release();
});

test.each([
  ['the state folder', (folder: string) => join(folder, 'file', 'state')],
  ['the lock', (folder: string) => folder],
])('A file where %s should be is named, with what the system said and what to do', async (_, place) => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'file'), '');
  writeFileSync(join(folder, 'lock'), '');
  const error = await takeLock(place(folder), systemClock).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(StorageError);
  expect((error as StorageError).message).toBe(`could not lock \`${place(folder)}\`: ENOTDIR`);
  expect((error as StorageError).advice).toMatch(/a file stands where a folder is needed/);
  expect(readdirSync(folder).sort()).toEqual(['file', 'lock']);
});
