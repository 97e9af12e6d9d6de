import { unreadWords } from '../domain/access_request.ts';
import type { AssetRecord } from '../domain/asset_record.ts';
import { LONGEST_LINE, reading } from './wire_reading.ts';
import { shapeOf } from './wire_shapes.ts';
import { first, own, text } from './wire_values.ts';

/** What the vault calls the fields of an asset: assumptions, as in `wire.ts`. */
const ASSET_NAMES = {
  id: ['id'],
  name: ['name'],
  type: ['type.name', 'type', 'assetType.name', 'assetType'],
  containerId: ['container.id', 'parent.id', 'containerId', 'parentId'],
  containerPath: ['container.path', 'containerPath', 'path', 'parent.path'],
} as const satisfies Record<string, readonly string[]>;

/** Takes fields by an allow-list: an asset also holds secret ones, which must not even be kept in memory by name. */
export function assetFromWire(raw: unknown): AssetRecord | null {
  const asset = own(raw, 'data') ?? raw;
  const id = text(first(asset, ASSET_NAMES.id));
  if (id === null) return null;
  const { line, unread } = reading(asset, ASSET_NAMES);
  const { tags, gaps } = tagsFromWire(own(asset, 'tags'));
  const record = {
    id,
    ...{
      name: line('name'),
      type: line('type'),
      containerId: line('containerId'),
      containerPath: line('containerPath'),
    },
    tags,
  };
  const all = [...unread.map(unreadWords), ...gaps];
  return all.length === 0 ? record : { ...record, gaps: all };
}

/** More tags than anybody gives by hand; what lies behind them is a gap. */
const MOST_TAGS = 500;

/** INVARIANT: a tag that is not read is a gap: without it an asset may look harmless. */
function tagsFromWire(raw: unknown): { readonly tags: string[]; readonly gaps: string[] } {
  if (raw === undefined || raw === null || raw === '') return { tags: [], gaps: [] };
  if (!Array.isArray(raw)) return { tags: [], gaps: [unreadWords({ field: 'tags', shape: shapeOf(raw) })] };
  const looked = raw.slice(0, MOST_TAGS);
  const read = looked.map((tag) => text(tag) ?? text(first(tag, ['path', 'term', 'name'])));
  const bad = looked.filter((tag, i) => isSaid(tag) && (read[i] === null || (read[i]?.length ?? 0) > LONGEST_LINE));
  return {
    tags: read.filter((tag) => tag !== null && tag.length <= LONGEST_LINE) as string[],
    gaps: [
      raw.length > MOST_TAGS ? `it has ${raw.length} tags, of which ${MOST_TAGS} were read` : '',
      bad.length > 0 ? `${bad.length} of ${raw.length} tags cannot be read (${shapeOf(bad[0])})` : '',
    ].filter((gap) => gap !== ''),
  };
}

const isSaid = (tag: unknown): boolean => tag !== null && !(typeof tag === 'string' && tag.trim() === '');
