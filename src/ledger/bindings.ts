import type { Decision } from '../domain/decision.ts';
import type { Risk } from '../domain/risk.ts';
import type { RunRecord } from '../domain/run_record.ts';
import { yieldEvery } from '../util/event_loop.ts';
import { boundLine, RecordDigest } from './bound_record.ts';
import type { Entry } from './entry.ts';

/** What checking the record of a run against the ledger came to. */
export type RecordCheck =
  /** It is what was decided. */
  | { readonly kind: 'true' }
  /** The lines of these requests were changed after the run; all else is as it was. */
  | { readonly kind: 'lines-changed'; readonly requests: ReadonlySet<string> }
  /** It was changed after the run, and nothing of it can be told to be true. */
  | { readonly kind: 'changed' }
  /** It is from before decisions were bound: nobody can tell. */
  | { readonly kind: 'early' }
  /** The ledger binds decisions, and none of this run: it is refused. */
  | { readonly kind: 'unbound' };

type Sealed = { readonly seq: number; readonly requests: number; readonly digest: string };
type Line = {
  readonly seq: number;
  readonly line: string | null;
  readonly verdict: Verdict;
  readonly risk: Risk | null;
};
type Verdict = Decision['verdict'];

/** What the ledger says about the records of runs: gathered entry by entry. */
export class Bindings {
  readonly #sealed = new Map<string, Sealed>();
  readonly #lines = new Map<string, Line[]>();
  readonly #finished = new Map<string, number>();
  /** The earliest run that is bound; a run id begins with its time. */
  #first: string | null = null;

  take(entry: Entry): void {
    const { seq, run, at } = entry;
    switch (entry.kind) {
      case 'request.decided': {
        const { verdict, risk } = entry.data;
        const line: Line = { seq, line: entry.data.line ?? null, verdict, risk };
        const known = this.#lines.get(entry.data.request);
        if (known === undefined) this.#lines.set(entry.data.request, [line]);
        else known.push(line);
        return;
      }
      case 'run.decided':
        if (run === null) return;
        this.#sealed.set(run, { seq, ...entry.data });
        if (this.#first === null || run < this.#first) this.#first = run;
        return;
      case 'run.finished':
        if (run !== null) this.#finished.set(run, Date.parse(at));
        return;
      default:
    }
  }

  /** When the run ended, milliseconds since the epoch; null when the ledger does not say. */
  finishedAt = (runId: string): number | null => this.#finished.get(runId) ?? null;

  /**
   * Whether a record is what its run decided. Linear in its length.
   * INVARIANT: after the first bound run, what the ledger does not bind is never taken for true.
   */
  async check(record: RunRecord): Promise<RecordCheck> {
    const { runId, reviewed } = record;
    const sealed = this.#sealed.get(runId);
    if (sealed === undefined) {
      if (this.#first === null || runId < this.#first) return { kind: 'early' };
      // A run that broke off decided nothing, and says nothing.
      return { kind: reviewed.length === 0 ? 'true' : 'unbound' };
    }
    if (reviewed.length !== sealed.requests) return { kind: 'changed' };
    const [found, told] = [new RecordDigest(record), new RecordDigest(record)];
    const changed = new Set<string>();
    const yieldTurn = yieldEvery(1000);
    for (const one of reviewed) {
      const { id } = one.dossier.request;
      const line = boundLine(one);
      const digest = this.#lastOn(id, sealed.seq)?.line ?? null;
      found.add(line);
      told.add({ ...line, digest: digest ?? '' });
      if (line.digest !== digest) changed.add(id);
      await yieldTurn();
    }
    if (found.value() === sealed.digest) return { kind: 'true' };
    // With what the ledger says in place of the changed lines it fits: then nothing else was changed.
    return changed.size > 0 && told.value() === sealed.digest
      ? { kind: 'lines-changed', requests: changed }
      : { kind: 'changed' };
  }

  /** What was last decided on the request up to that entry: it is written again only when it changed. */
  #lastOn(request: string, seq: number): Line | undefined {
    return this.#lines.get(request)?.findLast((one) => one.seq <= seq);
  }

  /** Whether the ledger binds the record of that run. */
  binds = (runId: string): boolean => this.#sealed.has(runId);

  /** What the ledger itself says was decided on the request in that run; null when it says nothing. */
  decided(runId: string, request: string): Pick<Line, 'verdict' | 'risk'> | null {
    const sealed = this.#sealed.get(runId);
    return (sealed === undefined ? undefined : this.#lastOn(request, sealed.seq)) ?? null;
  }
}

/** Whether a line of a record that was checked so is what the run decided, as far as anybody can tell. */
export const isChanged = (check: RecordCheck, request: string): boolean =>
  check.kind === 'changed' || (check.kind === 'lines-changed' && check.requests.has(request));
