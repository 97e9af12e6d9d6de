import {
  type AccessRequest,
  type MalformedRecord,
  requestorKey,
  type Unread,
  unreadThatHolds,
  unreadWords,
} from '../domain/access_request.ts';
import { isKnownStatus } from '../domain/status.ts';
import { noun, plural } from '../phrases/plural.ts';
import { utcMinute } from '../phrases/time_words.ts';
import { plainLine } from '../text/plain_text.ts';
import { DAY_MS } from '../util/durations.ts';
import { BlindError } from '../util/errors.ts';
import { clockSight } from './clock_sight.ts';
import { isMany, type Listed, NOTHING, problem, type Sight, tally } from './sight.ts';

/** From which share on something that could not be read is a problem each time, and which statuses need no word. */
export type SightLimits = {
  /** MALFORMED_SHARE */
  readonly records: number;
  /** UNREADABLE_ASSETS_SHARE */
  readonly assets: number;
  /** VAULT_OTHER_STATUSES */
  readonly otherStatuses: readonly string[];
};

export type ListSight = Sight & {
  /** What is to be kept, so that the next run knows it as seen. */
  readonly keys: readonly string[];
  /** Why nothing of the list is of use; null when something is. */
  readonly lost: BlindError | null;
};

type Before = {
  /** Whether an earlier run has told of it. */
  readonly seen: (key: string) => boolean;
  /** When the newest request was created that an earlier run saw. */
  readonly newestBefore?: number | null;
  readonly now: number;
  readonly days: number;
};

export function listSight(
  listed: Listed,
  limits: SightLimits,
  { seen, newestBefore = null, now, days }: Before,
): ListSight {
  const { requests, malformed } = listed;
  const records = malformed.map((record) => ({ key: `record ${record.key ?? record.problem}`, says: faultOf(record) }));
  const foreign = requests
    .filter(({ status }) => !isKnownStatus(status) && !isListed(status, limits.otherStatuses))
    // By the word: the next request that has it says nothing new. Earlier versions kept each request.
    .map(({ id, status }) => ({
      key: `status ${status}`,
      keyOfBefore: `status ${id} ${status}`,
      says: `\`${plainLine(status, 40)}\``,
    }));
  const lost = requests.length === 0 && malformed.length > 0 ? allUnreadable(records) : null;
  const all = requests.length + malformed.length;
  const parts = [
    ...(lost === null ? [unreadable(records, { all, limit: limits.records, seen })] : []),
    unknownStatuses(foreign, { all: requests.length, limit: limits.records, seen }),
    unreadFields(requests, limits.records),
    onlyOlder(listed, seen),
    emptyList(listed, newestBefore !== null && newestBefore >= now - days * DAY_MS),
    clockSight(listed, { now, days }),
  ];
  const problems = parts.flatMap(({ problems }) => problems);
  return {
    // What ends a failed run is its first problem.
    problems: lost === null ? problems : [],
    warnings: [
      ...parts.flatMap(({ warnings }) => warnings),
      ...(lost === null ? [] : problems.map(({ message }) => message)),
    ],
    notices: parts.flatMap(({ notices = [] }) => notices),
    keys: [
      ...new Set([...records, ...foreign].map(({ key }) => key)),
      ...(listed.onlyOlder == null ? [] : [ONLY_OLDER]),
    ],
    lost,
  };
}

type Said = { readonly key: string; readonly says: string };
type Against = { readonly all: number; readonly limit: number; readonly seen: (key: string) => boolean };

const faultOf = ({ unread, problem }: MalformedRecord): string =>
  unread === undefined ? plainLine(problem, 160) : unread.map(unreadWords).join(', ');

function allUnreadable(records: readonly Said[]): BlindError {
  return new BlindError(
    `none of the ${plural(records.length, 'record')} in the list could be read: ${tally(records.map(({ says }) => says))}`,
    'nothing is known of any request, and nothing was done: the message says which field of the vault has which shape, and docs/vault.md what can be read',
  );
}

function unreadable(records: readonly Said[], { all, limit, seen }: Against): Sight {
  if (records.length === 0) return NOTHING;
  const fresh = records.filter(({ key }) => !seen(key)).length;
  const above = isMany(records.length, all, limit);
  const first = fresh === 0 ? '' : `, ${fresh} of them for the first time`;
  const message = `${records.length} of ${plural(all, 'record')} in the list could not be read${first}: ${tally(records.map(({ says }) => says))}`;
  if (fresh === 0 && !above) return { problems: [], warnings: [message] };
  const advice = above
    ? 'these requests were neither rated nor decided, and nobody is told that they wait: "Malformed records" in the report lists them. MALFORMED_SHARE is the share from which on this is a problem each time'
    : 'look at them in the vault: "Malformed records" in the report lists them. The next runs tell of them in a line only';
  return { problems: [problem('vault', message, advice, above)], warnings: [] };
}

