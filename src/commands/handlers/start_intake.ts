import { findRecorded } from '../../analysis/explain/believed.ts';
import type { Config } from '../../config/config.ts';
import { type Intake, openIntake } from '../../intake/intake.ts';
import type { IntakeSettings, Known } from '../../intake/routes.ts';
import { agentazForm } from '../../report/agentaz_form.ts';
import { realDisk } from '../../store/disk.ts';
import { openRunArchive } from '../../store/run_archive.ts';
import type { Clock } from '../../util/clock.ts';
import type { Log } from '../../util/log.ts';

type Around = {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly begin: () => void;
};

const MOST_KNOWN = 1_000;

/** The intake of `start`, loaded only where one is configured. */
export function startIntake(
  settings: IntakeSettings,
  { places, historyKeep }: Config,
  around: Around,
): Promise<Intake> {
  const kept = { archive: openRunArchive(places.state, historyKeep), stateDir: places.state, disk: realDisk };
  let last: Promise<unknown> = Promise.resolve();
  let newest: string | undefined;
  const known = new Map<string, Known>();

  /** What was found holds until there is another run. */
  async function find(id: string): Promise<Known> {
    const run = (await kept.archive.ids()).at(-1);
    if (run !== newest || known.size >= MOST_KNOWN) known.clear();
    newest = run;
    const found = known.get(id) ?? (await lookUp(id));
    known.set(id, found);
    return found;
  }
  async function lookUp(id: string): Promise<Known> {
    const recorded = await findRecorded(kept, id, null);
    if (recorded.kind === 'not-found') return { kind: 'unknown' };
    if (recorded.kind === 'not-believed') return { kind: 'not-believed', says: recorded.about.record.says };
    return { kind: 'found', form: agentazForm(recorded.found.reviewed) };
  }
  return openIntake({
    settings,
    ...around,
    // One after another: each reads a whole run, beside a run that may be under way.
    lookUp(id) {
      const found = last.then(() => find(id));
      last = found.catch(() => {});
      return found;
    },
  });
}
