import { type AccessRequest, requestorKey } from '../domain/access_request.ts';

/** How many requests of the window each requestor made. Counted over all requests before any of them is judged. */
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
