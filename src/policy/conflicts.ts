import type { SodConflict } from '../domain/access_context.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { AccessModel, SodPair } from './access_model.ts';
import { assetRead, type Mapped } from './mapping.ts';
import { possibleIdentities } from './people.ts';

/** Something that a person holds, or is about to. A null entitlement is one that could not be found out. */
type Holding = { readonly requestId: string; readonly entitlement: string | null };

/** What stands for an entitlement that could not be found out: "could not tell" means the same as "yes". */
export const UNREAD = 'unknown (the facts of its asset were not read)';

/**
 * Nobody reads more requests by which the same is held, and one is enough for the conflict. Without an end, a service
 * account that makes every tenth request of a window would have each of its requests held against all the others.
 */
const MOST_NAMED = 10;

/** Who holds what by the requests of the window, found by person. */
export class Holdings {
  /** By person and entitlement: the ids of the requests, in the order of the window. */
  readonly #byKey = new Map<string, Map<Holding['entitlement'], string[]>>();

  readonly #mappedOf: (dossier: Dossier) => Mapped;
  readonly #now: number;

  constructor(mappedOf: (dossier: Dossier) => Mapped, now: number) {
    this.#mappedOf = mappedOf;
    this.#now = now;
  }

  /**
   * Counted are Approved requests whose time is not over, and Active ones: two requests that are in conflict must not
   * both be granted in one run, where neither is held yet.
   */
  add(dossier: Dossier): void {
    const { request } = dossier;
    if (!COUNTING.includes(request.status)) return;
    if (request.requestedTo !== null && request.requestedTo <= this.#now) return;
    const { entitlement } = this.#mappedOf(dossier);
    // A request that points at no asset and fits no row asks for nothing that a pair could name.
    if (entitlement === null && (request.asset === null || assetRead(dossier))) return;
    for (const key of personKeys(request)) {
      const theirs = this.#byKey.get(key) ?? new Map<Holding['entitlement'], string[]>();
      this.#byKey.set(key, theirs);
      const ids = theirs.get(entitlement);
      if (ids === undefined) theirs.set(entitlement, [request.id]);
      else ids.push(request.id);
    }
  }

  /** What the person who made `request` holds by other requests; for each entitlement, the first few of them. */
  others(request: AccessRequest): Holding[] {
    const found = new Map<Holding['entitlement'], Set<string>>();
    for (const key of personKeys(request)) {
      for (const [entitlement, ids] of this.#byKey.get(key) ?? []) {
        // Most are found by the id and by the name.
        const named = found.get(entitlement) ?? new Set<string>();
        found.set(entitlement, named);
        for (const id of ids) {
          if (named.size >= MOST_NAMED) break;
          if (id !== request.id) named.add(id);
        }
      }
    }
    return [...found].flatMap(([entitlement, ids]) => [...ids].map((requestId) => ({ requestId, entitlement })));
  }
}

const COUNTING: readonly string[] = ['Approved', 'Active'];

/** One of them in common means one person: as with `sameUser`, case and domain do not count, and a doubt means "same". */
function personKeys({ requestor }: AccessRequest): string[] {
  const account = requestor.name ?? requestor.displayName;
  const plain = account?.normalize('NFKC').trim().toLowerCase() ?? '';
  const bare = plain.slice(plain.lastIndexOf('\\') + 1).split('@')[0] ?? '';
  return [...(requestor.id ? [`id ${requestor.id.trim()}`] : []), ...(bare === '' ? [] : [`name ${bare}`])];
}

/** The pairs that one person would hold both sides of, if `asked` were granted. */
export function conflictsOf(
  request: AccessRequest,
  asked: string | null,
  holdings: Holdings,
  model: AccessModel,
): SodConflict[] {
  if (asked === null || model.sodConflicts.length === 0) return [];
  const held = [
    ...holdings.others(request).map(({ requestId, entitlement }) => {
      return { entitlement, source: { kind: 'request', id: requestId } as const };
    }),
    ...possibleIdentities(request, model)
      .flatMap(({ entitlements }) => entitlements)
      .map((entitlement) => ({ entitlement, source: { kind: 'identity' } as const })),
  ];
  return model.sodConflicts.flatMap((pair) =>
    held
      .filter(({ entitlement }) => inConflict(pair, asked, entitlement))
      .map(({ entitlement, source }) => ({ pair: pair.text, asked, held: entitlement ?? UNREAD, source })),
  );
}

/** Either way round. Holding the same thing twice is no conflict, whatever the patterns of the pair. */
function inConflict({ sides: [a, b] }: SodPair, asked: string, held: string | null): boolean {
  if (held === null) return a.fits(asked) || b.fits(asked);
  return asked !== held && ((a.fits(asked) && b.fits(held)) || (b.fits(asked) && a.fits(held)));
}
