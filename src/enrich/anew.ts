import type { AccessRequest } from '../domain/access_request.ts';
import type { Action } from '../domain/action.ts';
import type { Dossier, History } from '../domain/dossier.ts';
import { samePerson, sameThing, standingRefusal } from '../domain/recorded_decisions.ts';
import { countedHours } from '../phrases/hours_granted.ts';
import type { FreshAssets, LookedUp } from './asset_look_up.ts';
import {
  type Enrichment,
  type EnrichOptions,
  factsOf,
  gapsOf,
  NOTHING_LOOKED_UP,
  timesOf,
  withoutLookUp,
  withRefusal,
} from './enrich.ts';
import { isOffHours } from './office_hours.ts';
import { isWaiting } from './refusals.ts';

/** What a decision rests on besides the request itself, read right before a write. */
export type FreshFacts = {
  readonly looked: LookedUp;
  /** What the same person asked for there: as it stood in the list, what was open then as it is now, and what is new. */
  readonly beside: readonly AccessRequest[];
  /** When the older of asset and container was read. */
  readonly readAt: number;
};

/** One request as it is now; null when it is gone. @throws {UpstreamError} */
export type ReadAgain = (request: AccessRequest) => Promise<AccessRequest | null>;

type Reading = Pick<EnrichOptions, 'looksUp'> & {
  readonly assets: FreshAssets;
  readonly now: () => number;
  /** Filed since the list was read. @throws {UpstreamError} */
  readonly newer: () => Promise<readonly AccessRequest[]>;
  readonly readAgain: ReadAgain;
};

/**
 * Reads asset and container anew, unless that was done within a minute. Before an approval also the requests on which
 * a person may have said no meanwhile: usually there are none.
 * @throws {UpstreamError} when one of those cannot be read; of an asset that could not be read the facts have a gap
 */
export async function readFresh(
  request: AccessRequest,
  action: Action,
  decisions: Enrichment['decisions'],
  { assets, looksUp, newer, now, readAgain }: Reading,
): Promise<FreshFacts> {
  const assetId = request.asset?.id ?? null;
  const [beside, { looked, readAt }] = await Promise.all([
    action === 'approve' ? besideNow(request, decisions, { newer, readAgain }) : [],
    !looksUp(request)
      ? { looked: NOTHING_LOOKED_UP, readAt: now() }
      : assetId === null
        ? { looked: withoutLookUp(request), readAt: now() }
        : assets.of(assetId),
  ]);
  return { looked, beside, readAt };
}

/** What the same person asked for there, as it is now. */
async function besideNow(
  request: AccessRequest,
  decisions: Enrichment['decisions'],
  { newer, readAgain }: Pick<Reading, 'newer' | 'readAgain'>,
): Promise<AccessRequest[]> {
  const beside = decisions.beside(request);
  const asked = beside.map((one) => (isWaiting(one) ? readAgain(one) : one));
  const [known, filed] = await Promise.all([Promise.all(asked), newer()]);
  return [
    ...known.filter((one) => one !== null),
    ...filed.filter((one) => one.id !== request.id && samePerson(one, request) && sameThing(one, request)),
  ];
}

/** What was found out about tickets was compared with window and asset as they were then. */
function ticketsAnew(old: Dossier, live: AccessRequest, { asset }: LookedUp): Pick<Dossier, 'tickets'> {
  const { tickets, request } = old;
  if (tickets === undefined) return {};
  const sameWindow = live.requestedFrom === request.requestedFrom && live.requestedTo === request.requestedTo;
  const namesAsset = asset?.name === old.asset?.name ? tickets.namesAsset : null;
  return { tickets: { ...tickets, namesAsset, windowFits: sameWindow ? tickets.windowFits : null } };
}

/** The dossier of the live request, counted to the present time; what the whole window told stays as it was. */
export function dossierAnew(
  old: Dossier,
  live: AccessRequest,
  { looked, beside }: FreshFacts,
  how: Pick<
    EnrichOptions,
    'now' | 'agentUsers' | 'agentIds' | 'officeHours' | 'maxDaysAhead' | 'rejectedByUs' | 'clockAhead'
  >,
): Dossier {
  const { refusal: _, ...habits } = old.history;
  const history: History = habits;
  // What adjoins was told by the whole window; everything else is told anew.
  const windows = { hoursOf: () => countedHours(old.facts) };
  const readAt = how.now;
  const isOff = (at: number) => isOffHours(at, how.officeHours);
  const who = { accounts: how.agentUsers, rejectedByUs: how.rejectedByUs, now: how.now };
  return {
    request: live,
    facts: factsOf(
      live,
      { of: () => old.facts.requestorFrequency },
      timesOf(live, windows, { ...how, readAt, isOff }),
      how,
    ),
    asset: looked.asset,
    history: withRefusal(history, isWaiting(live) ? standingRefusal([live, ...beside], who) : null),
    texts: old.texts,
    gaps: [...gapsOf(live, readAt, how.clockAhead), ...looked.gaps],
    ...ticketsAnew(old, live, looked),
  };
}
