/** Ninety days at Alpenrain Kliniken: what was asked for, and what people said to it. A third of it waits. */
import type { Dice } from '../dice.ts';
import { idFor } from '../identity.ts';
import type { Approval, Form, Person, VaultAsset, VaultRequest } from '../vault/records.ts';
import { AREAS, type Area, type Colleague } from './people.ts';
import type { AreaName } from './places.ts';
import { reason, STEERING } from './words.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const DAYS = 90;

export type Thing = VaultAsset & { readonly area: AreaName };

export type Cast = {
  readonly seed: number;
  readonly dice: Dice;
  readonly now: number;
  readonly things: readonly Thing[];
  readonly people: readonly Colleague[];
  readonly agent: Person;
  form(name: string): Form;
};

type Made = Partial<VaultRequest> & { readonly created: number };

export function makeMonths(cast: Cast, count: number, malformed: number): Partial<VaultRequest>[] {
  const broken = Math.min(malformed, Math.floor(count / 4));
  const waiting = Math.floor((count - broken) / 3);
  const taken = new Set<string>();
  const made = Array.from({ length: count }, (_, at): Made => {
    if (at < broken) return { created: cast.now - (at + 3) * 9 * HOUR, omit: ['created'] };
    return at - broken < waiting ? open(cast, at - broken, taken) : settled(cast);
  });
  return made
    .sort((a, b) => a.created - b.created)
    .map((request, at) => ({ id: idFor(cast.seed, 'other request', at), ...request }));
}

/** One that somebody still has to decide: of the last four days, and nobody waits for the same thing twice. */
function open(cast: Cast, at: number, taken: Set<string>): Made {
  const { dice, now } = cast;
  let asked = ask(cast);
  for (let tries = 0; tries < 20 && taken.has(asked.key); tries += 1) asked = ask(cast);
  taken.add(asked.key);
  const created = workingHour(dice, now, 4);
  const from = Math.max(created, now + dice.between(0, 5) * HOUR);
  const text = at > 0 && at < STEERING.length * 12 && at % 12 === 0 ? STEERING[at / 12 - 1] : undefined;
  const half = asked.area.deciders.length > 1 && dice.chance(0.3);
  return {
    ...asked.request,
    ...(text !== undefined && { message: text }),
    ...(half && { level: 2, approvals: [signed(cast, asked.area, 1, 'Approved', created + 20 * MINUTE)] }),
    ...{ created, status: 'Active', requestedFrom: from, requestedTo: from + asked.hours * HOUR },
  };
}

function settled(cast: Cast): Made {
  const { dice, now } = cast;
  const { request, area, hours } = ask(cast);
  const created = workingHour(dice, now, DAYS, 1);
  const end = created + hours * HOUR;
  const window = { created, requestedFrom: created, requestedTo: end };
  const levels = area.deciders.length;
  const at = (level: number) => created + (5 + level * dice.between(2, 12)) * MINUTE;
  if (dice.chance(area.refused)) {
    return { ...request, ...window, status: 'Rejected', approvals: [signed(cast, area, 1, 'Rejected', at(1))] };
  }
  // Taken back before anybody had looked.
  if (dice.chance(0.03)) return { ...request, ...window, status: 'Completed', approved: null, completed: at(1) };
  const approvals = area.deciders.map((_, level) => signed(cast, area, level + 1, 'Approved', at(level + 1)));
  const approved = Math.max(...approvals.map((one) => one.created));
  const granted = { ...request, ...window, approvals, approved, level: levels };
  if (end > now) return { ...granted, status: 'Approved' };
  // Nobody has ended it, although its hours are over.
  if (dice.chance(0.04)) return { ...granted, status: 'Approved', requestedTo: now + dice.between(2, 40) * DAY };
  return {
    ...granted,
    status: 'Completed',
    completed: Math.max(approved + MINUTE, end - dice.between(0, 40) * MINUTE),
  };
}

const BY_ZEAL = (Object.keys(AREAS) as AreaName[]).map((name) => [AREAS[name].zeal, name] as const);

function ask(cast: Cast) {
  const { dice, things, people } = cast;
  const name = dice.weighted(BY_ZEAL);
  const area = AREAS[name];
  const thing = dice.pick(things.filter((one) => one.area === name));
  const who = dice.pick(people.filter(({ department }) => area.departments.includes(department)));
  const operation = dice.weighted(area.operations);
  const { id, name: account, displayName } = who;
  const request: Partial<VaultRequest> = {
    ...{ entityId: thing.id, entityName: thing.name, entityType: 'Asset', operation },
    ...{ requestor: { id, name: account, displayName }, message: reason(dice, name) },
    ...{ form: cast.form(area.form), levels: area.deciders.length },
  };
  return { request, area, hours: dice.pick(area.hours), key: `${account} ${thing.id} ${operation}` };
}

function signed({ dice }: Cast, area: Area, level: number, word: Approval['decision'], created: number): Approval {
  const message =
    word === 'Approved' ? dice.pick(['ok', 'in Ordnung', 'passt']) : dice.pick(['bitte mit Ticket', 'nicht nötig']);
  return { level, user: dice.pick(area.deciders[level - 1] ?? []), decision: word, message, created };
}

/** Mostly between 8 and 17 o'clock in Zurich, on a weekday; the days are counted back from now. */
function workingHour(dice: Dice, now: number, oldest: number, youngest = 0): number {
  for (let tries = 0; tries < 40; tries += 1) {
    const day = Math.floor(now / DAY) * DAY - dice.between(youngest, oldest) * DAY;
    const hour = dice.chance(0.05) ? dice.between(18, 22) : dice.between(7, 15);
    const at = day + hour * HOUR + dice.between(0, 59) * MINUTE + dice.between(0, 59_999);
    const weekend = [0, 6].includes(new Date(at).getUTCDay());
    // A decision and a withdrawal follow within the hour.
    if (at < now - HOUR && at > now - oldest * DAY && (!weekend || dice.chance(0.05))) return at;
  }
  return now - (youngest * 24 + dice.between(2, 40)) * HOUR;
}
