/** A window of requests of any size, worked out from their numbers: nothing of it is kept. */
import { makeDice } from '../../simulator/dice.ts';
import { justification } from '../../simulator/seed/justifications.ts';
import type { Team } from '../../simulator/seed/people.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const DAYS = 29;

export type Window = {
  /** How many requests were created after `from`. */
  count(from: number): number;
  /** The JSON text of one request; 0 is the newest. */
  record(n: number): string;
  /** The JSON text of an asset or container; null when there is none of that id. */
  asset(id: string): string | null;
  /** What a write made of a request; false when there is none of that id. */
  move(id: string, status: 'Approved' | 'Rejected' | 'Completed'): boolean;
};

/** What became of requests, by age, as in the simulator's month, but with nearly all old grants closed long ago. */
const FATES: readonly (readonly [maxDays: number, ...rows: (readonly [number, string])[]])[] = [
  [2, [52, 'Active'], [28, 'Approved'], [8, 'Rejected'], [12, 'Completed']],
  [7, [12, 'Active'], [26, 'Approved'], [10, 'Rejected'], [52, 'Completed']],
  [DAYS, [3, 'Active'], [0.5, 'Approved'], [11, 'Rejected'], [85.5, 'Completed']],
];
const TEAMS: readonly Team[] = ['windows', 'linux', 'database', 'network', 'helpdesk', 'developer'];
const CONTAINERS = ['/Production/Servers', '/Production/Databases', '/Workstations', '/Test'] as const;

/**
 * People, assets and containers grow with the window, so that what one of them has to do with stays the same; one service
 * account makes every tenth request, as they do, so that whatever looks at all requests of one person shows.
 */
export function makeWindow(requests: number, now: number): Window {
  const people = Math.max(20, Math.ceil(requests / 100));
  const assets = Math.max(50, Math.ceil(requests / 50));
  const containers = Math.max(CONTAINERS.length, Math.ceil(requests / 2000));
  const step = Math.max(1, Math.floor((DAYS * DAY) / Math.max(1, requests)));
  const moved = new Map<number, string>();
  const created = (n: number) => now - 60_000 - n * step;

  function record(n: number): string {
    // Every request has dice of its own, so that a page can be worked out without the pages before it.
    const dice = makeDice(n * 2_654_435_761);
    const at = created(n);
    const age = (now - at) / DAY;
    const [, ...fates] = FATES.find(([maxDays]) => age <= maxDays) ?? [0, [1, 'Completed'] as const];
    const status = moved.get(n) ?? dice.weighted(fates);
    const who = dice.chance(0.1) ? 0 : dice.between(1, people);
    const asset = dice.between(0, assets - 1);
    const decided = status === 'Approved' || status === 'Completed' ? at + dice.between(5, 90) * 60_000 : null;
    const until = status === 'Approved' ? now + 9 * DAY : at + dice.between(1, 8) * HOUR;
    return JSON.stringify({
      id: idOf('4', n),
      status,
      created: at,
      approved: decided,
      completed: status === 'Completed' ? Math.min(until, now) : null,
      requestedFrom: at,
      requestedTo: until,
      message: justification(dice, who === 0 ? 'automation' : (TEAMS[who % TEAMS.length] ?? 'windows')),
      exclusive: dice.chance(0.08),
      operation: dice.chance(0.8) ? 'AssetUnlock' : 'AssetConnect',
      entityType: 'Asset',
      entityId: idOf('a', asset),
      entityName: `host-${asset}`,
      requestor:
        who === 0
          ? { id: idOf('b', 0), name: 'svc-orders', displayName: 'Order service' }
          : { id: idOf('b', who), name: `user${who}`, displayName: `User ${who}` },
      form: { id: idOf('f', 1), name: 'Production systems', type: 'Interactive' },
      level: 1,
      levels: 1,
      approvals:
        decided === null ? [] : [{ level: 1, user: 'mharper', decision: 'Approved', message: 'ok', created: decided }],
    });
  }

  return {
    count: (from) => {
      // The youngest that is too old tells how many are young enough.
      const older = Math.ceil((now - 60_000 - from) / step);
      return Math.max(0, Math.min(requests, older));
    },
    record,
    asset(id) {
      const asset = numberOf('a', id);
      if (asset !== null && asset < assets) {
        const container = containerOf(asset % containers);
        const type = { name: 'Linux Server' };
        return JSON.stringify({ id, name: `host-${asset}`, type, container, tags: ['Component :: Server :: Linux'] });
      }
      const container = numberOf('c', id);
      if (container === null || container >= containers) return null;
      const tags = [`Environment :: ${container % CONTAINERS.length === 3 ? 'Test' : 'Production'}`];
      return JSON.stringify({ ...containerOf(container), type: { name: 'Container' }, tags });
    },
    move(id, status) {
      const n = numberOf('4', id);
      if (n === null || n >= requests) return false;
      moved.set(n, status);
      return true;
    },
  };
}

function containerOf(n: number) {
  const above = CONTAINERS[n % CONTAINERS.length] ?? '/Test';
  const name = `group ${Math.floor(n / CONTAINERS.length)}`;
  return { id: idOf('c', n), name, path: `${above}/${name}` };
}

/** A UUID in shape, whose end is the number and whose middle says of what. */
const idOf = (kind: string, n: number): string =>
  `5b1f0c7e-${kind.repeat(4)}-4d2a-8e61-${n.toString(16).padStart(12, '0')}`;

function numberOf(kind: string, id: string): number | null {
  return id.startsWith(`5b1f0c7e-${kind.repeat(4)}-`) ? Number.parseInt(id.slice(-12), 16) : null;
}
