/**
 * A busy window: a third waits for a decision, some people have several open requests and some have none, and the company has its
 * own words for what it owns. The same options always give the same requests, measured from now.
 */
import { type Dice, makeDice } from '../../simulator/dice.ts';
import { HOSTILE } from '../../simulator/seed/justifications.ts';
import type { Form, Person, VaultAsset, VaultRequest } from '../../simulator/vault/records.ts';
import type { Vault } from '../../simulator/vault/vault.ts';
import { settled, shortly, type Timed, waiting } from './fates.ts';
import type { Shares } from './shares.ts';
import {
  FIRST_NAMES,
  HOSTILE_TEXTS,
  LAST_NAMES,
  PLACES,
  PLAIN_TEXTS,
  type Place,
  PRESSING_TEXTS,
  THIN_TEXTS,
} from './words.ts';

const SEED = 4711;
/** Of the people: those who have nothing open. */
const WITHOUT_OPEN = 0.25;
/** Of the waiting ones: on assets that the policy lets through, and yet something is not in order. */
const NEARLY = 0.27;

type Employee = Person & { readonly zeal: number };
type Asset = VaultAsset & { readonly place: Place };
type Cast = {
  readonly dice: Dice;
  readonly now: number;
  readonly people: readonly Employee[];
  readonly withOpen: readonly Employee[];
  readonly everyday: readonly Asset[];
  readonly others: readonly Asset[];
  readonly identity: readonly Asset[];
};
type Draft = Partial<VaultRequest>;

export function fillBusyWindow(vault: Vault, requests: number, shares: Shares, now: number): void {
  const dice = makeDice(SEED);
  const people = peopleFor(Math.max(4, Math.round((requests * shares.people) / 1000)));
  const assets = assetsFor(vault, Math.max(PLACES.length * 2, Math.round((requests * shares.assets) / 1000)));
  const cast: Cast = {
    ...{ dice, now, people },
    withOpen: people.filter((_, n) => (n * 7) % 20 >= WITHOUT_OPEN * 20),
    everyday: assets.filter(({ place }) => place.reach === 'everyday'),
    others: assets.filter(({ place }) => place.reach !== 'everyday'),
    identity: assets.filter(({ place }) => place.path.startsWith('/Tier 0')),
  };
  const active = Math.round(requests * shares.active);
  let left = active;
  const take = (wanted: number) => {
    const taken = Math.min(left, Math.round(wanted));
    left -= taken;
    return taken;
  };
  const hostile = take(requests * shares.hostile);
  const approvable = take(active * shares.approvable);
  const without = take(active * shares.alarming);
  const nearly = take(active * NEARLY);
  const own = requests < 100 ? 0 : 2;
  const of = (count: number, make: (cast: Cast, n: number) => Draft) =>
    Array.from({ length: count }, (_, n) => make(cast, n));
  const drafts = [
    ...of(approvable, plain),
    ...of(nearly, almost),
    ...of(hostile, steering),
    ...of(without, alarming),
    ...of(left, guarded),
    ...of(requests - active - own, done),
    ...of(own, (_, n) => agentsOwn(vault, cast, n)),
  ];
  for (const draft of drafts.sort((a, b) => (a.created ?? 0) - (b.created ?? 0))) vault.add(draft);
}

/** A few file much, most file little. */
function peopleFor(count: number): Employee[] {
  return Array.from({ length: count }, (_, n) => {
    const [first = '', last = ''] = [FIRST_NAMES[n % 10], LAST_NAMES[Math.floor(n / 10) % 8]];
    const name = `${first[0]}${last}${n < 80 ? '' : n}`.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
    const displayName = n < 80 ? `${first} ${last}` : `${first} ${last} (${n})`;
    return { id: `u-${n}`, name, displayName, zeal: n % 16 === 0 ? 5 : 1 + (n % 3) };
  });
}

function assetsFor(vault: Vault, count: number): Asset[] {
  const bare = { secretFields: {}, credential: null };
  const containers = PLACES.map(({ path, containerTags: tags }) =>
    vault.addAsset({ ...bare, name: path.slice(1), type: 'Container', parent: null, path, tags }),
  );
  return Array.from({ length: count }, (_, n) => {
    const place = PLACES[n % PLACES.length] as Place;
    const name = `${place.prefix}${`${Math.floor(n / PLACES.length) + 1}`.padStart(2, '0')}`;
    const parent = containers[n % PLACES.length]?.id ?? null;
    return { ...vault.addAsset({ ...bare, name, type: place.type, parent, path: null, tags: place.tags }), place };
  });
}

