import { type Caps, type DayCount, heldBack } from '../../decide/caps.ts';
import { DAY_MS } from '../../util/durations.ts';
import type { Phase } from './as_it_waited.ts';
import { FATES, type FateName, type History } from './history.ts';
import type { AskedForMore, SideResult } from './side.ts';

/** What a policy would have done, in numbers. Shares are null where there is nothing to take a share of. */
export type Measures = {
  readonly requests: number;
  /** Those that people decided before a run saw them wait. */
  readonly recalled: number;
  /** Those of them that nobody rated, which count as low. */
  readonly unrated: number;
  /** Those of them whose asset nobody read. */
  readonly unread: number;
  /** Waiting requests and what would have become of them; granted ones and whether they would have been closed. */
  readonly would: Readonly<Record<'approve' | 'reject' | 'hold' | 'close' | 'unchanged', number>>;
  /** Verdict on the waiting ones, and on those that people had decided before, × what became of them. */
  readonly afterwards: Readonly<Record<'approve' | 'reject' | 'hold', Readonly<Record<FateName, number>>>>;
  /** Of those that would have been decided and that people decided: how often both said the same. */
  readonly agreement: Intern;
  /** Would have been approved, and people rejected them. */
  readonly overApproved: readonly string[];
  /** Would have been rejected, and people approved them. */
  readonly overRejected: readonly string[];
  /** Of the waiting requests with conflicting duties: how many would not have been approved. */
  readonly sodRecall: Intern;
  /** Of the waiting requests: how many asked for more than a role of the person has of the same. */
  readonly askedForMore: Intern;
  /** Who asked for more and for what, the most frequent first. */
  readonly askedForMoreBy: readonly (AskedForMore & { readonly count: number })[];
  /** Of the waiting requests: how many would have been left to people. */
  readonly escalation: Intern;
  /** INVARIANT: has to be empty; anything in it is the exit code. */
  readonly dangerous: readonly SideResult[];
  /** Approvals and rejections that would still have needed a confirmation that was not asked for at the time. */
  readonly withoutConfirmation: number;
  /** Would-be actions that the caps would have held back in their run. */
  readonly capped: number;
};
export type Intern = { readonly of: number; readonly count: number };

export function measure(results: Iterable<SideResult>, { fates }: Pick<History, 'fates'>, caps: Caps): Measures {
  const every = [...results];
  // What people decided before a run saw it wait says how far they agree, and nothing about the load of the runs.
  const all = every.filter(({ recalled }) => !recalled);
  const decidable = every.filter(({ phase }) => phase === 'Active');
  const waiting = all.filter(({ phase }) => phase === 'Active');
  const count = (phase: Phase, verdict: SideResult['verdict']) =>
    all.filter((one) => one.phase === phase && one.verdict === verdict).length;
  const fateOf = ({ id }: SideResult): FateName => fates.get(id)?.name ?? 'open';
  const became = (verdict: SideResult['verdict'], fate: FateName) =>
    decidable.filter((one) => one.verdict === verdict && fateOf(one) === fate);
  const ids = (some: readonly SideResult[]) => some.map(({ id }) => id);
  const agreed = became('approve', 'approved').length + became('reject', 'rejected').length;
  const [overApproved, overRejected] = [became('approve', 'rejected'), became('reject', 'approved')];
  const inConflict = waiting.filter((one) => one.inConflict);
  return {
    requests: all.length,
    recalled: every.length - all.length,
    unrated: every.filter(({ isUnrated }) => isUnrated).length,
    unread: every.filter(({ isUnread }) => isUnread).length,
    would: {
      approve: count('Active', 'approve'),
      reject: count('Active', 'reject'),
      hold: count('Active', 'hold'),
      close: count('Approved', 'close'),
      unchanged: count('Approved', 'hold'),
    },
    afterwards: {
      approve: perFate((fate) => became('approve', fate).length),
      reject: perFate((fate) => became('reject', fate).length),
      hold: perFate((fate) => became('hold', fate).length),
    },
    agreement: { of: agreed + overApproved.length + overRejected.length, count: agreed },
    overApproved: ids(overApproved),
    overRejected: ids(overRejected),
    sodRecall: { of: inConflict.length, count: inConflict.filter(({ verdict }) => verdict !== 'approve').length },
    askedForMore: { of: waiting.length, count: waiting.filter(({ more }) => more !== null).length },
    askedForMoreBy: moreBy(waiting),
    escalation: { of: waiting.length, count: count('Active', 'hold') },
    dangerous: waiting.filter((one) => one.verdict === 'approve' && (one.privileged || one.inConflict)),
    withoutConfirmation: all.filter(({ assumesConfirmation }) => assumesConfirmation).length,
    capped: cappedIn(all, caps),
  };
}

function moreBy(waiting: readonly SideResult[]): (AskedForMore & { count: number })[] {
  const asked = waiting.flatMap(({ more }) => more ?? []);
  const same = Map.groupBy(asked, (one) => JSON.stringify([one.requestor, one.asked]));
  return [...same.values()]
    .flatMap(([one, ...others]) => (one === undefined ? [] : [{ ...one, count: others.length + 1 }]))
    .sort((a, b) => b.count - a.count || (a.requestor + a.asked < b.requestor + b.asked ? -1 : 1));
}

const perFate = (count: (fate: FateName) => number): Record<FateName, number> => ({
  approved: count('approved'),
  rejected: count('rejected'),
  withdrawn: count('withdrawn'),
  agent: count('agent'),
  open: count('open'),
});
export const FATE_NAMES = Object.keys(FATES) as readonly FateName[];

/** Counted as a run counts: the oldest request first, and what the caps held back takes no place in the day. */
function cappedIn(results: readonly SideResult[], caps: Caps): number {
  const acting = results.filter(({ verdict }) => verdict !== 'hold');
  const byRun = Map.groupBy(acting, ({ runId }) => runId);
  const granted: { at: number; requestor: string; asset: string }[] = [];
  let capped = 0;
  for (const [, those] of [...byRun].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const sorted = those.toSorted((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1));
    const at = sorted[0]?.at ?? 0;
    const lately = granted.filter((one) => one.at >= at - DAY_MS);
    const today: DayCount = {
      approvals: lately.length,
      byRequestor: (key) => lately.filter(({ requestor }) => requestor === key).length,
      byAsset: (key) => lately.filter(({ asset }) => asset === key).length,
    };
    const candidates = sorted.flatMap(({ id, verdict, keys }) =>
      verdict === 'hold' ? [] : [{ id, action: verdict, ...keys }],
    );
    const held = heldBack(candidates, caps, today, {});
    capped += held.size;
    for (const { id, action, requestor, asset } of candidates) {
      if (action === 'approve' && !held.has(id)) granted.push({ at, requestor, asset });
    }
  }
  return capped;
}
