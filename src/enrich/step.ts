import type { Config } from '../config/config.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import { CLOCK_SKEW_MS } from '../domain/access_times.ts';
import type { Action } from '../domain/action.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { RunFacts } from '../domain/run_record.ts';
import type { Clock } from '../util/clock.ts';
import type { Progress } from '../util/progress.ts';
import { dossierAnew, type FreshFacts, type ReadAgain, readFresh } from './anew.ts';
import { type AssetReader, freshAssets, readsAsset } from './asset_look_up.ts';
import { type Enrichment, openEnrichment } from './enrich.ts';

type EnrichParts = {
  readonly config: Config;
  readonly facts: Pick<RunFacts, 'startedAt'>;
  /** Our own accounts as far as they are known by then. */
  readonly own: { all(): readonly string[] };
  readonly clock: Pick<Clock, 'now'>;
  readonly vault: AssetReader & {
    newerThan(from: number): Promise<readonly AccessRequest[]>;
    clockAhead(): number | null;
  };
  readonly progress: Pick<Progress, 'update'>;
  readonly signal: AbortSignal;
};

/** How long nobody asks whether something was filed since the list was read. */
const NEWS_MS = 50_000;

/** What our action history says we did. */
type Acted = (requestId: string, action: Action) => boolean;

/** Enriching as one run does it: every request of the window, and again those that something is about to be done to. */
export function enrichStep({ config, facts, own, clock, vault, progress, signal }: EnrichParts) {
  let known: Pick<Enrichment, 'decisions' | 'agentIds'> | null = null;
  const assets = freshAssets(vault, signal, clock.now);
  let last: { readonly at: number; readonly requests: Promise<readonly AccessRequest[]> } = {
    at: facts.startedAt,
    requests: Promise.resolve([]),
  };
  /** Shared by the writes of a minute: most runs are over by then, and one that asks a person may take hours. */
  function newer(): Promise<readonly AccessRequest[]> {
    const [at, before] = [clock.now(), last];
    if (Math.abs(at - before.at) < NEWS_MS) return before.requests;
    const asked = { at, requests: vault.newerThan(facts.startedAt - CLOCK_SKEW_MS) };
    last = asked;
    // What could not be read is asked for again by whoever needs it next.
    asked.requests.catch(() => {
      if (last === asked) last = before;
    });
    return asked.requests;
  }
  // A clock that was put back in between does not make what is over begin again.
  const present = () => Math.max(facts.startedAt, clock.now());
  const looksUp = ({ status }: AccessRequest) =>
    readsAsset(status, { deep: config.analysis.deep, switches: config.actions });
  const about = (now: number, acted: Acted) => ({
    now,
    agentUsers: own.all(),
    rejectedByUs: (id: string) => acted(id, 'reject'),
    officeHours: config.analysis.officeHours,
    maxDaysAhead: config.analysis.maxDaysAhead,
    clockAhead: vault.clockAhead(),
  });

  return {
    async enrich(requests: readonly AccessRequest[], acted: Acted): Promise<Dossier[]> {
      const enriched = await openEnrichment(requests, {
        ...about(facts.startedAt, acted),
        readAt: present(),
        looksUp,
        assets: vault,
        concurrency: config.vault.concurrency,
        signal,
        onProgress: (done, total) => progress.update('enrich', done, total),
      });
      const { decisions, agentIds } = enriched;
      known = { decisions, agentIds };
      return enriched.dossiers;
    },

    /** Right before a write. @throws {UpstreamError} */
    async readFresh(request: AccessRequest, action: Action, readAgain: ReadAgain): Promise<FreshFacts> {
      if (known === null) throw new Error('nothing was enriched in this run');
      const how = { assets, looksUp, newer, now: clock.now, readAgain };
      return readFresh(request, action, known.decisions, how);
    },

    /** `together`: what this run rejected. Whoever let both through did not overrule themselves. */
    dossierAnew(
      old: Dossier,
      live: AccessRequest,
      fresh: FreshFacts,
      acted: Acted,
      together: (requestId: string) => boolean,
    ): Dossier {
      const beside = fresh.beside.filter(({ id }) => !together(id));
      return dossierAnew(old, live, { ...fresh, beside }, { ...about(present(), acted), agentIds: known?.agentIds });
    },
  };
}
