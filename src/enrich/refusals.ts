import type { AccessRequest } from '../domain/access_request.ts';
import {
  assetKey,
  isRefused,
  operationKey,
  personKeys,
  type Refusal,
  sameThing,
  standingRefusal,
  type WhoDecided,
} from '../domain/recorded_decisions.ts';

/** Requests that name no asset, and those whose asset has no id. */
const NO_ASSET = 'none';
const NO_ID = 'unknown';

/**
 * What people decided in the window, found by who asked for what. Kept is only what can matter to a request that waits:
 * recorded decisions, and requests on which one may still come.
 */
export class RecordedDecisions {
  readonly #waiting: ReadonlySet<string>;
  readonly #byPerson = new Map<string, Map<string, AccessRequest[]>>();
  readonly #known = new Map<string, Refusal | null>();

  constructor(requests: readonly AccessRequest[]) {
    this.#waiting = new Set(requests.filter(isWaiting).flatMap(personKeys));
  }

  add(request: AccessRequest): void {
    if (request.approvals.length === 0 && !isRefused(request) && !isWaiting(request)) return;
    for (const person of personKeys(request)) {
      if (!this.#waiting.has(person)) continue;
      const theirs = this.#byPerson.get(person) ?? new Map<string, AccessRequest[]>();
      this.#byPerson.set(person, theirs);
      const place = placeOf(request);
      const beside = theirs.get(place);
      if (beside === undefined) theirs.set(place, [request]);
      else beside.push(request);
    }
  }

  /** Asked once for all that ask for the same; of a settled request nobody wants to know. */
  of(request: AccessRequest, who: WhoDecided): Refusal | null {
    if (!isWaiting(request)) return null;
    const persons = personKeys(request);
    if (persons.length === 0) return standingRefusal([request], who);
    const key = JSON.stringify([persons, placeOf(request), request.asset?.name, operationKey(request)]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = standingRefusal([request, ...this.beside(request)], who);
    this.#known.set(key, found);
    return found;
  }

  /** What the same person asked for, and may be the same thing; without the request itself. */
  beside(request: AccessRequest): AccessRequest[] {
    const found = new Set<AccessRequest>();
    const place = placeOf(request);
    for (const person of personKeys(request)) {
      const theirs = this.#byPerson.get(person);
      if (theirs === undefined) continue;
      const places = place === NO_ID ? [...theirs.keys()] : place === NO_ASSET ? [NO_ASSET] : [place, NO_ID];
      for (const one of places.flatMap((name) => theirs.get(name) ?? [])) {
        if (one.id !== request.id && sameThing(one, request)) found.add(one);
      }
    }
    return [...found];
  }
}

export const isWaiting = ({ status }: AccessRequest): boolean => status === 'Active';

const placeOf = (request: AccessRequest): string =>
  request.asset === null ? NO_ASSET : assetKey(request) === null ? NO_ID : `id ${assetKey(request)}`;
