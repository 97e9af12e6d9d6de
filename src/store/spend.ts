import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../util/clock.ts';
import { DAY_MS } from '../util/durations.ts';
import { describeError } from '../util/errors.ts';
import { type Disk, realDisk } from './disk.ts';

/**
 * What the model has cost on each UTC day, in US dollars: `spend.json`.
 * INVARIANT: the file never says less than what was spent. It is written ahead, in steps, so that a run that is killed
 * leaves a little more on it than it spent, and most questions need no write.
 */
export type SpendBook = {
  /** US dollars spent and set aside today. */
  today(): number;
  spentToday(): number;
  /** Sets aside. On disk when this resolves. @throws {Error} with a sentence for people, when `strict` */
  set(usd: number): Promise<{ end(spent: number): void }>;
  /** Writes what was really spent. Never fails: the file then says more. */
  settle(): Promise<void>;
  /** Why the file cannot be used; null when it can. */
  readonly damage: string | null;
};

export const SPEND_FILE = 'spend.json';
const KEPT_DAYS = 31;
const LOCK_LOST = 'the lock on the state folder was lost';

const Spend = z.strictObject({ days: z.record(z.iso.date(), z.number().nonnegative().max(1e9)) });

type Given = {
  readonly clock: Pick<Clock, 'now'>;
  /** Whether a ceiling hangs on it: without the file no dollar may be spent then. */
  readonly strict: boolean;
  /** How far ahead the file is written, US dollars. */
  readonly step: number;
  readonly disk?: Disk;
  /** Whether the folder is still ours; who has lost it would write over what another process has spent since. */
  readonly lockHeld?: () => boolean;
};

/** A damaged file stays where it is, for a person to look at; it counts as a day that is spent. Never throws. */
export async function openSpend(stateDir: string, given: Given): Promise<SpendBook> {
  const { clock, strict, step, disk = realDisk, lockHeld = () => true } = given;
  const file = join(stateDir, SPEND_FILE);
  const { before, damage } = await readSpend(file, disk);
  const settled = new Map<string, number>();
  const held = new Map<string, { readonly usd: number; readonly reservations: number }>();
  /** What the file says of each day that this process has to do with. */
  const onDisk = new Map<string, number>();
  let writes: Promise<void> = Promise.resolve();

  const today = (): string => new Date(clock.now()).toISOString().slice(0, 10);
  // A day that has not come yet was entered while the clock was ahead: it counts as today rather than as nothing.
  const ahead = (day: string): number =>
    Object.entries(before).reduce((sum, [then, usd]) => (then > day ? sum + usd : sum), 0);
  const spentOn = (day: string): number => (before[day] ?? 0) + (settled.get(day) ?? 0);
  const takenOn = (day: string): number => spentOn(day) + (held.get(day)?.usd ?? 0);
  const reservation = (day: string, usd: number, by: 1 | -1): void => {
    const before = held.get(day) ?? { usd: 0, reservations: 0 };
    const reservations = before.reservations + by;
    // The sums of fractions do not come out even: what is left of them is dropped.
    held.set(day, { reservations, usd: reservations === 0 ? 0 : before.usd + by * usd });
  };
  const untrusted = `the spending of the day is not known: \`${file}\` cannot be used (${damage}), so MAX_USD_PER_DAY counts as reached`;

  /** One write after the other; each takes what is true when its turn has come. */
  function written(more: number, day: string, enough: () => boolean): Promise<void> {
    const turn = writes.then(async () => {
      if (enough()) return;
      if (!lockHeld()) throw new Error(LOCK_LOST);
      const usd = takenOn(day) + more;
      const days = Object.entries({ ...before, ...Object.fromEntries(onDisk), [day]: usd }).map(
        ([then, sum]) => [then, Math.ceil(sum * 1e9) / 1e9] as const,
      );
      const oldest = new Date(clock.now() - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10);
      const kept = days.filter(([then]) => then >= oldest).sort(([a], [b]) => (a < b ? -1 : 1));
      await disk.replace(file, `${JSON.stringify({ days: Object.fromEntries(kept) })}\n`);
      onDisk.set(day, usd);
    });
    writes = turn.catch(() => {});
    return turn;
  }

  return {
    damage,
    today: () => takenOn(today()) + ahead(today()),
    spentToday: () => spentOn(today()) + ahead(today()),
    async set(usd) {
      if (damage !== null && strict) throw new Error(untrusted);
      if (strict && !lockHeld()) throw new Error(`the spending of the day is not known: ${LOCK_LOST}`);
      const day = today();
      reservation(day, usd, 1);
      const covered = () => (onDisk.get(day) ?? 0) >= takenOn(day);
      try {
        if (damage === null && !covered()) await written(step, day, covered);
      } catch (error) {
        if (strict) {
          reservation(day, usd, -1);
          throw new Error(`the spending of the day could not be entered: ${describeError(error)}`);
        }
      }
      return {
        end(spent) {
          reservation(day, usd, -1);
          settled.set(day, (settled.get(day) ?? 0) + spent);
        },
      };
    },
    async settle() {
      if (damage !== null) return;
      for (const day of onDisk.keys()) await written(0, day, () => onDisk.get(day) === takenOn(day)).catch(() => {});
    },
  };
}

async function readSpend(
  file: string,
  disk: Disk,
): Promise<{ before: Readonly<Record<string, number>>; damage: string | null }> {
  try {
    const text = await disk.read(file);
    return { before: text === null ? {} : Spend.parse(JSON.parse(text)).days, damage: null };
  } catch (error) {
    const why = error instanceof SyntaxError || error instanceof z.ZodError ? 'it is damaged' : describeError(error);
    return { before: {}, damage: why };
  }
}
