/** A list of requests over HTTP that changes between two reads, paged the way the contract says. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Session } from '../../../src/vault/session.ts';
import { MINUTE, NOON, type Server } from './tools.ts';

export type Row = { id: string; status: string; created: number };

/** Newest first, one per minute. */
export const rows = (count: number, name = 'r', newest = NOON - MINUTE): Row[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `${name}${String(i).padStart(3, '0')}`,
    status: 'Active',
    created: newest - i * (name === 'r' ? MINUTE : 1),
  }));

export type ListHabits = {
  /** The server honours no larger page. */
  readonly cap: number;
  /** What happens before the n-th read, counted from 1. The list is changed in place. */
  readonly before?: Readonly<Record<number, (live: Row[]) => unknown>>;
  readonly extra?: (page: readonly Row[]) => object;
  readonly ignoresFrom?: boolean;
  /** Records are given as they stand, not by time: for lists of things that have none. */
  readonly keepsOrder?: boolean;
  readonly offsetOf?: (pgp: number) => number;
  /** Records of the same time are given in another order at each read. */
  readonly tiesTurnBy?: number;
  /** Turns of the event loop that pass before the n-th call is looked at, so that calls overtake each other. */
  readonly lateBy?: readonly number[];
};

export function serveList(server: Pick<Server, 'answer' | 'origin'>, live: Row[], habits: ListHabits): void {
  let calls = 0;
  let reads = 0;
  server.answer = async ({ url }) => {
    for (let turns = habits.lateBy?.[calls++ % habits.lateBy.length] ?? 0; turns > 0; turns--) await turn();
    reads += 1;
    habits.before?.[reads]?.(live);
    const query = new URL(url, server.origin).searchParams;
    const number = (name: string) => Number(query.get(name));
    let list = habits.ignoresFrom || habits.keepsOrder ? [...live] : live.filter((r) => r.created > number('from'));
    if (!habits.keepsOrder) list.sort((a, b) => b.created - a.created);
    if (habits.tiesTurnBy !== undefined) list = turned(list, reads * habits.tiesTurnBy);
    const offset = (habits.offsetOf ?? ((pgp: number) => pgp))(number('pgp'));
    const page = list.slice(offset, offset + Math.min(number('pgs'), habits.cap));
    return { body: { data: page, total: list.length, ...habits.extra?.(page) } };
  };
}

/** The same list without a server, for thousands of stories: what the client asks comes straight here. */
export function sessionOver(live: Row[], habits: ListHabits): Session {
  const server: Pick<Server, 'answer' | 'origin'> = { origin: 'https://vault.sim.test', answer: () => null };
  serveList(server, live, habits);
  const impossible = () => {
    throw new Error('only lists are read here');
  };
  return {
    url: server.origin,
    read: impossible,
    write: impossible,
    clockAhead: () => null,
    close: () => {},
    readJson: async (_what, path, query = {}) => {
      const asked = new URLSearchParams(
        Object.entries(query).map(([name, value]): [string, string] => [name, `${value}`]),
      );
      const call = { method: 'GET', url: `${path}?${asked}`, headers: {}, body: '', socket: 0 };
      return (await server.answer(call, null as never))?.body;
    },
  };
}

function turned(list: readonly Row[], by: number): Row[] {
  const result: Row[] = [];
  for (let i = 0; i < list.length; ) {
    const ties = list.filter(({ created }) => created === list[i]?.created);
    result.push(...ties.map((_, k) => ties[(k + by) % ties.length] as Row));
    i += ties.length;
  }
  return result;
}
