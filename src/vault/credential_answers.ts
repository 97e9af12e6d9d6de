import type { PendingRequest } from '../store/pending_requests.ts';
import type { Answer } from './exchange.ts';
import { isTooDeep } from './session.ts';

/** How the vault tells about our own credential requests, in the words that it may use for it. */
export type FoundRequest = {
  readonly requestId: string;
  /** The action type that the vault was asked under: what the row itself calls it need not be one. */
  readonly action: string;
  readonly state: 'waiting' | 'granted' | 'over';
  readonly status: string;
};

/** In any case. A status that is not listed means waiting: the vault may have states of its own between asking and granting. */
const STATES: ReadonlyMap<string, FoundRequest['state']> = new Map([
  ['active', 'waiting'],
  ['open', 'granted'],
  ...['completed', 'rejected', 'closed', 'expired', 'cancelled', 'denied'].map((word) => [word, 'over'] as const),
]);

/** Our request in one row of the answer; null when the row is about another one. */
export function foundIn(row: unknown, entry: PendingRequest, action: string): FoundRequest | null {
  const status = textOf(row, 'status')?.trim() ?? null;
  const requestId = textOf(row, 'requestId') ?? textOf(row, 'id');
  if (status === null || requestId === null) return null;
  if ((textOf(row, 'assetId') ?? entry.assetId) !== entry.assetId) return null;
  if (entry.requestId !== null && requestId !== entry.requestId) return null;
  return { requestId, action, state: STATES.get(status.toLowerCase()) ?? 'waiting', status };
}

/** Null for what is no JSON. */
export function jsonIn({ text }: Answer): unknown {
  if (isTooDeep(text)) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * A list, a list under `data`, or one row; null for anything else. INVARIANT: an answer of a foreign shape is not taken
 * for "no such request".
 */
export function rowsOf(body: unknown): readonly unknown[] | null {
  if (Array.isArray(body)) return body;
  if (typeof body !== 'object' || body === null) return null;
  const { data } = body as { data?: unknown };
  if (Array.isArray(data)) return data;
  const row = data ?? body;
  return textOf(row, 'status') === null ? null : [row];
}

export function textOf(row: unknown, name: string): string | null {
  if (typeof row !== 'object' || row === null || !Object.hasOwn(row, name)) return null;
  const value = (row as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : null;
}
