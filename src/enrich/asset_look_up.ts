import { anySwitchOn, type Switches } from '../domain/action.ts';
import type { AssetRecord } from '../domain/asset_record.ts';
import type { AssetFacts, Gap } from '../domain/dossier.ts';
import { isOpen, statusAllows } from '../domain/status.ts';
import { plainLine } from '../text/plain_text.ts';
import { describeError, UpstreamError } from '../util/errors.ts';

/** The one thing that deep analysis needs of the vault. */
export type AssetReader = { asset(id: string, signal?: AbortSignal): Promise<AssetRecord> };

/**
 * Whether the asset of a request is read: of every waiting one, because without its facts nobody knows what is asked for,
 * and of granted ones where something may be done about them. Deep analysis reads all.
 */
export const readsAsset = (
  status: string,
  { deep, switches }: { readonly deep: boolean; readonly switches: Switches },
): boolean => deep || statusAllows(status, 'approve') || (anySwitchOn(switches) && isOpen(status));

export type LookedUp = { readonly asset: AssetFacts | null; readonly gaps: readonly Gap[] };
type Read = { readonly record: AssetRecord } | { readonly why: string; readonly reason: string };

/**
 * Looks up assets and their containers for one run. A failed look-up is a gap, never an error: the request is still
 * reviewed, only with less known about it.
 * INVARIANT: each id is read at most once per run, failures included, and one look-up reads one thing at a time: with
 * so many look-ups under way there are at most so many reads.
 */
export class AssetLookUp {
  readonly #reader: AssetReader;
  readonly #signal: AbortSignal;
  readonly #reads = new Map<string, Promise<Read>>();
  readonly #answers = new Map<string, Promise<LookedUp>>();

  constructor(reader: AssetReader, signal: AbortSignal) {
    this.#reader = reader;
    this.#signal = signal;
  }

  /** The same answer for everybody who asks for the same asset. */
  of(assetId: string): Promise<LookedUp> {
    const known = this.#answers.get(assetId) ?? this.#lookUp(assetId);
    this.#answers.set(assetId, known);
    return known;
  }

  #lookUp(assetId: string): Promise<LookedUp> {
    return lookedUp(assetId, (id) => this.#read(id));
  }

  #read(id: string): Promise<Read> {
    const read = this.#reads.get(id) ?? readNow(this.#reader, id, this.#signal);
    this.#reads.set(id, read);
    return read;
  }
}

/**
 * How old asset and container may be when something is written because of them: a minute, less what the intent may take on
 * its way to the disk.
 */
const FRESH_MS = 50_000;

/**
 * Looks up assets right before writes, whatever enrich read of them. INVARIANT: each asset and container is read by the
 * first write that needs it, and shared by the writes of a minute; a failure is kept for none.
 */
export function freshAssets(reader: AssetReader, signal: AbortSignal, now: () => number) {
  const readings = new Map<string, { readonly at: number; readonly read: Promise<Read> }>();

  async function reading(id: string, oldest: { at: number }): Promise<Read> {
    const at = now();
    const known = readings.get(id);
    // A clock that was put back says nothing about the age.
    const young = known !== undefined && known.at <= at && known.at >= at - FRESH_MS;
    const kept = young ? known : { at, read: readNow(reader, id, signal) };
    readings.set(id, kept);
    oldest.at = Math.min(oldest.at, kept.at);
    const read = await kept.read;
    if ('why' in read && readings.get(id) === kept) readings.delete(id);
    return read;
  }

  return {
    /** With the time of the older of the two readings. */
    async of(assetId: string): Promise<{ readonly looked: LookedUp; readonly readAt: number }> {
      const oldest = { at: now() };
      return { looked: await lookedUp(assetId, (id) => reading(id, oldest)), readAt: oldest.at };
    },
  };
}
export type FreshAssets = ReturnType<typeof freshAssets>;

type Reading = (id: string) => Promise<Read>;

async function lookedUp(assetId: string, reading: Reading): Promise<LookedUp> {
  const own = await reading(assetId);
  if ('why' in own) return { asset: null, gaps: [{ what: 'asset', ...own }] };
  const { record } = own;
  // A container is read even when the asset states its path: its tags hold for everything in it.
  const container = record.containerId === null ? null : await reading(record.containerId);
  const held = container !== null && 'record' in container ? container.record : null;
  return {
    asset: {
      id: record.id ?? assetId,
      name: record.name,
      type: record.type,
      containerPath: record.containerPath ?? (held === null ? null : pathOf(held)),
      tags: [...new Set([...record.tags, ...(held?.tags ?? [])])],
    },
    gaps: [
      ...partly('asset', record),
      ...(container !== null && 'why' in container ? [{ what: 'container', ...container } as const] : []),
      ...(held === null ? [] : partly('container', held)),
    ],
  };
}

/** INVARIANT: what could not be read of an asset is a gap, so that it does not look harmless for want of a tag. */
function partly(what: 'asset' | 'container', { gaps = [] }: AssetRecord): Gap[] {
  return gaps.length === 0 ? [] : [{ what, why: gaps.join('; '), reason: 'in part' }];
}

async function readNow(reader: AssetReader, id: string, signal: AbortSignal): Promise<Read> {
  if (signal.aborted) return STOPPED;
  try {
    return { record: await reader.asset(id, signal) };
  } catch (error) {
    return signal.aborted ? STOPPED : { why: plainLine(describeError(error), 200), reason: reasonOf(error) };
  }
}

const STOPPED = { why: 'the run was stopped', reason: 'stopped' } as const;

const reasonOf = (error: unknown): string =>
  error instanceof UpstreamError ? (error.status === undefined ? error.code : String(error.status)) : 'an error';

// A container's record may state its own path or the path of what it lies in: its name is added when it is not the end.
function pathOf({ containerPath, name }: AssetRecord): string | null {
  if (containerPath === null || name === null) return containerPath ?? name;
  const path = containerPath.replace(/(?<!\/)\/+$/, '');
  return path === name || path.endsWith(`/${name}`) ? path : `${path}/${name}`;
}