const weighted = (dice: Dice, people: readonly Employee[]): Employee =>
  dice.weighted(people.map((one) => [one.zeal, one] as const));

/** Who asks, for what, through which form. */
function asked({ dice }: Cast, people: readonly Employee[], assets: readonly Asset[]): Draft {
  const { zeal: _, ...requestor } = weighted(dice, people);
  const { id: entityId, name: entityName, place } = dice.pick(assets);
  const levels = dice.chance(0.12) ? 2 : 1;
  const form: Form = { id: `f-${place.path}`, name: `Access to ${place.path.slice(1)}`, type: 'Interactive' };
  const operation = dice.weighted([
    [70, 'AssetUnlock'],
    [24, 'AssetConnect'],
    [6, 'AssetView'],
  ]);
  return { requestor, entityId, entityName, levels, form, operation };
}

const text = (dice: Dice, texts: readonly string[]): string =>
  dice.pick(texts).replace('#', () => `${dice.between(10_000, 99_999)}`);

/** Nothing stands in the way of it. */
function plain(cast: Cast): Draft {
  const message = text(cast.dice, PLAIN_TEXTS);
  return { ...asked(cast, cast.withOpen, cast.everyday), ...waiting(cast, shortly(cast)), message };
}

/** On such an asset too, but the text is thin or presses, the window is long or over, or it would change the vault's record. */
function almost(cast: Cast): Draft {
  const { dice, now } = cast;
  const longer = () => now + dice.between(6, 25) * 86_400_000;
  const odd = dice.weighted<() => Draft>([
    [40, () => ({ message: text(dice, THIN_TEXTS) })],
    [25, () => ({ requestedTo: longer() })],
    [15, () => ({ requestedTo: longer(), message: text(dice, PRESSING_TEXTS) })],
    [10, () => ({ requestedFrom: now - 30 * 3_600_000, requestedTo: now - 26 * 3_600_000 })],
    [10, () => ({ operation: 'AssetEdit' })],
  ]);
  return { ...plain(cast), ...odd() };
}

/** On something that the policy leaves to people, or does not know. */
function guarded(cast: Cast): Draft {
  const { dice } = cast;
  const texts = dice.weighted([[75, PLAIN_TEXTS] as const, [17, THIN_TEXTS] as const, [8, PRESSING_TEXTS] as const]);
  return {
    ...asked(cast, cast.withOpen, cast.others),
    ...waiting(cast, shortly(cast)),
    message: text(dice, texts),
    ...(dice.chance(0.03) && { entityType: 'Space', entityId: null, entityName: 'Werk 3', operation: 'SpaceJoin' }),
  };
}

function alarming(cast: Cast): Draft {
  const { dice, identity, withOpen } = cast;
  return {
    ...asked(cast, withOpen, identity),
    ...waiting(cast, shortly(cast)),
    message: dice.pick(['maintenance', '']),
  };
}

function steering(cast: Cast, n: number): Draft {
  const { dice, everyday, others, withOpen } = cast;
  const message = [...HOSTILE, ...HOSTILE_TEXTS][n % (HOSTILE.length + HOSTILE_TEXTS.length)] ?? '';
  const assets = dice.chance(0.5) ? everyday : others;
  return { ...asked(cast, withOpen, assets), ...waiting(cast, shortly(cast)), message };
}

function done(cast: Cast): Draft {
  const { dice, everyday, others, people } = cast;
  const texts = dice.weighted([[80, PLAIN_TEXTS] as const, [15, THIN_TEXTS] as const, [5, PRESSING_TEXTS] as const]);
  const draft = asked(cast, people, dice.chance(0.6) ? everyday : others);
  return { ...draft, ...settled(cast, draft.form), message: text(dice, texts) };
}

function agentsOwn(vault: Vault, cast: Cast, n: number): Draft {
  const times: Timed = n === 0 ? waiting(cast, shortly(cast)) : settled(cast, undefined);
  return { ...asked(cast, cast.people, cast.everyday), ...times, requestor: vault.agent, message: 'Review run' };
}
