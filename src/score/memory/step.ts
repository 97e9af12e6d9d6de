import type { Config } from '../../config/config.ts';
import type { Assessment } from '../../domain/assessment.ts';
import type { Dossier } from '../../domain/dossier.ts';
import { openAssessments } from '../../store/assessments.ts';
import type { Disk } from '../../store/disk.ts';
import type { Clock } from '../../util/clock.ts';
import { describeError } from '../../util/errors.ts';
import { inPortions } from '../../util/event_loop.ts';
import type { Log } from '../../util/log.ts';
import type { Prompts } from '../prompts.ts';
import type { ScoreOptions } from '../score.ts';
import { type Keep, type Remembering, remembering } from './recall.ts';

type Asked = Pick<ScoreOptions, 'windowDays' | 'agentUser'> & { readonly prompts: Prompts } & Required<
    Pick<ScoreOptions, 'screened' | 'accessContexts'>
  > & { readonly acted?: (requestId: string) => boolean };

/** What earlier runs know of these requests, and what has to be asked. */
export type Sorted = {
  readonly known: ReadonlyMap<string, Assessment>;
  readonly rest: readonly Dossier[];
  readonly keep: Keep;
  /** What holds a request, so that it need not be asked again. */
  readonly held: Pick<Remembering, 'recallConfirmation' | 'keepConfirmation' | 'keepBorneOut'>;
  /** Never fails: what could not be kept is asked about again. */
  save(): Promise<void>;
  /** The same in the middle of the step, when it is time again: nobody has to wait for it. */
  saveNowAndThen(): Promise<void>;
};
export type SortRatings = (dossiers: readonly Dossier[], asked: Asked) => Promise<Sorted>;

/** So much of what was paid for may be lost when a run is killed. */
const SAVE_EVERY_MS = 120_000;
/** The file of a million takes a quarter of a minute: no more than a twentieth of the time goes into it. */
const PAUSE_TIMES = 20;

/** The memory of assessments as one run uses it; with `ASSESSMENTS_REMEMBER=false` nothing is known and nothing kept. */
export function rememberedRatings(
  config: Config,
  { clock, disk, log, runId }: { clock: Clock; disk: Disk; log: Log; runId: string },
): SortRatings {
  const { remember, rememberDays: keepDays, model, sharedModel, baseUrl: endpoint } = config.model;
  if (!remember) return nothingRemembered;
  const sealedWith = config.vault.token;
  return async (dossiers, { windowDays, agentUser, prompts, screened, accessContexts, acted }) => {
    const store = await openAssessments(config.places.state, { now: clock.now(), keepDays, sealedWith }, disk);
    const forgotten = (why: string) => log.warn('assessments.forgotten', { run: runId, why });
    if (store.damage !== null) forgotten(store.damage);
    const confidenceNeeded = config.actions.confidenceNeeded > 0;
    const asking = { model, sharedModel, endpoint, prompts, context: { windowDays, agentUser }, confidenceNeeded };
    const memory = remembering(store, asking, { screened, accessContexts, ...(acted && { acted }) });
    const known = new Map<string, Assessment>();
    const isUnknown = (dossier: Dossier): boolean => {
      const assessment = memory.recall(dossier);
      if (assessment !== null) known.set(dossier.request.id, assessment);
      return assessment === null;
    };
    const rest = await inPortions(dossiers, (some) => some.filter(isUnknown));
    /** INVARIANT: one write after the other. */
    let writes: Promise<void> = Promise.resolve();
    let under = false;
    let savedAt = clock.now();
    let pauseMs = SAVE_EVERY_MS;
    const save = () => {
      under = true;
      const begun = clock.now();
      writes = writes
        .then(() => store.save())
        .catch((error: unknown) => forgotten(describeError(error)))
        .finally(() => {
          under = false;
          savedAt = clock.now();
          pauseMs = Math.max(SAVE_EVERY_MS, PAUSE_TIMES * (savedAt - begun));
        });
      return writes;
    };
    // A clock that was put back is no reason to wait for longer.
    const isTime = () => !under && Math.abs(clock.now() - savedAt) >= pauseMs;
    const saveNowAndThen = () => (isTime() ? save() : Promise.resolve());
    return { known, rest, keep: memory.keep, held: memory, save, saveNowAndThen };
  };
}

export const NOTHING_HELD: Sorted['held'] = {
  recallConfirmation: () => null,
  keepConfirmation: () => {},
  keepBorneOut: () => {},
};

export const nothingRemembered: SortRatings = async (dossiers) => ({
  known: new Map(),
  rest: dossiers,
  keep: () => {},
  held: NOTHING_HELD,
  save: async () => {},
  saveNowAndThen: async () => {},
});
