import type { AssetFacts, Dossier } from '../../domain/dossier.ts';
import { plainLetters } from './sensitive.ts';

/** What one or a few assets of a place have and the others have not, and no list of words knows. */
export type Unusual = {
  readonly key: 'tag' | 'asset';
  readonly value: string;
  readonly on: number;
  readonly of: number;
};

/** With fewer assets nobody can tell what is usual. */
const ENOUGH_ASSETS = 4;
/** A tag, or its key, is usual when so many assets of the place have it; a name, when so many are called alike. */
const USUAL_TAG = 0.5;
const USUAL_NAME = 0.15;

/**
 * Assets that differ from their neighbours of the same type in the same container, by a tag that the others do not have or by their
 * name. INVARIANT: what somebody marked in words that nobody here knows is protected and asked about, not proposed.
 */
export function unusualIn(dossiers: readonly Dossier[]): Unusual[] {
  const assets = new Map(dossiers.flatMap(({ asset }) => (asset === null ? [] : [[asset.id, asset] as const])));
  const places = Map.groupBy(assets.values(), ({ containerPath, type }) => JSON.stringify([containerPath, type]));
  const found = new Map<string, Unusual>();
  for (const place of places.values()) {
    if (place.length < ENOUGH_ASSETS) continue;
    for (const one of [...unusualTags(place), ...unusualNames(place)]) found.set(`${one.key} ${one.value}`, one);
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** `site` of `site=chu`; a tag without a value is its own key. */
const keyOf = (tag: string): string => plainLetters(tag.split(/[:=/]/)[0] ?? tag).trim();

function unusualTags(place: readonly AssetFacts[]): Unusual[] {
  const on = new Map<string, number>();
  for (const { tags } of place) for (const key of new Set(tags.map(keyOf))) on.set(key, (on.get(key) ?? 0) + 1);
  return place.flatMap(({ tags }) =>
    tags.flatMap((tag) => {
      const count = on.get(keyOf(tag)) ?? 0;
      return count >= place.length * USUAL_TAG
        ? []
        : [{ key: 'tag', value: tag, on: count, of: place.length } as const];
    }),
  );
}

/** `box` of `box-101` */
const stemOf = (name: string): string =>
  plainLetters(name)
    .replaceAll(/[^\p{L}]+/gu, '-')
    .replaceAll(/^-|-$/g, '');

function unusualNames(place: readonly AssetFacts[]): Unusual[] {
  const named = place.flatMap(({ name }) => (name === null ? [] : [name]));
  const by = Map.groupBy(named, stemOf);
  // Where names have nothing in common, none of them is unusual.
  if (by.size > named.length / 2) return [];
  return [...by.values()].flatMap((some) =>
    some.length >= Math.max(2, named.length * USUAL_NAME)
      ? []
      : some.map((value) => ({ key: 'asset', value, on: some.length, of: named.length }) as const),
  );
}
