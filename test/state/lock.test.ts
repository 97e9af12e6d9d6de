import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '../../src/kit/clock.ts';
import { LockedError, StorageError } from '../../src/kit/errors.ts';
import { takeLock } from '../../src/state/lock.ts';
import { tempFolder } from '../helpers/requests.ts';

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

/** Time passes for the lock on disk when somebody sleeps: what waits ten seconds in life takes none here. */
function clockOf(folder: string): Clock & { slept(): number } {
  let slept = 0;
  return {
    slept: () => slept,
    now: () => Date.now() + slept,
    sleep: async (ms) => {
      slept += ms;
      const lock = join(folder, 'lock');
      if (!existsSync(lock)) return;
      const touched = statSync(lock).mtimeMs - ms;
      utimesSync(lock, touched / 1000, touched / 1000);
    },
  };
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

test('The lock of a process that was killed is taken over by itself, once it is stale', async () => {
  const folder = tempFolder();
  const { child, said } = await otherProcess(folder);
  expect(said).toBe('held');
  const clock = clockOf(folder);
  await expect(takeLock(folder, clock)).rejects.toThrow(LockedError);
  expect(clock.slept(), 'it does not wait for a live owner').toBe(0);

  await ended(child, () => child.kill('SIGKILL'));
  expect(existsSync(join(folder, 'lock')), 'a killed process leaves its lock behind').toBe(true);
  const lock = await takeLock(folder, clock);
  expect(clock.slept()).toBeGreaterThan(5_000);
  expect(lock.held()).toBe(true);
  await lock.release();
});

test('A process that ends in order leaves nothing to wait for', async () => {
  const folder = tempFolder();
  const { child } = await otherProcess(folder);
  await ended(child, () => child.stdin?.write('end\n'));
  const clock = clockOf(folder);
  await (await takeLock(folder, clock)).release();
  expect(clock.slept()).toBe(0);
});

test('A fresh lock with our own process number is from before a restart, so that it is waited for and taken over', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'lock'));
  writeFileSync(join(folder, 'lock.json'), JSON.stringify({ pid: process.pid, host: hostname(), since: 0 }));
  const clock = clockOf(folder);
  const lock = await takeLock(folder, clock);
  expect(clock.slept()).toBeGreaterThan(5_000);
  await lock.release();
});

test.each(['', '{', 'null', '{"pid":"1","host":7}', '[]'])(
  'A lock without a readable owner (%j) is waited for and taken over',
  async (owner) => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'lock'));
    writeFileSync(join(folder, 'lock.json'), owner);
    const lock = await takeLock(folder, clockOf(folder));
    expect(JSON.parse(readFileSync(join(folder, 'lock.json'), 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  },
);

test('An owner that keeps its lock fresh from another machine is not waited for longer than a stale lock lasts', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'lock'));
  writeFileSync(join(folder, 'lock.json'), JSON.stringify({ pid: 1, host: 'another-machine', since: 0 }));
  let slept = 0;
  const clock: Clock = {
    now: () => Date.now() + slept,
    sleep: async (ms) => {
      slept += ms;
      utimesSync(join(folder, 'lock'), new Date(), new Date());
    },
  };
  await expect(takeLock(folder, clock)).rejects.toThrow('process 1 on `another-machine` is running');
  expect(slept).toBeLessThan(15_000);
});

test('A stop ends the waiting for a lock', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'lock'));
  const stop = new AbortController();
  stop.abort();
  await expect(takeLock(folder, systemClock, stop.signal)).rejects.toThrow(LockedError);
});

test('Releasing twice does no harm, and the folder can be locked again', async () => {
  const folder = tempFolder();
  const first = await takeLock(folder, systemClock);
  await first.release();
  await first.release();
  await (await takeLock(folder, systemClock)).release();
});

test('A folder that cannot be one is named, with what the system said and what to do', async () => {
  const file = join(tempFolder(), 'file');
  writeFileSync(file, '');
  const error = await takeLock(join(file, 'state'), systemClock).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(StorageError);
  expect((error as StorageError).message).toBe(`could not create \`${join(file, 'state')}\`: ENOTDIR`);
  expect((error as StorageError).advice).toMatch(/a file stands where a folder is needed/);
});

test('A lock whose owner cannot be written down is given back, so that the next try need not wait for it', async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'lock.json'));
  await expect(takeLock(folder, systemClock)).rejects.toThrow(StorageError);
  expect(existsSync(join(folder, 'lock'))).toBe(false);
});
