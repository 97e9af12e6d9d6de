import type { Needed } from './needed.ts';

/** What the upstreams take, and how many calls of a run may be under way with each at a time. */
export type Limits = {
  readonly vaultMs: number;
  readonly modelMs: number;
  readonly vaultAtOnce: number;
  readonly modelAtOnce: number;
};

export type CriticalPath = {
  readonly fetch: number;
  readonly score: number;
  readonly confirm: number;
  readonly act: number;
  readonly alert: number;
  /** The whole, milliseconds. */
  readonly total: number;
};

/** Look, write, look again: a request is checked right before its write, and what the write did is read after it. */
const CALLS_PER_ACTION = 3;

/**
 * The shortest time in which a run that makes the calls it needs can end, if it computed in no time: the latencies of
 * the calls that have to wait for each other, with everything else beside them as far as the limits allow. Calls that
 * may run beside each other go in rounds of as many as the limit allows.
 *
 * - fetch: the first page tells how many there are, the others go in rounds, and the first is read once more for what
 *   arrived meanwhile. The model's key (discovery, credential) is fetched in parallel.
 * - score: the frequency of a requestor counts over the whole window, so it begins after the last page. Assets and
 *   containers are read beside the questions; the first question of a deep analysis waits for one asset and its
 *   container, the last one for all of them.
 * - confirm: after all scores, because what a run may do at all is decided over all of them.
 * - act: three calls in a row for each action, the actions in parallel.
 * - alert: the mail's secret. Sign-in and Graph answer at once here.
 *
 * Connections, their handshakes, and the disk cost nothing here; in the measured time they count.
 */
export function criticalPath(
  needed: Needed,
  { vaultMs, modelMs, vaultAtOnce, modelAtOnce }: Limits,
  deep: boolean,
): CriticalPath {
  const rounds = (calls: number, atOnce: number) => Math.ceil(calls / atOnce);
  const { pages, assets, containers, assessing, confirming, actions } = needed;

  const reread = pages > 1 ? 1 : 0;
  const fetch = vaultMs * Math.max(1 + rounds(pages - 1, vaultAtOnce) + reread, assessing > 0 ? 2 : 0);
  const lookUps = vaultMs * Math.max(rounds(assets + containers, vaultAtOnce), containers > 0 ? 2 : 0);
  const beforeFirst = deep ? vaultMs * (Math.sign(assets) + Math.sign(containers)) : 0;
  const asked = modelMs * rounds(assessing, modelAtOnce);
  const score = Math.max(beforeFirst + asked, lookUps + (assessing > 0 ? modelMs : 0));
  const confirm = modelMs * rounds(confirming, modelAtOnce);
  const act = vaultMs * CALLS_PER_ACTION * rounds(actions, vaultAtOnce);
  const alert = vaultMs;
  return { fetch, score, confirm, act, alert, total: fetch + score + confirm + act + alert };
}
