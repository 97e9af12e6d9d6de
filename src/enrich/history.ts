import { type AccessRequest, exactRequestorKey, requestorKey } from '../domain/access_request.ts';
import type { History } from '../domain/dossier.ts';
import { HOUR_MS } from '../util/durations.ts';

/**
 * The habits of every requestor of the window: what they asked for before, and how fast. Of a requestor whom the vault
 * does not name nothing is known, so that everything is their first request.
 */
export class RequestHistory {
  readonly #seen = new Set<string>();
  readonly #firsts = new Set<string>();
  readonly #times = new Map<string, number[]>();

  /** INVARIANT: in the order in which they were made, the oldest first. */
  add(request: AccessRequest): void {
    const person = requestorKey(request);
    if (person === null) return;
    const pair = JSON.stringify([exactRequestorKey(request), request.asset?.id ?? request.operation]);
    if (!this.#seen.has(pair)) this.#firsts.add(request.id);
    this.#seen.add(pair);
    const times = this.#times.get(person);
    if (times === undefined) this.#times.set(person, [request.created]);
    else times.push(request.created);
  }

  of(request: AccessRequest): History {
    const person = requestorKey(request);
    if (person === null) return { firstForAsset: true, requestsInHour: 1 };
    const times = this.#times.get(person) ?? [];
    return {
      firstForAsset: this.#firsts.has(request.id),
      requestsInHour: upTo(times, request.created) - upTo(times, request.created - HOUR_MS),
    };
  }
}

export const oldestFirst = (requests: readonly AccessRequest[]): AccessRequest[] =>
  [...requests].sort((a, b) => a.created - b.created);

/** How many of the ascending `times` lie at or before `moment`. */
function upTo(times: readonly number[], moment: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many requests of the window each requestor made. Counted over all requests before any of them is reviewed. */
export class RequestorFrequency {
  readonly #counts = new Map<string, number>();

  add(request: AccessRequest): void {
    const key = requestorKey(request);
    if (key !== null) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** Requests of the same requestor, this one included; 0 when nobody is named. */
  of(request: AccessRequest): number {
    const key = requestorKey(request);
    return key === null ? 0 : (this.#counts.get(key) ?? 0);
  }
}
