import type { Config } from '../config/config.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import type { Action } from '../domain/action.ts';
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

type Acted = (requestId: string, action: Action) => boolean;

/** Enriching as one run does it. */
export const enrichStep = ({ config, facts, own, vault, progress, signal }: EnrichParts) => ({
  /** `acted`: what our action history says we did. */
  enrich: (requests: readonly AccessRequest[], acted: Acted): Promise<Dossier[]> =>
    enrich(requests, {
      now: facts.startedAt,
      agentUsers: own.all(),
      rejectedByUs: (id) => acted(id, 'reject'),
      officeHours: config.analysis.officeHours,
      looksUp: ({ status }) => readsAsset(status, { deep: config.analysis.deep, switches: config.actions }),
      assets: vault,
      concurrency: config.vault.concurrency,
      signal,
      onProgress: (done, total) => progress.update('enrich', done, total),
    }),
});
