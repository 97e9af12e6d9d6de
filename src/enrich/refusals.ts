import type { AccessRequest } from '../domain/access_request.ts';
import {
  assetKey,
  assetNameKey,
  isRefused,
  operationKey,
  personKeys,
  type Refusal,
  sameThing,
  standingRefusal,
  type WhoDecided,
} from '../domain/recorded_decisions.ts';

/** Where requests are found that name no asset, or less than all of one. */
const NO_ASSET = 'no asset';
const ID_ONLY = 'id only';
const NAME_ONLY = 'name only';
const NOTHING = 'neither id nor name';

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
      for (const place of placesOf(request)) {
        const beside = theirs.get(place);
        if (beside === undefined) theirs.set(place, [request]);
        else beside.push(request);
      }
    }
  }

  /** Asked once for all that ask for the same; of a settled request nobody wants to know. */
  of(request: AccessRequest, who: WhoDecided): Refusal | null {
    if (!isWaiting(request)) return null;
    const persons = personKeys(request);
    if (persons.length === 0) return standingRefusal([request], who);
    const key = JSON.stringify([persons, placesOf(request), operationKey(request)]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = standingRefusal([request, ...this.beside(request)], who);
    this.#known.set(key, found);
    return found;
  }

  /** What the same person asked for, and may be the same thing; without the request itself. */
  beside(request: AccessRequest): AccessRequest[] {
    const found = new Set<AccessRequest>();
    const places = placesToLook(request);
    for (const person of personKeys(request)) {
      const theirs = this.#byPerson.get(person);
      if (theirs === undefined) continue;
      for (const one of (places ?? [...theirs.keys()]).flatMap((name) => theirs.get(name) ?? [])) {
        if (one.id !== request.id && sameThing(one, request)) found.add(one);
      }
    }
    return [...found];
  }
}

export const isWaiting = ({ status }: AccessRequest): boolean => status === 'Active';

/** Under which names a request is kept. */
function placesOf(request: AccessRequest): string[] {
  if (request.asset === null) return [NO_ASSET];
  const [id, name] = [assetKey(request), assetNameKey(request)];
  if (id === null && name === null) return [NOTHING];
  return [...(id === null ? [NAME_ONLY] : [`id ${id}`]), ...(name === null ? [ID_ONLY] : [`name ${name}`])];
}

/** Where others lie that may be about the same; null for everywhere. What is missing may be the same. */
function placesToLook(request: AccessRequest): string[] | null {
  const places = placesOf(request);
  if (places.includes(NOTHING)) return null;
  if (places.includes(NO_ASSET)) return places;
  const named = places.filter((place) => place !== ID_ONLY && place !== NAME_ONLY);
  const partial = places.includes(ID_ONLY) ? [NAME_ONLY] : places.includes(NAME_ONLY) ? [ID_ONLY] : [];
  return [...named, ...partial, NOTHING];
}