type SaidBefore = Said & { readonly keyOfBefore: string };

function unknownStatuses(foreign: readonly SaidBefore[], { all, limit, seen }: Against): Sight {
  if (foreign.length === 0) return NOTHING;
  const fresh = foreign.some(({ key, keyOfBefore }) => !seen(key) && !seen(keyOfBefore));
  const above = isMany(foreign.length, all, limit);
  const message = `${foreign.length} of ${plural(all, 'request')} ${noun(foreign.length, 'has', 'have')} a status that is not known: ${tally(foreign.map(({ says }) => says))}`;
  if (!fresh && !above) return { problems: [], warnings: [message] };
  const advice =
    'nothing is done about them, and if they wait for somebody, nobody is told: find out what the word means in the vault. Name it in VAULT_OTHER_STATUSES when nothing has to be done at that status';
  return { problems: [problem('vault', message, advice, above)], warnings: [] };
}

const isListed = (status: string, others: readonly string[]): boolean =>
  others.some((other) => other.trim().toLowerCase() === status.trim().toLowerCase());

/** Requests that could be read, but for a field. */
function unreadFields(requests: readonly AccessRequest[], limit: number): Sight {
  const lacking = requests.flatMap((request) => {
    const unread = [...unreadThatHolds(request), ...nobody(request)];
    return unread.length === 0 ? [] : [[...new Set(unread.map(unreadWords))]];
  });
  const minor = minorFields(requests);
  if (lacking.length === 0) return { problems: [], warnings: minor };
  const message = `${lacking.length} of ${plural(requests.length, 'request')} could be read in part only: ${tally(lacking.flat())}`;
  if (!isMany(lacking.length, requests.length, limit)) return { problems: [], warnings: [message, ...minor] };
  const advice =
    'what a decision needs is missing there, so nothing is approved on it: the message says which field of the vault has which shape. MALFORMED_SHARE is the share from which on this is a problem';
  return { problems: [problem('vault', message, advice, true)], warnings: minor };
}

function minorFields(requests: readonly AccessRequest[]): readonly string[] {
  const found = requests.flatMap(({ unread = [] }) => {
    const words = unread.filter(({ minor }) => minor === true).map(unreadWords);
    return words.length === 0 ? [] : [[...new Set(words)]];
  });
  if (found.length === 0) return [];
  const have = noun(found.length, 'has', 'have');
  return [
    `${found.length} of ${plural(requests.length, 'request')} ${have} a field that cannot be read and that no decision needs: ${tally(found.flat())}`,
  ];
}

/** Where the vault may name the requestor: what is told of as unread there is not missing besides. */
const PERSON: ReadonlySet<string> = new Set(['requestor', 'requester', 'user', 'createdBy']);

const nobody = (request: AccessRequest): Unread[] =>
  requestorKey(request) === null && !unreadThatHolds(request).some(({ field }) => PERSON.has(field))
    ? [{ field: 'requestor', shape: 'missing' }]
    : [];

const ONLY_OLDER = 'all requests are older than the window';

/** Either nobody asked for anything, and the vault heeds no `from`; or the times mean something else than they are read as. */
function onlyOlder({ onlyOlder: newest = null }: Listed, seen: (key: string) => boolean): Sight {
  if (newest === null) return NOTHING;
  const message = `the vault listed requests, and all of them are older than the window: the newest is of ${utcMinute(newest)}`;
  if (seen(ONLY_OLDER)) return { problems: [], warnings: [message] };
  const advice =
    'compare a time with what the vault shows. When it is right, nobody has asked for anything since; the next runs tell of it in a line';
  return { problems: [problem('vault', message, advice, true)], warnings: [] };
}

/** `hadSome`: an earlier run saw requests of this window, and a request does not leave the list before its window is over. */
function emptyList({ requests, malformed, promised = null }: Listed, hadSome: boolean): Sight {
  if (requests.length + malformed.length > 0) return NOTHING;
  const counts = promised !== null && promised > 0;
  if (!counts && !hadSome) return NOTHING;
  const message = counts
    ? `the vault counts ${plural(promised, 'request')} and listed none of them`
    : 'the vault listed no request, though an earlier run saw some that were created in this window';
  const advice = 'look at what the user of VAULT_API_TOKEN may list, and at VAULT_PATH_LIST';
  return { problems: [problem('vault', message, advice, true)], warnings: [] };
}
