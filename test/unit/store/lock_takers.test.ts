import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Lock, takeLock } from '../../../src/store/lock.ts';
import type { Clock } from '../../../src/util/clock.ts';
import { LockedError } from '../../../src/util/errors.ts';
import { examples } from '../../suite/property_runs.ts';
import { aProcess, folderInMemory, hostOf, type MemoryFolder } from './lock_world.ts';

type Taker = { lock: Lock | null; dead: boolean; frozen: boolean; released: boolean };

/**
 * Any number of processes on a slow disk, each taking its turns when the scheduler pleases; owners that die and owners
 * that freeze; and a proof of death that may not be had.
 */
test('However slow they are, whoever dies or freezes: never two at once work, and nobody who works loses the lock', async () => {
  let takeovers = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(
        fc.record({ provable: fc.boolean(), fate: fc.constantFrom('dies', 'freezes', 'releases'), after: fc.nat(30) }),
        { minLength: 2, maxLength: 5 },
      ),
      async (scheduler, lives) => {
        const shared: MemoryFolder = { marks: new Map(), now: 1_000_000 };
        const takers: Taker[] = [];
        const clock: Clock = {
          now: () => shared.now,
          sleep: async (ms) => {
            const wake = shared.now + ms;
            await scheduler.schedule(Promise.resolve(), 'sleeps');
            shared.now = Math.max(shared.now, wake);
          },
        };
        const started = lives.map(async ({ provable }, n) => {
          const taker: Taker = { lock: null, dead: false, frozen: false, released: false };
          takers.push(taker);
          const host = hostOf(aProcess(n + 1), ({ pid }) => {
            if (!provable) return 'unknown';
            return takers[pid - 1]?.dead ? 'dead' : 'alive';
          });
          const folder = folderInMemory(shared, {
            pause: (what) => scheduler.schedule(Promise.resolve(), `${n + 1} ${what}`),
            dead: () => taker.dead,
          });
          // A service manager starts it again when it was refused.
          for (let attempts = 0; attempts < 4 && taker.lock === null; attempts++) {
            taker.lock = await takeLock('state', clock, { host, folder }).catch((error: unknown) => {
              if (error instanceof LockedError) return null;
              throw error;
            });
          }
        });
        /** Those who work: they have the lock, and nothing has happened to them. */
        const atWork = () => takers.filter(({ lock, dead, frozen, released }) => lock && !dead && !frozen && !released);
        const ages = new Map<Taker, number>();
        while (scheduler.count() > 0) {
          await scheduler.waitOne();
          // Whoever it was goes on to its next call.
          await new Promise((resolve) => setImmediate(resolve));
          expect(atWork().length, 'two at once').toBeLessThanOrEqual(1);
          for (const { lock } of atWork()) expect(lock?.held(), 'one that works keeps its lock').toBe(true);
          for (const [n, taker] of takers.entries()) {
            const { fate, after } = lives[n] ?? { fate: 'dies', after: 0 };
            if (taker.lock === null) continue;
            const age = (ages.get(taker) ?? 0) + 1;
            ages.set(taker, age);
            if (age !== after + 1) continue;
            if (fate === 'dies') taker.dead = true;
            if (fate === 'freezes') taker.frozen = true;
            if (fate !== 'releases') continue;
            taker.released = true;
            void taker.lock.release();
          }
        }
        await Promise.all(started);
        // Those who wake up find out what happened meanwhile.
        for (const taker of takers) taker.frozen = false;
        expect(atWork().filter(({ lock }) => lock?.held()).length).toBeLessThanOrEqual(1);
        const owners = takers.filter(({ lock }) => lock !== null).length;
        expect(owners, 'somebody got it').toBeGreaterThanOrEqual(1);
        takeovers += owners - 1;
        for (const { lock } of takers) void lock?.release();
        await scheduler.waitAll();
      },
    ),
    { numRuns: examples(150) },
  );
  expect(takeovers, 'locks were taken over at all').toBeGreaterThan(50);
});
