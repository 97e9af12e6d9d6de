import type { AccessRequest } from '../domain/access_request.ts';
import { hoursOf, requestedHours } from '../domain/access_times.ts';
import { assetKey, isApproval, isRefused, operationKey } from '../domain/recorded_decisions.ts';
import { HOUR_MS } from '../util/durations.ts';
import type { People } from './people.ts';

/**
 * For how long a person would have one asset without a break of an hour, if a request were granted: nine windows of a day,
 * one behind the other, are nine days. The operation makes no difference: whoever may look at a machine one day and connect
 * to it the next has had it for two.
 *
 * Counted together are windows that are asked for and not over, that are granted, and that were: one that has just ended
 * still adjoins. Kept are only the windows of a person on an asset that somebody still has to decide about.
 * INVARIANT: linear, apart from the sorting of each person's windows on one asset: no two requests are compared.
 */
export class ContiguousWindows {
  readonly #people: People;
  readonly #now: number;
  readonly #assets = new Map<string, number>();
  /** By person and asset: the place of the last window in the lists below; -1 before the first. */
  readonly #last = new Map<number, number>();
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** Place of the window before it of the same person and asset; -1 for the first. */
  readonly #before: number[] = [];
  readonly #merged = new Map<number, Spans>();

  constructor(people: People, now: number) {
    this.#people = people;
    this.#now = now;
  }

  /** INVARIANT: the windows that somebody has to decide about are told first, then all are added, then any is asked about. */
  expect(request: AccessRequest): void {
    if (request.status !== 'Active') return;
    const pair = this.#pairOf(request);
    if (pair !== null) this.#last.set(pair, -1);
  }

  add(request: AccessRequest): void {
    const pair = this.#pairOf(request);
    const before = pair === null ? undefined : this.#last.get(pair);
    if (pair === null || before === undefined) return;
    const span = spanOf(request, this.#now);
    if (span === null) return;
    this.#last.set(pair, this.#starts.length);
    this.#starts.push(span.from);
    this.#ends.push(span.to);
    this.#before.push(before);
  }

  /** With one decimal; null when an end is missing. */
  hoursOf(request: AccessRequest): number | null {
    const own = requestedHours(request);
    const pair = this.#pairOf(request);
    if (own === null || pair === null) return own;
    const { starts, ends } = this.#spansOf(pair);
    const from = request.requestedFrom ?? 0;
    const at = lastUpTo(starts, from);
    const [start, end] = [starts[at], ends[at]];
    if (start === undefined || end === undefined || from > end) return own;
    return end === Number.POSITIVE_INFINITY ? null : Math.max(own, hoursOf(end - start));
  }

  #pairOf(request: AccessRequest): number | null {
    const person = this.#people.of(request);
    if (person === null) return null;
    const { asset } = request;
    const id = assetKey(request);
    const name =
      asset === null ? `operation ${operationKey(request)}` : id === null ? `name ${asset.name}` : `id ${id}`;
    const known = this.#assets.get(name) ?? this.#assets.size;
    this.#assets.set(name, known);
    return person * MOST_ASSETS + known;
  }

  #spansOf(pair: number): Spans {
    const known = this.#merged.get(pair);
    if (known !== undefined) return known;
    const places: number[] = [];
    for (let at = this.#last.get(pair) ?? -1; at !== -1; at = this.#before[at] ?? -1) places.push(at);
    const spans = merged(places, this.#starts, this.#ends);
    // Most have one window, which is put together as fast as it is found.
    if (places.length > FEW) this.#merged.set(pair, spans);
    return spans;
  }
}

/** More than any window has; times as many persons, and still a whole number. */
const MOST_ASSETS = 2 ** 24;
const FEW = 4;

/** Ascending, with an hour or more between them. */
type Spans = { readonly starts: readonly number[]; readonly ends: readonly number[] };

function merged(places: number[], starts: readonly number[], ends: readonly number[]): Spans {
  places.sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0));
  const all = { starts: [] as number[], ends: [] as number[] };
  let last = -1;
  for (const place of places) {
    const [start, end] = [starts[place] ?? 0, ends[place] ?? 0];
    const before = all.ends[last];
    if (before !== undefined && start - before < HOUR_MS) all.ends[last] = Math.max(before, end);
    else {
      last = all.starts.push(start) - 1;
      all.ends.push(end);
    }
  }
  return all;
}

/** The place of the last of the ascending `times` that is not after `moment`; -1 when all are. */
export function lastUpTo(times: readonly number[], moment: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= moment) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** For how long the person has, had or would have what is asked for; null for what nobody ever had or will have. */
function spanOf(request: AccessRequest, now: number): { from: number; to: number } | null {
  const { status, requestedFrom, requestedTo, created, approved, completed } = request;
  const from = requestedFrom ?? approved ?? created;
  const to = requestedTo ?? Number.POSITIVE_INFINITY;
  const span = (end: number) => (end > from ? { from, to: end } : null);
  if (isRefused(request) || (status === 'Active' && to <= now)) return null;
  if (status !== 'Completed') return span(to);
  const end = Math.min(to, completed ?? Number.POSITIVE_INFINITY);
  // Withdrawn before anybody granted it, or of unknown length.
  return wasGranted(request) && end !== Number.POSITIVE_INFINITY ? span(end) : null;
}

/** Completed does not mean that it was ever granted: it may have been withdrawn, also on its second level. */
function wasGranted({ approved, approvals, levels }: AccessRequest): boolean {
  const signed = approvals.filter(isApproval).length;
  if (approvals.length > 0 && levels !== null) return signed >= levels;
  return approved !== null || signed > 0;
}
