/** What can happen to one call on the way between a simulated process and the four upstreams. */
import type { UpstreamName } from '../../simulator/in_memory.ts';

export type Call = {
  /** Counts the calls of one process from 1. */
  readonly n: number;
  /** Whose address it is; null for an address that nobody has. */
  readonly to: UpstreamName | null;
  readonly method: string;
  /** Path and query. */
  readonly url: string;
};

/** `before`: the application never hears of the call. `after`: it has done what it was asked to. */
type When = 'before' | 'after';

export type Fate =
  | { readonly kind: 'ok' }
  /** Nobody listens: the call does not leave. */
  | { readonly kind: 'refused' }
  /** The connection drops when the call has left. */
  | { readonly kind: 'reset'; readonly when: When }
  /** The connection drops after `back`, and the call, which something in between holds, arrives all the same. */
  | { readonly kind: 'late' }
  /** No answer ever comes. */
  | { readonly kind: 'hang'; readonly when: When }
  /** Something in front of the application answers instead of it. `retryAfter` in seconds, or an HTTP date. */
  | { readonly kind: 'status'; readonly when: When; readonly status: number; readonly retryAfter?: number | string }
  /** A page with status 200, as a log-in wall sends it. */
  | { readonly kind: 'html'; readonly when: When }
  /** The answer's body ends in the middle although HTTP says that it is whole. */
  | { readonly kind: 'truncated' }
  /** The application's status with JSON that no contract knows. Always from the application: its 200 is never a lie. */
  | { readonly kind: 'wrong-shape' };

/** Milliseconds of simulated time, and what becomes of the call. */
export type Conditions = {
  /** Until the call has left: a process that dies, or a client that gives up before, never sends it. */
  readonly connect: number;
  /** Until it arrives. Nothing stops it on this way, not even the death of its process. */
  readonly there: number;
  readonly back: number;
  readonly fate: Fate;
};

export const wordsOf = (fate: Fate): string =>
  [fate.kind, 'status' in fate && fate.status, 'when' in fate && fate.when].filter(Boolean).join(' ');
