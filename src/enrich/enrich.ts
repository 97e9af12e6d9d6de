import {
  type AccessRequest,
  agentIdsIn,
  identityOf,
  requestorKey,
  unreadThatHolds,
  unreadWords,
} from '../domain/access_request.ts';
import {
  CLOCK_SKEW_MS,
  hoursUntil,
  requestedHours,
  timeGaps,
  usableHours,
  wholeDays,
  windowFault,
} from '../domain/access_times.ts';
import type { Dossier, Facts, Gap, History, TimeFacts } from '../domain/dossier.ts';
import { ourDecision, type Refusal, type WhoDecided } from '../domain/recorded_decisions.ts';
import type { ScreenedTexts } from '../domain/screened_texts.ts';
import { isOpen } from '../domain/status.ts';
import { apart } from '../phrases/time_words.ts';
import { inPortions, yieldEvery } from '../util/event_loop.ts';
import { interning } from '../util/intern.ts';
import { runPool } from '../util/pool.ts';
import { AssetLookUp, type AssetReader, type LookedUp } from './asset_look_up.ts';
import { ContiguousWindows } from './contiguous.ts';
import { oldestFirst, RequestHistory, RequestorFrequency } from './history.ts';
import { type OffHours, offHoursClock, windowOffHours } from './office_hours.ts';
import { People } from './people.ts';
import { RecordedDecisions } from './refusals.ts';
import { openScreening } from './screen_texts.ts';
import { learnIds } from './screening/ids.ts';

export type EnrichOptions = {
  /** The run's one moment: every age is counted to it, until something is written. */
  readonly now: number;
  /** By when the list was read, which may take its time: what is over or lies ahead, does so at this moment. */
  readonly readAt?: number;
  /** Farthest begin of a window that may be granted. */
  readonly maxDaysAhead?: number;
  readonly agentUsers: readonly string[];
  /** Told by the window: see `agentIdsIn`. */
  readonly agentIds?: ReadonlySet<string> | undefined;
  /** Whether our own action history says that we rejected the request. */
  readonly rejectedByUs: (requestId: string) => boolean;
  readonly officeHours: OffHours;
  /** How far the vault's clock is ahead of ours; null when nothing told. */
  readonly clockAhead?: number | null;
  /** Whether the asset of a request is looked up. */
  readonly looksUp: (request: AccessRequest) => boolean;
  readonly assets: AssetReader;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
};

export const enrich = async (requests: readonly AccessRequest[], options: EnrichOptions): Promise<Dossier[]> =>
  (await openEnrichment(requests, options)).dossiers;

/** The dossiers, and what the window goes on telling right before a write. */
export type Enrichment = {
  readonly dossiers: Dossier[];
  readonly decisions: RecordedDecisions;
  /** Of the agent's accounts. */
  readonly agentIds: ReadonlySet<string>;
};

/**
 * Adds to each request what code can find out about it. Order and number of the requests stay. An abort does not throw:
 * the look-ups that were not made become gaps, and the report still shows every request.
 */
export async function openEnrichment(requests: readonly AccessRequest[], options: EnrichOptions): Promise<Enrichment> {
  const readAt = options.readAt ?? options.now;
  const { frequency, history, windows, ids, decisions } = await lookedOver(requests, readAt);
  const isOff = offHoursClock(options.officeHours);
  const lookUp = new AssetLookUp(options.assets, options.signal);
  const screen = openScreening(ids);
  const share = interning();
  const who = whoDecided(options);
  const agentIds = agentIdsIn(requests, options.agentUsers);
  const known = { ...options, agentIds };
  let done = 0;
  const dossierOf = ({ request, texts, deep }: Screened, looked: LookedUp | null): Dossier => {
    const { asset, gaps } = looked ?? (deep ? withoutLookUp(request) : NOTHING_LOOKED_UP);
    done += 1;
    options.onProgress?.(done, requests.length);
    const times = share(timesOf(request, windows, { readAt, isOff, maxDaysAhead: options.maxDaysAhead }));
    return {
      request,
      facts: factsOf(request, frequency, times, known),
      asset,
      history: share(withRefusal(history.of(request), decisions.of(request, who))),
      texts,
      gaps: share([...gapsOf(request, readAt, options.clockAhead), ...gaps]),
    };
  };
  const screened = (request: AccessRequest): Screened => ({
    request,
    texts: screen(request),
    deep: options.looksUp(request),
  });
  const dossiersOf = async (some: readonly AccessRequest[]): Promise<Dossier[]> => {
    const all = await inPortions(some, (few) => few.map(screened), { size: SCREENED_IN_A_ROW });
    const dossiers: Dossier[] = [];
    // One turn for all that point at the same asset: they wait for one read, and must not keep others from theirs.
    const byAsset = Map.groupBy(all.entries(), ([, { request, deep }]) => (deep ? (request.asset?.id ?? null) : null));
    await runPool(byAsset, options.concurrency, async ([assetId, theirs]) => {
      const looked = assetId === null ? null : await lookUp.of(assetId);
      for (const [at, one] of theirs) dossiers[at] = dossierOf(one, looked);
    });
    return dossiers;
  };
  // Portion by portion, so that not every request of a large window waits for its asset at the same time.
  const dossiers = await inPortions(requests, dossiersOf, { size: LOOKED_UP_AT_ONCE });
  return { dossiers, decisions, agentIds };
}

