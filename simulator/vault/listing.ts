/** `auditor-requests`: which requests a query asks for, in which order, and which page of them. Pure. */
import type { VaultRequest } from './records.ts';

export type ListQuery = {
  readonly from: number;
  readonly size: number;
  readonly offset: number;
  readonly order: 'created,asc' | 'created,desc' | 'none';
  readonly withTotal: boolean;
};

const USUAL_PAGE = 50;

/** Reads the query; undefined when it makes no sense. */
export function readListQuery(query: Readonly<Record<string, string>>, pageCap: number): ListQuery | undefined {
  const from = whole(query.from ?? '0');
  const size = whole(query.pgs ?? `${USUAL_PAGE}`);
  const offset = whole(query.pgp ?? '0');
  const order = query.s ?? 'none';
  if (from === undefined || size === undefined || offset === undefined || size === 0) return undefined;
  if (order !== 'none' && order !== 'created,asc' && order !== 'created,desc') return undefined;
  return { from, size: Math.min(size, pageCap), offset, order, withTotal: query.rqt === '1' };
}

/** `ahead`: how far the clock is ahead by which the times were recorded. */
export function listPage(
  all: readonly VaultRequest[],
  query: ListQuery,
  ahead = 0,
): { page: VaultRequest[]; total: number } {
  const wanted = all.filter((request) => request.created + ahead > query.from);
  // Without an order the server gives the order of filing, which is what a forgotten `s` looks like.
  if (query.order === 'created,asc') wanted.sort((a, b) => a.created - b.created);
  if (query.order === 'created,desc') wanted.sort((a, b) => b.created - a.created);
  return { page: wanted.slice(query.offset, query.offset + query.size), total: wanted.length };
}

function whole(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
