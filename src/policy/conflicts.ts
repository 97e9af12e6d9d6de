import type { SodConflict } from '../domain/access_context.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import { accountKey } from '../domain/account_name.ts';
import { assetRead } from '../domain/asset_unknown.ts';
import type { Dossier } from '../domain/dossier.ts';
import { plainLine } from '../text/plain_text.ts';
import type { AccessModel, SodRule } from './access_model.ts';
import type { Mapped } from './mapping.ts';
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

  readonly #mappedOf: (dossier: Dossier) => Pick<Mapped, 'entitlement' | 'ambiguous'>;
  readonly #now: number;

  constructor(mappedOf: (dossier: Dossier) => Pick<Mapped, 'entitlement' | 'ambiguous'>, now: number) {
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
    const { entitlement, ambiguous } = this.#mappedOf(dossier);
    // A request that points at no asset and fits no row asks for nothing that a pair could name.
    if (entitlement === null && ambiguous.length === 0 && (request.asset === null || assetRead(dossier))) return;
    for (const key of personKeys(request)) {
      const theirs = this.#byKey.get(key) ?? new Map<Holding['entitlement'], string[]>();
      this.#byKey.set(key, theirs);
      // Where it is not clear which of several is held, each of them is.
      for (const one of ambiguous.length === 0 ? [entitlement] : ambiguous) {
        const ids = theirs.get(one);
        if (ids === undefined) theirs.set(one, [request.id]);
        else ids.push(request.id);
      }
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

/** One of them in common means one person, in whatever spelling: a doubt means "same". */
function personKeys({ requestor }: AccessRequest): string[] {
  const account = accountKey(requestor.name ?? requestor.displayName ?? '');
  return [
    ...(requestor.id ? [`id ${plainLine(requestor.id).toLowerCase()}`] : []),
    ...(account === '' ? [] : [`name ${account}`]),
  ];
}

/** The rules that one person would break if `asked` were granted, each with what they hold of it. */
export function conflictsOf(
  request: AccessRequest,
  asked: string,
  holdings: Holdings,
  model: AccessModel,
): SodConflict[] {
  if (model.sodConflicts.length === 0) return [];
  const held = [
    ...holdings.others(request).map(({ requestId, entitlement }) => {
      return { entitlement, source: { kind: 'request', id: requestId } as const };
    }),
    ...possibleIdentities(request, model)
      .flatMap(({ entitlements }) => entitlements)
      .map((entitlement) => ({ entitlement, source: { kind: 'identity' } as const })),
  ];
  return model.sodConflicts.flatMap((rule) => {
    const others = held.filter(({ entitlement }) => otherDuties(rule, asked, entitlement).length > 0);
    if (!broken(rule, asked, others)) return [];
    return others.map(({ entitlement, source }) => ({ pair: rule.text, asked, held: entitlement ?? UNREAD, source }));
  });
}

/**
 * The duties that `held` may stand for beside `asked`, by their position. Holding the same thing twice is no conflict,
 * whatever the patterns of the rule. What could not be found out may be any of them.
 */
function otherDuties({ duties }: SodRule, asked: string, held: string | null): number[] {
  if (asked === held) return [];
  const all = [...duties.keys()];
  const askedAs = all.filter((at) => duties[at]?.fits(asked));
  return all.filter((at) => askedAs.some((one) => one !== at) && (held === null || duties[at]?.fits(held)));
}

/**
 * Whether `asked` and what is held already are more duties than one person may hold. An entitlement counts for one duty,
 * however many requests it is held by and however many patterns it fits; which one is chosen so that most are found.
 */
function broken(rule: SodRule, asked: string, others: readonly { readonly entitlement: string | null }[]): boolean {
  if (others.length === 0) return false;
  if (rule.atMost === 1) return true;
  const known = new Set(others.flatMap(({ entitlement }) => entitlement ?? []));
  const unread = others.filter(({ entitlement }) => entitlement === null);
  const held = [...known, ...unread.map(() => null)].map((one) => otherDuties(rule, asked, one));
  return [...rule.duties.keys()]
    .filter((at) => rule.duties[at]?.fits(asked))
    .some((askedAs) => mostCovered(held.map((duties) => duties.filter((at) => at !== askedAs))) >= rule.atMost);
}

/** How many duties can be given to holdings at once, one to each: augmenting paths through who may stand for what. */
function mostCovered(held: readonly (readonly number[])[]): number {
  const givenTo = new Map<number, number>();
  const place = (holding: number, tried: Set<number>): boolean =>
    (held[holding] ?? []).some((duty) => {
      if (tried.has(duty)) return false;
      tried.add(duty);
      const before = givenTo.get(duty);
      if (before !== undefined && !place(before, tried)) return false;
      givenTo.set(duty, holding);
      return true;
    });
  return held.filter((_, holding) => place(holding, new Set())).length;
}