/** `deep`: whether its asset is to be looked up. */
type Screened = { readonly request: AccessRequest; readonly texts: ScreenedTexts; readonly deep: boolean };

/** What has to be known about all requests before any of them is reviewed. */
async function lookedOver(requests: readonly AccessRequest[], readAt: number) {
  const people = new People();
  const frequency = new RequestorFrequency(people);
  const history = new RequestHistory(people);
  const windows = new ContiguousWindows(people, readAt);
  const ids = new Set<string>();
  const decisions = new RecordedDecisions(requests);
  const yieldTurn = yieldEvery(LOOKED_OVER_IN_A_ROW);
  for (const request of requests) {
    people.add(request);
    ids.add(request.id);
    await yieldTurn();
  }
  for (const request of requests) {
    windows.expect(request);
    await yieldTurn();
  }
  for (const request of oldestFirst(requests)) {
    frequency.add(request);
    history.add(request);
    windows.add(request);
    decisions.add(request);
    await yieldTurn();
  }
  await learnIds(ids);
  return { frequency, history, windows, ids, decisions };
}

const LOOKED_OVER_IN_A_ROW = 5000;
/** Some ten milliseconds of work. */
const SCREENED_IN_A_ROW = 50;
const LOOKED_UP_AT_ONCE = 1000;

export function factsOf(
  request: AccessRequest,
  frequency: Pick<RequestorFrequency, 'of'>,
  times: TimeFacts,
  { now, agentUsers, agentIds }: Pick<EnrichOptions, 'now' | 'agentUsers' | 'agentIds'>,
): Facts {
  const decided = ourDecision(request, agentUsers);
  const identity = identityOf(request, agentUsers, agentIds);
  return {
    own: identity === 'own',
    mayBeOwn: identity === 'doubtful',
    requestorFrequency: frequency.of(request),
    offHours: times.askedOffHours || times.windowOffHours,
    daysSinceCreated: wholeDays(request.created, now),
    daysSinceApproved: request.approved === null ? null : wholeDays(request.approved, now),
    hoursGranted: usableHours(request, now),
    requestedHours: requestedHours(request),
    times,
    ...(decided !== null && { ownDecision: decided }),
  };
}

const whoDecided = ({ agentUsers, rejectedByUs, now }: EnrichOptions): WhoDecided => ({
  ...{ accounts: agentUsers, rejectedByUs, now },
});

/** Most have none: no field is held for it. */
export const withRefusal = (history: History, refusal: Refusal | null): History =>
  refusal === null ? history : { ...history, refusal };

type TimeOptions = {
  readonly readAt: number;
  readonly isOff: (at: number) => boolean;
  readonly maxDaysAhead?: number | undefined;
};

export function timesOf(
  request: AccessRequest,
  windows: Pick<ContiguousWindows, 'hoursOf'>,
  { readAt, isOff, maxDaysAhead }: TimeOptions,
): TimeFacts {
  const open = isOpen(request.status);
  return {
    fault: open ? windowFault(request, readAt, maxDaysAhead) : null,
    beginsInHours: open ? hoursUntil(request.requestedFrom, readAt) : null,
    contiguousHours: request.status === 'Active' ? windows.hoursOf(request) : requestedHours(request),
    askedOffHours: isOff(request.created),
    windowOffHours: windowOffHours(request, isOff),
  };
}

export function gapsOf(request: AccessRequest, readAt: number, clockAhead: number | null = null): Gap[] {
  const gaps = timeGaps(request, readAt);
  if (requestorKey(request) === null) gaps.push({ what: 'requestor', why: 'the vault names no requestor' });
  const unread = unreadThatHolds(request);
  if (unread.length > 0) gaps.push({ what: 'record', why: unread.map(unreadWords).join('; ') });
  if (Math.abs(clockAhead ?? 0) > CLOCK_SKEW_MS && isOpen(request.status)) {
    gaps.push({
      what: 'clock',
      why: `the vault's clock and this machine's are ${apart(Math.abs(clockAhead ?? 0))} apart`,
    });
  }
  if (request.status === 'Approved' && request.approved === null) {
    gaps.push({ what: 'approval time', why: 'the request is Approved and the vault gives no time of approval' });
  }
  return gaps;
}

export const NOTHING_LOOKED_UP: LookedUp = { asset: null, gaps: [] };

// A request of the whole space points at no asset: that is complete, not a gap.
export const withoutLookUp = ({ asset }: AccessRequest): LookedUp =>
  asset === null
    ? NOTHING_LOOKED_UP
    : { asset: null, gaps: [{ what: 'asset', why: 'the request gives no id of its asset' }] };
