import type { Config } from '../config/config.ts';
import { assetSight } from '../decide/asset_sight.ts';
import { type ListSight, listSight } from '../decide/list_sight.ts';
import type { Listed, Sight } from '../decide/sight.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { RunFacts } from '../domain/run_record.ts';
import type { Disk } from '../store/disk.ts';
import { keepSeen, readSeen, type Seen } from '../store/seen.ts';
import type { Clock } from '../util/clock.ts';
import { describeError } from '../util/errors.ts';
import { yieldBetween } from '../util/event_loop.ts';

type SightParts = {
  readonly config: Config;
  readonly facts: Pick<RunFacts, 'window'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly disk: Disk;
  /** False where nobody is told: then what is new stays new. */
  readonly tells: boolean;
};

/** What the run got to see, as one run asks for it: of the list, and of the assets. */
export function sightOf({ config, facts, clock, disk, tells }: SightParts) {
  const stateDir = config.places.state;
  const limits = config.vault.sight;
  let told: readonly string[] | null = null;
  let seen: Seen = { told: () => false, newest: null };
  let newest: number | null = null;
  return {
    async seenOfList(listed: Listed): Promise<ListSight> {
      const problems: { where: string; message: string; advice: null }[] = [];
      seen = await readSeen(stateDir, disk).catch((error: unknown) => {
        problems.push({ where: 'state', message: describeError(error), advice: null });
        return seen;
      });
      await yieldBetween(listed.requests);
      const { told: isTold, newest: newestBefore } = seen;
      const sight = listSight(listed, limits, {
        ...{ seen: isTold, newestBefore, now: clock.now(), days: facts.window.days },
      });
      told = sight.keys;
      // Newest first.
      newest = listed.requests[0]?.created ?? null;
      return { ...sight, problems: [...problems, ...sight.problems] };
    },
    async seenOfAssets(dossiers: readonly Dossier[]): Promise<Sight> {
      await yieldBetween(dossiers);
      const sight = assetSight(dossiers, limits.assets, seen.told);
      if (told !== null) told = [...told, ...sight.keys];
      return sight;
    },
    /** Behind report and mail: from now on it was told. @throws {StorageError} */
    async keepSeen(): Promise<void> {
      if (tells && told !== null) await keepSeen(stateDir, told, newest, disk);
    },
  };
}
