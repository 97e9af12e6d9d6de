import type { Dossier } from '../domain/dossier.ts';
import type { Problem } from '../domain/run_record.ts';
import type { SecretReader } from '../domain/secret_reader.ts';
import type { TicketFacts, TicketSystem } from '../domain/ticket.ts';
import type { Network } from '../http/network.ts';
import { adviceOf, describeError } from '../util/errors.ts';
import { runPool } from '../util/pool.ts';
import { type Citation, citationsIn } from './citations.ts';
import { type LookUp, openLookUp } from './look_up.ts';
import type { Read, TicketRecord } from './record.ts';

export type TicketParts = {
  readonly systems: readonly TicketSystem[];
  readonly vault: SecretReader;
  readonly runId: string;
  readonly ca: string | undefined;
  readonly network?: Network | undefined;
  readonly signal: AbortSignal;
  /** Whether two names are one account for certain. */
  readonly sameAccount: (a: string, b: string) => boolean;
};

/** Of one request; who names more names a list, and nothing is known about it. */
const MOST_CITED = 3;
/** Of one run. */
const MOST_LOOKED_UP = 200;
const AT_ONCE = 4;

/** Looks up the tickets that waiting requests name, each once. What cannot be found out is unknown, and said. */
export async function withTickets(dossiers: readonly Dossier[], parts: TicketParts) {
  const cited = new Map<Dossier, readonly Citation[]>();
  for (const dossier of dossiers) {
    if (dossier.request.status !== 'Active') continue;
    const citations = citationsIn(dossier.request.justification, parts.systems);
    if (citations.length > 0) cited.set(dossier, citations);
  }
  const numbers = new Map(
    [...cited.values()]
      .filter((citations) => citations.length <= MOST_CITED)
      .flat()
      .map(({ number, system }) => [number, system] as const),
  );
  const lookUps = new Map<TicketSystem, LookUp>();
  for (const system of new Set(numbers.values())) lookUps.set(system, openLookUp(system, parts));
  const reads = new Map<string, Read>();
  try {
    await runPool([...numbers].slice(0, MOST_LOOKED_UP), AT_ONCE, async ([number, system]) => {
      reads.set(number, (await lookUps.get(system)?.of(number)) ?? { unknown: 'was not asked' });
    });
  } finally {
    for (const lookUp of lookUps.values()) lookUp.close();
  }
  return {
    dossiers: dossiers.map((dossier): Dossier => {
      const citations = cited.get(dossier);
      return citations === undefined ? dossier : { ...dossier, tickets: ticketFacts(dossier, citations, reads, parts) };
    }),
    problems: [...lookUps.values()].flatMap((lookUp): Problem[] => {
      const error = lookUp.failure();
      return error === null ? [] : [{ where: 'tickets', message: describeError(error), advice: adviceOf(error) }];
    }),
  };
}

/** The facts of one request from what was read about its tickets. Pure. */
export function ticketFacts(
  dossier: Dossier,
  citations: readonly Citation[],
  reads: ReadonlyMap<string, Read>,
  { sameAccount }: Pick<TicketParts, 'sameAccount'>,
): TicketFacts {
  const cited = citations.map(({ number }) => number);
  if (citations.length > MOST_CITED) {
    const why = `the text names ${cited.length} tickets, and at most ${MOST_CITED} are looked up`;
    return { ...NOTHING_KNOWN, cited: cited.slice(0, MOST_CITED), unknown: [why] };
  }
  const all = cited.map((number): Read => reads.get(number) ?? { unknown: 'was not asked' });
  const each = (fact: (record: TicketRecord) => boolean | null): boolean | null =>
    ofAll(all.map((read) => ('record' in read ? fact(read.record) : 'missing' in read ? false : null)));
  return {
    cited,
    found: each(() => true),
    open: each(({ open }) => open),
    namesRequestor: each(({ persons }) => namesRequestor(dossier, persons, sameAccount)),
    namesAsset: each(({ asset }) => namesAsset(dossier, asset)),
    windowFits: each((record) => windowFits(dossier, record)),
    unknown: [
      ...new Set(
        citations.flatMap(({ system }, at) => {
          const read = all[at];
          return read !== undefined && 'unknown' in read ? [`\`${system.name}\` ${read.unknown}`] : [];
        }),
      ),
    ],
  };
}

const NOTHING_KNOWN: Omit<TicketFacts, 'cited' | 'unknown'> = {
  ...{ found: null, open: null, namesRequestor: null, namesAsset: null, windowFits: null },
};

const ofAll = (facts: readonly (boolean | null)[]): boolean | null =>
  facts.includes(false) ? false : facts.includes(null) ? null : true;

function namesRequestor(
  { request: { requestor } }: Dossier,
  persons: readonly string[],
  sameAccount: TicketParts['sameAccount'],
): boolean | null {
  const { name } = requestor;
  if (name === null || persons.length === 0) return null;
  return persons.some((person) => sameAccount(person, name));
}

/** By the vault's own record of the asset: the name that came with a request was written by somebody. */
function namesAsset({ asset }: Dossier, named: string | null): boolean | null {
  const name = asset?.name ?? null;
  if (name === null || named === null) return null;
  return named.toLowerCase() === name.trim().toLowerCase();
}

function windowFits({ request }: Dossier, { from, to }: TicketRecord): boolean | null {
  const { requestedFrom, requestedTo } = request;
  if (from === null || to === null || requestedFrom === null || requestedTo === null) return null;
  return from <= requestedFrom && requestedTo <= to;
}
