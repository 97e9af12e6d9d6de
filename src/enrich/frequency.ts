import type { AccessRequest } from '../request/access_request.ts';

/** How many requests of the window each requestor made. Counted over all requests before any of them is judged. */
export class RequestorFrequency {
  readonly #counts = new Map<string, number>();

  constructor(requests: readonly AccessRequest[]) {
    for (const request of requests) {
      const key = requestorKey(request);
      if (key !== null) this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
    }
  }

  /** Requests of the same requestor, this one included; 0 when nobody is named. */
  of(request: AccessRequest): number {
    const key = requestorKey(request);
    return key === null ? 0 : (this.#counts.get(key) ?? 0);
  }
}

/** Who asked: the id, else the account name without case and domain; null when the vault named nobody. */
export function requestorKey({ requestor }: AccessRequest): string | null {
  const id = requestor.id?.trim();
  if (id) return `id:${id}`;
  for (const name of [requestor.name, requestor.displayName]) {
    const bare = name === null ? '' : bareName(name);
    if (bare !== '') return `name:${bare}`;
  }
  return null;
}

// Two accounts of one name in two domains are counted together: too high a count asks a person, too low a one does not.
function bareName(name: string): string {
  const plain = name.normalize('NFKC').trim().toLowerCase();
  return plain.slice(plain.lastIndexOf('\\') + 1).split('@')[0] ?? '';
}
