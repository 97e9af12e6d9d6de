/** What the guide has computed about each request before the model is asked: frequency, off-hours, age, and what the asset is. */
import type { Listed, Vault } from './vault.ts';

const [HOUR, DAY] = [3_600_000, 86_400_000];

export type Facts = {
  readonly request: Listed;
  readonly requestor: string;
  /** Requests of the same person in the window. */
  readonly frequency: number;
  readonly offHours: boolean;
  readonly hours: number | null;
  readonly daysSinceCreated: number;
  readonly daysSinceApproved: number | null;
  /** Made by this agent's own account, which is expected. */
  readonly own: boolean;
  asset: { readonly type: string; readonly container: string; readonly tags: readonly string[] } | null;
};

export function enrich(requests: readonly Listed[], user: string, now: number): Facts[] {
  const frequency = new Map<string, number>();
  const nameOf = ({ requestor }: Listed) => requestor?.name ?? '';
  for (const request of requests) frequency.set(nameOf(request), (frequency.get(nameOf(request)) ?? 0) + 1);
  return requests.map((request) => {
    const { created, approved, requestedFrom: from, requestedTo: to } = request;
    return {
      request,
      requestor: nameOf(request),
      frequency: frequency.get(nameOf(request)) ?? 0,
      offHours: isOffHours(new Date(created).getUTCHours()),
      hours: from === null || to === null ? null : Math.round((to - from) / HOUR),
      daysSinceCreated: Math.floor((now - created) / DAY),
      daysSinceApproved: approved === null ? null : Math.floor((now - approved) / DAY),
      own: nameOf(request) === user,
      asset: null,
    };
  });
}

function isOffHours(hour: number): boolean {
  const start = Number(process.env.OFF_HOURS_START ?? 18);
  const end = Number(process.env.OFF_HOURS_END ?? 8);
  if (start === end) return false;
  return start < end ? hour >= start && hour < end : hour >= start || hour < end;
}

/** Deep analysis: two calls for each asset, one for it and one for its container. RECIPE_LOOK_UPS=request: for each request. */
export async function lookUp(vault: Vault, all: readonly Facts[]): Promise<void> {
  const known = new Map<string, Facts['asset']>();
  const keep = process.env.RECIPE_LOOK_UPS !== 'request';
  for (const facts of all) {
    const { entityId, entityType } = facts.request;
    if (entityId === null || entityType !== 'Asset') continue;
    if (!keep || !known.has(entityId)) known.set(entityId, await readAsset(vault, entityId));
    facts.asset = known.get(entityId) ?? null;
  }
}

async function readAsset(vault: Vault, id: string): Promise<Facts['asset']> {
  const asset = await vault.asset(id);
  const container = asset.container === undefined ? undefined : await vault.asset(asset.container.id);
  const tags = [...(asset.tags ?? []), ...(container?.tags ?? [])];
  return { type: asset.type?.name ?? '', container: asset.container?.path ?? '', tags: [...new Set(tags)] };
}
