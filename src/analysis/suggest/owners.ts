import type { Dossier } from '../../domain/dossier.ts';
import { isUndecided } from '../../domain/recorded_decisions.ts';
import { marksOf } from './sensitive.ts';
import { SENSITIVE_KINDS } from './words.ts';

/** Who decided most of everything that is marked. */
export const ANY = 'any';

/**
 * Who answers for what is protected: whoever decided most of it. Where nobody did, whoever decides most of the rest that is
 * protected, so that no request of it is left without somebody.
 */
export function protectors(dossiers: readonly Dossier[]): ReadonlyMap<string, readonly [string, number]> {
  const counts = new Map<string, Map<string, number>>();
  for (const dossier of dossiers) {
    const kinds = [...new Set(marksOf(dossier).map(({ kind }) => kind as string))];
    if (kinds.length === 0) continue;
    for (const { user } of dossier.request.approvals.filter((row) => !isUndecided(row))) {
      if (user === null || dossier.facts.ownDecision !== undefined) continue;
      for (const kind of [...kinds, ANY]) {
        const its = counts.get(kind) ?? new Map<string, number>();
        its.set(user, (its.get(user) ?? 0) + 1);
        counts.set(kind, its);
      }
    }
  }
  const first = new Map<string, readonly [string, number]>();
  for (const [kind, its] of counts) {
    const [most] = [...its].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    if (most !== undefined) first.set(kind, most);
  }
  const any = first.get(ANY);
  for (const kind of SENSITIVE_KINDS) if (any !== undefined && !first.has(kind)) first.set(kind, [any[0], 0]);
  return first;
}

export const ownerLine = (owner: readonly [string, number] | undefined): string[] =>
  owner === undefined
    ? []
    : [
        `    owner: ${JSON.stringify(owner[0])} # ${owner[1] === 0 ? 'decided most of what is protected: is it theirs?' : `decided ${owner[1]} of them`}`,
      ];
