import type { Config } from '../config/config.ts';
import type { AccessRequest, MalformedRecord } from '../domain/access_request.ts';
import type { AssetRecord } from '../domain/asset_record.ts';
import type { Clock } from '../util/clock.ts';
import { DAY_MS } from '../util/durations.ts';
import { type UpstreamCode, UpstreamError } from '../util/errors.ts';
import { readAsset } from '../vault/assets.ts';
import { type Discovery, discover } from '../vault/discovery.ts';
import { openPages } from '../vault/pages.ts';
import { openSession } from '../vault/session.ts';
import { isMalformed } from '../vault/wire.ts';

/** One page of the vault's list. */
export type PageSeen = {
  readonly requests: readonly AccessRequest[];
  readonly malformed: readonly MalformedRecord[];
  /** How many the vault counts; null where it does not say. */
  readonly total: number | null;
};

/** The vault as the checks read it: each thing once, however many of them want it. Nothing here can write. */
export type VaultLook = {
  /** The newest requests of the window. @throws {UpstreamError} */
  page(): Promise<PageSeen>;
  /** Why there is no connection to it; null when it answered, whatever it said. */
  unreached(): Promise<UpstreamError | null>;
  clockAhead(): number | null;
  /** @throws {UpstreamError} */
  asset(id: string): Promise<AssetRecord>;
  discovery(): Promise<Discovery>;
  close(): void;
};

/** Failures in which the vault itself said nothing. */
const NO_CONNECTION: ReadonlySet<UpstreamCode> = new Set(['unreachable', 'proxy', 'certificate', 'timeout']);

export function lookAtVault({ vault, analysis }: Config, clock: Clock, signal: AbortSignal): VaultLook {
  const session = openSession(vault, clock);
  const { paths, pageSize, maxPages } = vault;
  let page: Promise<PageSeen> | undefined;
  const assets = new Map<string, Promise<AssetRecord>>();

  async function readPage(): Promise<PageSeen> {
    const from = clock.now() - analysis.lookbackDays * DAY_MS;
    const pages = openPages(session, { path: paths.list, pageSize, maxPages, concurrency: 1 }, from, signal);
    const { total } = await pages.read(0);
    const found = [...pages.found.values()];
    return {
      requests: found.filter((one): one is AccessRequest => !isMalformed(one)),
      malformed: found.filter(isMalformed),
      total,
    };
  }

  const look: VaultLook = {
    page: () => {
      page ??= readPage();
      return page;
    },
    async unreached() {
      try {
        await look.page();
        return null;
      } catch (error) {
        return error instanceof UpstreamError && NO_CONNECTION.has(error.code) ? error : null;
      }
    },
    clockAhead: () => session.clockAhead(),
    asset(id) {
      const known = assets.get(id) ?? readAsset(session, paths.asset, id, signal);
      assets.set(id, known);
      return known;
    },
    discovery: () => discover(session, paths, signal),
    close: () => session.close(),
  };
  return look;
}
