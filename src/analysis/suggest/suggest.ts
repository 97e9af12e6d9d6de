import type { ActionPolicy } from '../../decide/decide.ts';
import { BEST } from '../../decide/foreseen.ts';
import type { Assessment } from '../../domain/assessment.ts';
import type { Dossier } from '../../domain/dossier.ts';
import { plural } from '../../phrases/plural.ts';
import type { Policy } from '../../policy/load.ts';
import { type FateName, fateOf } from '../backtest/history.ts';
import { Side } from '../backtest/side.ts';
import { draftOf } from './draft.ts';
import { type Group, groupsOf } from './groups.ts';
import type { People } from './people.ts';
import { marksOf } from './sensitive.ts';

export type Suggestion = { readonly text: string; readonly groups: readonly Group[] };

export type SuggestOptions = {
  /** A policy that has rows already: what it maps is not proposed again. */
  readonly known?: Policy | null;
  /** Whose roles and duties are asked about. */
  readonly people?: People | undefined;
  /** What a person keeps of the groups, in the same order; a group that is not proposed says why in `not`. */
  readonly keep?: (groups: readonly Group[]) => Promise<readonly Group[]>;
};

/** A draft for a window of requests. */
export async function suggest(
  dossiers: readonly Dossier[],
  days: number,
  { known = null, people, keep = async (groups) => groups }: SuggestOptions = {},
): Promise<Suggestion> {
  const mapped = known?.classify(dossiers, 0);
  const isNew = ({ request: { id } }: Dossier) => (mapped?.get(id)?.entitlement ?? null) === null;
  const open = dossiers.filter(isNew);
  const groups = await keep(groupsOf(open));
  const about = `${plural(open.length, 'request')} of ${plural(days, 'day')}`;
  return { text: draftOf(open, groups, about, people), groups };
}

/** What a policy would do with the window, if all of its classes were enforced and a model rated everything low. */
export type Figures = {
  readonly waiting: number;
  readonly wouldApprove: number;
  /** Of what people decided: how much it would approve, and of that how much people approved. */
  readonly decided: number;
  readonly decidedToo: number;
  readonly agreed: number;
  /** People approved so many, and it would approve so many of these. */
  readonly approvedByPeople: number;
  /** Would be approved although something about it is marked as sensitive. INVARIANT of the draft: none. */
  readonly sensitive: readonly string[];
  /** All that it would approve, of what waits and of what people decided. */
  readonly approves: readonly string[];
};

export function figuresOf(dossiers: readonly Dossier[], policy: Policy, settings: ActionPolicy, now: number): Figures {
  const side = new Side(policy, settings);
  const contexts = policy.accessContexts(now);
  for (const dossier of dossiers) contexts.add(dossier);
  const reviewed = dossiers.map((dossier) => ({
    dossier,
    accessContext: contexts.of(dossier),
    assessment: dossier.request.status === 'Active' ? BEST : UNRATED,
    confirmation: null,
  }));
  side.decide({ runId: 'suggest', startedAt: now, reviewed }, new Map());
  const of = [...side.results().values()].filter(({ phase }) => phase === 'Active');
  const byId = new Map(dossiers.map((dossier) => [dossier.request.id, dossier]));
  const fate = (id: string): FateName => {
    const dossier = byId.get(id);
    return dossier === undefined ? 'open' : fateOf(dossier, new Set());
  };
  const waiting = of.filter(({ recalled }) => !recalled);
  const decided = of.filter(({ recalled }) => recalled);
  const approves = decided.filter(({ verdict }) => verdict === 'approve');
  const all = of.filter(({ verdict }) => verdict === 'approve').map(({ id }) => id);
  const people = (some: typeof decided) => some.filter(({ id }) => fate(id) === 'approved');
  return {
    waiting: waiting.length,
    wouldApprove: waiting.filter(({ verdict }) => verdict === 'approve').length,
    decided: decided.length,
    decidedToo: approves.length,
    agreed: people(approves).length,
    approvedByPeople: people(decided).length,
    sensitive: all.filter((id) => marksOf(byId.get(id) as Dossier).length > 0),
    approves: all,
  };
}

/** `With this draft 41 % of what waits now would be approved; people approved 97 % of such; 0 privileged.` */
export function figureWords({
  waiting,
  wouldApprove,
  decidedToo,
  agreed,
  approvedByPeople,
  sensitive,
}: Figures): string {
  const share = (part: number, of: number) =>
    of === 0 ? 'none' : `${Math.floor((part / of) * 100)} % (${part} of ${of})`;
  return [
    `with every class of this draft enforced, ${share(wouldApprove, waiting)} of what waits now would be approved`,
    `people approved ${share(agreed, decidedToo)} of such`,
    `of all that people approved it is ${share(agreed, approvedByPeople)}`,
    `${sensitive.length} sensitive`,
  ].join('; ');
}

const UNRATED: Assessment = { kind: 'unscored', why: 'nobody was asked' };
