import { type Needed, questionsOf } from './needed.ts';

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

/**
 * The shortest time in which a run that makes the calls it needs can end, if it computed in no time: the latencies of
 * the calls that have to wait for each other, with everything else beside them as far as the limits allow. Calls that
 * may run beside each other go in rounds of as many as the limit allows.
 *
 * - fetch: the first page tells how many there are, the others go in rounds, and the first is read once more for what
 *   arrived meanwhile. The model's key (discovery, credential) is fetched in parallel.
 * - score: the frequency of a requestor counts over the whole window, so it begins after the last page. All questions stand in one
 *   queue. Assets and containers are read beside the questions; the first question of a deep analysis waits for one asset and its
 *   container, the last one for all of them.
 * - confirm: nothing, unless the queue is so short that a single question finds no round after the question which proposes the
 *   rejection.
 * - act: after all scores, because what a run may do at all is decided over all of them. Each write stands between two looks at the
 *   live request. A page that was read after the writes of a round answers for all of them, and is the look before the next round.
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
  const { pages, assets, containers, single, actions } = needed;
  const questions = questionsOf(needed);

  const reread = pages > 1 ? 1 : 0;
  const fetch = vaultMs * Math.max(1 + rounds(pages - 1, vaultAtOnce) + reread, questions > 0 ? 2 : 0);
  const lookUps = vaultMs * Math.max(rounds(assets + containers, vaultAtOnce), containers > 0 ? 2 : 0);
  const beforeFirst = deep ? vaultMs * (Math.sign(assets) + Math.sign(containers)) : 0;
  const inQueue = rounds(questions, modelAtOnce);
  const asked = modelMs * inQueue;
  const score = Math.max(beforeFirst + asked, lookUps + (questions > 0 ? modelMs : 0));
  const confirm = single > 0 && inQueue < 2 ? modelMs : 0;
  const act = actions === 0 ? 0 : vaultMs * (1 + 2 * rounds(actions, vaultAtOnce));
  const alert = vaultMs;
  return { fetch, score, confirm, act, alert, total: fetch + score + confirm + act + alert };
}
