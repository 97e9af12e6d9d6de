/** Faults by name: what goes wrong on the way between a client and an upstream. */

export type FaultPoint =
  | 'vault.list'
  | 'vault.asset'
  | 'vault.approve'
  | 'vault.reject'
  | 'vault.complete'
  | 'vault.discovery'
  | 'vault.search'
  | 'vault.credentials'
  | 'vault.submit'
  | 'vault.status'
  | 'vault.release'
  | 'model'
  | 'token'
  | 'mail'
  | 'ticket';

type FaultKind =
  /** Answered by something in front of the application, which never hears of it. */
  | 'status'
  /** Applied, and then answered with the status all the same: a gateway that gave up too early. */
  | 'status-after'
  /** Never answered, never applied. */
  | 'hang'
  /** Applied, never answered. */
  | 'hang-after'
  /** The connection drops before the application hears of it. */
  | 'reset-before'
  /** The write is applied, then the connection drops. */
  | 'reset-after'
  /** A page of HTML with status 200, as a login wall or a proxy sends it. */
  | 'html'
  /** Applied; the answer's body ends in the middle although HTTP says it is whole. */
  | 'truncated-json'
  /** Late by `ms`, then as usual. */
  | 'delay';

export type FaultSpec = {
  readonly on: FaultPoint;
  readonly kind: FaultKind;
  /** How many calls it meets; 1 unless told, `Infinity` for an upstream that stays broken. */
  readonly times?: number;
  /** How many matching calls pass before the first is met. */
  readonly skip?: number;
  /** Only calls whose path and query contain this text, such as one request's id. */
  readonly url?: string;
  /** For the status kinds 503 unless told, for `html` 200. */
  readonly status?: number;
  /** The `Retry-After` header: seconds, or an HTTP date. */
  readonly retryAfter?: number | string;
  readonly body?: string;
  /** For `delay`. */
  readonly ms?: number;
};

type Fault = {
  readonly spec: FaultSpec;
  /** How many calls it has met so far. */
  readonly hits: number;
  remove(): void;
};

export type Faults = {
  add(spec: FaultSpec): Fault;
  clear(): void;
  /** Takes the next fault for this call, and uses it up by one. */
  meet(on: FaultPoint, url: string): FaultSpec | undefined;
};

export function makeFaults(): Faults {
  const planned = new Set<{ spec: FaultSpec; skip: number; left: number; hits: number; remove(): void }>();
  return {
    add(spec) {
      const fault = {
        spec,
        skip: spec.skip ?? 0,
        left: spec.times ?? 1,
        hits: 0,
        remove: () => void planned.delete(fault),
      };
      planned.add(fault);
      return fault;
    },
    clear: () => planned.clear(),
    meet(on, url) {
      for (const fault of planned) {
        if (fault.spec.on !== on || fault.left <= 0 || !url.includes(fault.spec.url ?? '')) continue;
        if (fault.skip > 0) {
          fault.skip -= 1;
          continue;
        }
        fault.left -= 1;
        fault.hits += 1;
        return fault.spec;
      }
      return undefined;
    },
  };
}
