/** A month of requests at the simulated company: the ordinary crowd, with the oddities mixed in. */
import type { VaultRequest } from '../vault/records.ts';
import type { Machine } from './estate.ts';
import { justification } from './justifications.ts';
import { ancient, type Cast, hostile, malformed, on, own, requestId, spaceLevel, span } from './oddities.ts';
import type { Colleague, Team } from './people.ts';
import { DAY, HOUR, MINUTE, moment, windowHours } from './timing.ts';

/** What became of requests, by age: new ones wait, old ones are mostly done with. */
const FATES: readonly (readonly [maxDays: number, ...rows: (readonly [number, string])[]])[] = [
  [2, [52, 'Active'], [28, 'Approved'], [8, 'Rejected'], [12, 'Completed']],
  [7, [12, 'Active'], [26, 'Approved'], [10, 'Rejected'], [52, 'Completed']],
  [Number.POSITIVE_INFINITY, [3, 'Active'], [9, 'Approved'], [11, 'Rejected'], [77, 'Completed']],
];

export function makeHistory(cast: Cast, count: number, malformedCount: number): Partial<VaultRequest>[] {
  const odd = [
    ...malformed(cast, malformedCount),
    ...hostile(cast),
    ...own(cast),
    ...spaceLevel(cast),
    ...ancient(cast),
  ];
  // In a small history the oddities would crowd out everything else.
  const kept = odd.slice(0, count < 4 * odd.length ? Math.floor(count / 4) : odd.length);
  const crowd = Array.from({ length: count - kept.length }, () => ordinary(cast));
  return [...crowd, ...kept]
    .sort((a, b) => (a.created ?? 0) - (b.created ?? 0))
    .map((request, n) => ({ id: requestId(cast.seed, n), ...request }));
}

function ordinary(cast: Cast): Partial<VaultRequest> {
  const { seed, dice, now, people } = cast;
  const requestor = dice.weighted(people.map((one) => [one.zeal, one] as const));
  const machine = machineFor(cast, requestor);
  const created = dice.chance(0.22) ? moment(dice, now, 3) : moment(dice, now, 29);
  const about = on(seed, machine);
  const status = fate(cast, created, about);
  const hours = windowHours(dice);
  return {
    ...about,
    ...span(status === 'Active' ? wantedFrom(created, hours, now) : created, hours),
    ...outcome(cast, created, status, hours, about),
    created,
    status,
    requestor: { id: requestor.id, name: requestor.name, displayName: requestor.displayName },
    message: justification(dice, requestor.team),
    operation: dice.weighted([
      [80, 'AssetUnlock'],
      [14, 'AssetConnect'],
      [4, 'AssetView'],
      [2, 'AssetEdit'],
    ]),
    exclusive: dice.chance(0.08),
  };
}

/** What still waits after its hours have passed is wanted on the next day, unless everybody has forgotten about it. */
function wantedFrom(created: number, hours: number, now: number): number {
  if (created + hours * HOUR > now || now - created > 7 * DAY) return created;
  return created + Math.ceil((now - created) / DAY) * DAY;
}

/** Mostly a machine of one's own trade; automation touches servers of every kind. */
function machineFor({ dice, estate }: Cast, { team }: Colleague): Machine {
  const trades: readonly Team[] = team === 'automation' ? ['windows', 'linux', 'database'] : [team];
  const near = estate.machines.filter(({ kind }) => trades.includes(kind.team));
  return dice.pick(dice.chance(0.9) ? near : estate.machines);
}

function fate({ dice, now }: Cast, created: number, { form }: Partial<VaultRequest>): string {
  const days = (now - created) / DAY;
  const [, ...rows] = FATES.find(([maxDays]) => days <= maxDays) ?? [0, [1, 'Completed'] as const];
  const status = dice.weighted(rows);
  // An automatic form asks nobody, so its requests neither wait nor get refused.
  return form?.type === 'Automatic' && status !== 'Completed' ? 'Approved' : status;
}

function outcome(cast: Cast, created: number, status: string, hours: number, about: Partial<VaultRequest>) {
  const { dice, now } = cast;
  const automatic = about.form?.type === 'Automatic';
  // People decide before half of the window is over, or the access would be of no use.
  const decided = automatic ? created : Math.min(created + dice.between(4, hours * 30) * MINUTE, now - MINUTE);
  if (status === 'Approved') {
    // Still open although decided long ago: the window reaches far, and nobody has closed it.
    const longOpen = now + dice.between(2, 60) * DAY;
    return { approved: decided, requestedTo: Math.max(created + hours * HOUR, longOpen * Number(now - created > DAY)) };
  }
  if (status === 'Completed') {
    const withdrawn = !automatic && dice.chance(0.12);
    const end = Math.min(created + hours * HOUR, now - MINUTE / 2);
    return withdrawn
      ? { approved: null, completed: decided }
      : { approved: decided, completed: decided + Math.floor((end - decided) * dice.roll()) };
  }
  // The first of two levels has signed, the second has not.
  const halfWay = status === 'Active' && about.levels === 2 && dice.chance(0.5);
  if (!halfWay) return {};
  const approval = {
    level: 1,
    user: 'mharper',
    decision: 'Approved' as const,
    message: 'fine with me',
    created: decided,
  };
  return { level: 2, approvals: [approval] };
}
