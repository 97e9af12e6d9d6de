import { anySwitchOn, type Switches } from '../domain/action.ts';
import type { AssetRecord } from '../domain/asset_record.ts';
import type { AssetFacts, Gap } from '../domain/dossier.ts';
import { isOpen } from '../domain/status.ts';
import { plainLine } from '../text/plain_text.ts';
import { describeError } from '../util/errors.ts';

/** The one thing that deep analysis needs of the vault. */
export type AssetReader = { asset(id: string, signal?: AbortSignal): Promise<AssetRecord> };

/**
 * Whether the asset of a request is read. What is decided on an asset's facts must be known even without deep analysis:
 * no facts, no approval.
 */
export const readsAsset = (
  status: string,
  { deep, switches }: { readonly deep: boolean; readonly switches: Switches },
): boolean => deep || (anySwitchOn(switches) && isOpen(status));

export type LookedUp = { readonly asset: AssetFacts | null; readonly gaps: readonly Gap[] };
type Read = { readonly record: AssetRecord } | { readonly why: string };

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

  async #lookUp(assetId: string): Promise<LookedUp> {
    const own = await this.#read(assetId);
    if ('why' in own) return { asset: null, gaps: [{ what: 'asset', why: own.why }] };
    const { record } = own;
    // A container is read even when the asset states its path: its tags hold for everything in it.
    const container = record.containerId === null ? null : await this.#read(record.containerId);
    const held = container !== null && 'record' in container ? container.record : null;
    return {
      asset: {
        id: record.id ?? assetId,
        name: record.name,
        type: record.type,
        containerPath: record.containerPath ?? (held === null ? null : pathOf(held)),
        tags: [...new Set([...record.tags, ...(held?.tags ?? [])])],
      },
      gaps: container !== null && 'why' in container ? [{ what: 'container', why: container.why }] : [],
    };
  }

  #read(id: string): Promise<Read> {
    const read = this.#reads.get(id) ?? this.#readNow(id);
    this.#reads.set(id, read);
    return read;
  }

  async #readNow(id: string): Promise<Read> {
    if (this.#signal.aborted) return { why: 'the run was stopped' };
    try {
      return { record: await this.#reader.asset(id, this.#signal) };
    } catch (error) {
      return { why: this.#signal.aborted ? 'the run was stopped' : plainLine(describeError(error), 200) };
    }
  }
}

// A container's record may state its own path or the path of what it lies in: its name is added when it is not the end.
function pathOf({ containerPath, name }: AssetRecord): string | null {
  if (containerPath === null || name === null) return containerPath ?? name;
  const path = containerPath.replace(/(?<!\/)\/+$/, '');
  return path === name || path.endsWith(`/${name}`) ? path : `${path}/${name}`;
}
