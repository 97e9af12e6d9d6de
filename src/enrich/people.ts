import type { AccessRequest } from '../domain/access_request.ts';
import { personKeys } from '../domain/recorded_decisions.ts';

/**
 * Who made which requests of the window. The vault may give an id in one request and only a name in the next, and write the
 * account in several ways: requests that have a key in common are one person's, also by way of a third. Too many counted
 * together asks a person, too few does not.
 */
export class People {
  readonly #nodes = new Map<string, number>();
  /** Of a node another one of the same person; of one node of each person itself. */
  readonly #parents: number[] = [];
  /** What the vault says of a requestor is held once for all of their requests; null where it names nobody. */
  readonly #known = new WeakMap<AccessRequest['requestor'], number | null>();

  /** INVARIANT: every request is added before anybody is asked about. */
  add(request: AccessRequest): void {
    if (this.#known.has(request.requestor)) return;
    let first: number | null = null;
    for (const key of personKeys(request)) {
      const node = this.#nodeOf(key);
      if (first === null) first = node;
      else this.#parents[this.#root(node)] = this.#root(first);
    }
    this.#known.set(request.requestor, first);
  }

  /** One number for each person; null when the vault names nobody. */
  of(request: AccessRequest): number | null {
    const known = this.#known.get(request.requestor);
    const node = known === undefined ? this.#nodes.get(personKeys(request)[0] ?? '') : known;
    return node === undefined || node === null ? null : this.#root(node);
  }

  #nodeOf(key: string): number {
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const node = this.#parents.length;
    this.#parents.push(node);
    this.#nodes.set(key, node);
    return node;
  }

  #root(node: number): number {
    let at = node;
    for (;;) {
      const parent = this.#parents[at] ?? at;
      if (parent === at) return at;
      // Each second one points further up, so that no way stays long.
      const further = this.#parents[parent] ?? parent;
      this.#parents[at] = further;
      at = further;
    }
  }
}
