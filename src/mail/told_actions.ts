import type { Action } from '../domain/action.ts';
import type { Reviewed, RunRecord } from '../domain/run_record.ts';
import { outcomeWord } from '../phrases/outcome_words.ts';
import { mostPressingFirst } from '../phrases/run_totals.ts';

/** How many of a kind stand in the mail; beyond it all actions are in an attached file. */
export const SHOWN_ACTIONS = 60;

export type ActionKind = { readonly action: Action; readonly title: string; readonly items: readonly Reviewed[] };

const KINDS = [
  ['approve', 'Approvals'],
  ['reject', 'Rejections'],
  ['close', 'Closings'],
] as const satisfies readonly (readonly [Action, string])[];

/**
 * Every action of the run, kind by kind: what went wrong comes first, so that nothing hides it, then what was done, then
 * what was left undone. INVARIANT: no action is left out.
 */
export function actionKinds({ reviewed }: Pick<RunRecord, 'reviewed'>): readonly ActionKind[] {
  return KINDS.map(([action, title]) => {
    const items = reviewed.filter(({ decision, outcome }) => outcome !== null && decision.verdict === action);
    return { action, title, items: items.sort((a, b) => rank(a) - rank(b) || mostPressingFirst(a, b)) };
  }).filter(({ items }) => items.length > 0);
}

/** `89`, or `13: 12 rejected, 1 failed` where not all went well. */
export function tally(items: readonly Reviewed[]): string {
  const counts = new Map<string, number>();
  for (const one of items) counts.set(outcomeWord(one), (counts.get(outcomeWord(one)) ?? 0) + 1);
  if (items.every(({ outcome }) => outcome?.kind === 'done')) return String(items.length);
  return `${items.length}: ${[...counts].map(([word, count]) => `${count} ${word}`).join(', ')}`;
}

const RANKS = { failed: 0, unknown: 0, done: 1, skipped: 2 } as const;

const rank = ({ outcome }: Reviewed): number => (outcome === null ? 3 : RANKS[outcome.kind]);

/** How many actions the mail tells of that changed something, may have, or should have. */
export const actionsTold = ({ reviewed, recovered }: Pick<RunRecord, 'reviewed' | 'recovered'>): number =>
  reviewed.filter(({ outcome }) => outcome !== null && outcome.kind !== 'skipped').length + recovered.length;
