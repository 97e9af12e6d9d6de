import { type AccessRequest, exactRequestorKey } from '../domain/access_request.ts';
import type { History } from '../domain/dossier.ts';
import { HOUR_MS } from '../util/durations.ts';
import { lastUpTo } from './contiguous.ts';
import type { People } from './people.ts';

/**
 * The habits of every requestor of the window: what they asked for before, and how fast. Of a requestor whom the vault
 * does not name nothing is known, so that everything is their first request.
 */
export class RequestHistory {
  readonly #people: People;
  readonly #seen = new Set<string>();
  readonly #firsts = new Set<string>();
  readonly #times = new Map<number, Times>();

  constructor(people: People) {
    this.#people = people;
  }

  /** INVARIANT: in the order in which they were made, the oldest first. */
  add(request: AccessRequest): void {
    const person = this.#people.of(request);
    if (person === null) return;
    const pair = JSON.stringify([exactRequestorKey(request), request.asset?.id ?? request.operation]);
    if (!this.#seen.has(pair)) this.#firsts.add(request.id);
    this.#seen.add(pair);
    const known = this.#times.get(person);
    if (known === undefined) this.#times.set(person, { times: [request.created], most: null });
    else known.times.push(request.created);
  }

  of(request: AccessRequest): History {
    const person = this.#people.of(request);
    const known = person === null ? undefined : this.#times.get(person);
    if (known === undefined) return { firstForAsset: true, requestsInHour: 1 };
    known.most ??= mostInHour(known.times);
    return {
      firstForAsset: this.#firsts.has(request.id),
      requestsInHour: known.most[lastUpTo(known.times, request.created)] ?? 1,
    };
  }
}

/** Of one person: the moments of their requests, ascending, and for each of them the most in an hour that holds it. */
type Times = { readonly times: number[]; most: Uint32Array | null };

/**
 * For each of the ascending `times` how many of them lie within the fullest hour that holds it. Looked at are the hours that
 * begin with one of them: no other is fuller. INVARIANT: each time is looked at a few times, however many there are.
 */
export function mostInHour(times: readonly number[]): Uint32Array {
  const counts = new Uint32Array(times.length);
  let end = 0;
  for (const [at, start] of times.entries()) {
    while (end < times.length && (times[end] ?? 0) - start < HOUR_MS) end++;
    counts[at] = end - at;
  }
  // The hours that hold a moment begin with it or less than an hour before: the highest count of them stands in front.
  const most = new Uint32Array(times.length);
  const candidates: number[] = [];
  let first = 0;
  for (const [at, moment] of times.entries()) {
    const count = counts[at] ?? 0;
    while (candidates.length > first && (counts[candidates.at(-1) ?? 0] ?? 0) <= count) candidates.pop();
    candidates.push(at);
    while (moment - (times[candidates[first] ?? at] ?? moment) >= HOUR_MS) first++;
    most[at] = counts[candidates[first] ?? at] ?? 0;
  }
  return most;
}

export const oldestFirst = (requests: readonly AccessRequest[]): AccessRequest[] =>
  [...requests].sort((a, b) => a.created - b.created);

/** How many requests of the window each requestor made. Counted over all requests before any of them is reviewed. */
export class RequestorFrequency {
  readonly #people: People;
  readonly #counts = new Map<number, number>();

  constructor(people: People) {
    this.#people = people;
  }

  add(request: AccessRequest): void {
    const person = this.#people.of(request);
    if (person !== null) this.#counts.set(person, (this.#counts.get(person) ?? 0) + 1);
  }

  /** Requests of the same requestor, this one included; 0 when nobody is named. */
  of(request: AccessRequest): number {
    const person = this.#people.of(request);
    return person === null ? 0 : (this.#counts.get(person) ?? 0);
  }
}
