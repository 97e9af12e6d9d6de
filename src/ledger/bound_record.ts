import { hash } from 'node:crypto';
import type { Reviewed, RunRecord } from '../domain/run_record.ts';

/**
 * What the ledger says about the record of a run, so that nobody can change the record afterwards. Digests are over the
 * JSON of the values as they are archived (schema 3), before any later version brings them into its own shape.
 *
 * The outcome is left out of both: it comes after the entry, and has entries of its own.
 */

/** One reviewed request as its `request.decided` has it. */
export type BoundLine = {
  /** Over all that was read, confirmed, decided and said, and on which request. */
  readonly digest: string;
  /**
   * The rest: what the clock and the other requests make of it. From run to run it changes for every request, and would
   * make a new entry of each; `run.decided` binds it instead.
   */
  readonly rest: string;
};

export function boundLine({ outcome: _, ...line }: Reviewed): BoundLine {
  const { dossier, accessContext, assessment, confirmation, decision, comment, ...more } = line;
  const { request, texts, asset, gaps, ...facts } = dossier;
  const { remembered, ...rating } = { remembered: undefined, ...assessment };
  const bound = [request, texts, asset, gaps, accessContext, rating, confirmation, decision, comment];
  return { digest: hash('sha256', JSON.stringify(bound)), rest: JSON.stringify([facts, remembered, more]) };
}

/** What is known of a run from its beginning on, and the reader of its record relies on. */
export type BoundHead = Pick<
  RunRecord,
  | 'runId'
  | 'startedAt'
  | 'dryRun'
  | 'agentUser'
  | 'planId'
  | 'approvedBy'
  | 'vaultUrl'
  | 'window'
  | 'gate'
  | 'deepAnalysis'
  | 'digests'
>;

/** The digest of a whole record: its head and its lines, as many as there are, in their order. */
export class RecordDigest {
  /** Digest upon digest, so that nothing has to be held. */
  #state: string;
  requests = 0;

  constructor(head: BoundHead) {
    const { runId, startedAt, dryRun, agentUser, planId, approvedBy, vaultUrl, window, gate, deepAnalysis, digests } =
      head;
    const bound = [runId, startedAt, dryRun, agentUser, planId, approvedBy, vaultUrl, window, gate, deepAnalysis];
    this.#state = hash('sha256', JSON.stringify([...bound, digests.policy, digests.prompts]));
  }

  add({ digest, rest }: BoundLine): void {
    this.#state = hash('sha256', `${this.#state}${digest}${rest}`);
    this.requests += 1;
  }

  value(): string {
    return this.#state;
  }
}
