import type { Config } from '../config/config.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { RunFacts } from '../domain/run_record.ts';
import type { Progress } from '../util/progress.ts';
import { type AssetReader, readsAsset } from './asset_look_up.ts';
import { enrich } from './enrich.ts';

type EnrichParts = {
  readonly config: Config;
  readonly facts: Pick<RunFacts, 'startedAt'>;
  /** Our own accounts as far as they are known by then. */
  readonly own: { all(): readonly string[] };
  readonly vault: AssetReader;
  readonly progress: Pick<Progress, 'update'>;
  readonly signal: AbortSignal;
};

/** Enriching as one run does it. */
export const enrichStep = ({ config, facts, own, vault, progress, signal }: EnrichParts) => ({
  enrich: (requests: readonly AccessRequest[]): Promise<Dossier[]> =>
    enrich(requests, {
      now: facts.startedAt,
      agentUsers: own.all(),
      officeHours: config.analysis.officeHours,
      looksUp: ({ status }) => readsAsset(status, { deep: config.analysis.deep, switches: config.actions }),
      assets: vault,
      concurrency: config.vault.concurrency,
      signal,
      onProgress: (done, total) => progress.update('enrich', done, total),
    }),
});
