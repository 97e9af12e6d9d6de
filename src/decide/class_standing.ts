import type { ClassEvidence, ClassStanding, Demotion, FOUND, JudgedClass } from '../domain/class_evidence.ts';
import { DAY_MS } from '../util/durations.ts';

/** PROMOTE_AT and DEMOTE_BELOW, 0 to 1. */
export type ClassLimits = { readonly promoteAt: number; readonly demoteBelow: number };

/** Older evidence does not count. */
export const EVIDENCE_DAYS = 180;
/** The approvals that are looked at, and how many of them may be undone before the class is demoted. */
const LAST_APPROVALS = 20;
const UNDONE = 2;
/** So many decisions of people are needed before a low agreement demotes. */
const LEAST_DECIDED = 10;

/**
 * How each class stands by the evidence, and which enforced ones are demoted by it. Pure.
 * INVARIANT: what is older than `since` counts for nothing; a demotion ends when `since` is later, and never by itself.
 */
export function classStandings(
  classes: Iterable<JudgedClass>,
  evidence: Iterable<ClassEvidence>,
  demotions: ReadonlyMap<string, Demotion>,
  { promoteAt, demoteBelow }: ClassLimits,
  now: number,
): { readonly standings: readonly ClassStanding[]; readonly demoted: readonly Demotion[] } {
  const byClass = new Map<string, ClassEvidence[]>();
  for (const one of evidence) {
    if (one.at < now - EVIDENCE_DAYS * DAY_MS) continue;
    for (const name of one.classes) {
      const its = byClass.get(name);
      if (its === undefined) byClass.set(name, [one]);
      else its.push(one);
    }
  }
  const demoted: Demotion[] = [];
  const standings = [...classes].map((judged): ClassStanding => {
    const { name, mode, since, place } = judged;
    const its = (byClass.get(name) ?? []).filter(({ at }) => since === null || at >= since);
    const of = (found: keyof typeof FOUND) => its.filter((one) => one.found === found);
    const overApproved = of('over-approved').map(({ request }) => request);
    const agreed = of('agreed').length;
    const decided = agreed + overApproved.length;
    const last = [...of('approved'), ...of('undone')].sort((a, b) => b.at - a.at).slice(0, LAST_APPROVALS);
    const undone = last.filter(({ found }) => found === 'undone').length;
    let demotion = standing(demotions.get(name), since);
    if (mode === 'enforce' && demotion === null) {
      const why =
        undone >= UNDONE ? 'undone' : decided >= LEAST_DECIDED && agreed / decided < demoteBelow ? 'agreement' : null;
      if (why !== null) {
        const [bad, all] = why === 'undone' ? [undone, last.length] : [overApproved.length, decided];
        demotion = { class: name, why, bad, of: all, at: now };
        demoted.push(demotion);
      }
    }
    const least = leastShare(agreed, decided);
    const clean = overApproved.length === 0;
    return {
      ...{ name, mode, since, place },
      ...{ decided, agreed, overApproved, least, approved: last.length, undone, demotion },
      ready: clean && demotion === null && least >= promoteAt,
      wanting: clean ? wanting(decided, promoteAt) : null,
    };
  });
  return { standings, demoted };
}

const standing = (demotion: Demotion | undefined, since: number | null): Demotion | null =>
  demotion === undefined || (since !== null && since > demotion.at) ? null : demotion;

/** The classes that are recommended by now, though the file enforces them. */
export const demotedNames = (
  classes: Iterable<Pick<JudgedClass, 'name' | 'since'>>,
  demotions: ReadonlyMap<string, Demotion>,
): ReadonlySet<string> =>
  new Set(
    [...classes].filter(({ name, since }) => standing(demotions.get(name), since) !== null).map(({ name }) => name),
  );

/** One-sided, 95 %. */
const Z = 1.6448536;

/** The lower end of Wilson's interval, which stays honest for few trials and for shares near 1; 0 without any. */
export function leastShare(hits: number, trials: number): number {
  if (trials === 0) return 0;
  const share = hits / trials;
  const middle = share + (Z * Z) / (2 * trials);
  const spread = Z * Math.sqrt((share * (1 - share)) / trials + (Z * Z) / (4 * trials * trials));
  return Math.max(0, (middle - spread) / (1 + (Z * Z) / trials));
}

/** Trials without a miss that are still needed. */
export function wanting(have: number, needed: number): number {
  const all = Math.ceil((Z * Z * needed) / (1 - needed));
  return Math.max(0, all - have);
}
