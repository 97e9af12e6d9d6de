import type { AccessRequest, Approval } from '../domain/access_request.ts';
import { mayBeSameUser } from '../domain/account_name.ts';
import type { Action } from '../domain/action.ts';

/** What the live request says about an action of ours whose answer got lost. */
export type Reconciled = {
  readonly found: 'done' | 'not done' | 'unclear';
  /** The vault's list of approvals names one of our accounts: it was done by us. */
  readonly namesUs?: boolean;
  readonly says: string;
};

/** What is known from before the call: who we are, where the request stood, and when the intent was written. */
export type Before = {
  readonly agentUsers: readonly string[];
  readonly level: number | null;
  /** Milliseconds since the epoch. */
  readonly intendedAt: number;
};

/** The status that each action leads to, and the word in the list of approvals that goes with it. */
const TARGETS = {
  approve: { status: 'Approved', word: 'approved' },
  reject: { status: 'Rejected', word: 'rejected' },
  close: { status: 'Completed', word: null },
} as const satisfies Record<Action, { status: string; word: string | null }>;

/** Clocks of two machines differ; an entry that is a little older than our intent may still be ours. */
const CLOCK_SLACK_MS = 5 * 60_000;

/**
 * Pure. Decides by status and recorded approvals, never by an error code. "Unclear" counts as done in the action history: one
 * action too few can be made up for by a person, one too many cannot.
 */
export function reconcile(action: Action, live: AccessRequest | null, before: Before): Reconciled {
  if (live === null) return { found: 'unclear', says: 'the request is no longer in the list' };
  const target = TARGETS[action];
  const entries = live.approvals.filter((a) => target.word !== null && a.decision?.toLowerCase() === target.word);
  const ours = entries.some((entry) => isOurs(entry, before.agentUsers) && isSince(entry, before));
  const others = entries.filter(
    (entry) => entry.user !== null && !isOurs(entry, before.agentUsers) && isRecent(entry, before),
  );

  if (ours)
    return { found: 'done', namesUs: true, says: `the vault's record names us; the request is ${live.status} now` };
  if (live.status === target.status) {
    const by = others.at(-1)?.user;
    if (by !== undefined)
      return { found: 'not done', says: `somebody else did it: the vault's record names \`${by}\`` };
    return { found: 'done', says: `the request is ${live.status} now` };
  }
  if (action === 'approve' && live.status === 'Active' && (live.level ?? 0) > (before.level ?? live.level ?? 0)) {
    // Also when the list of approvals names somebody else: should the vault spell our account in another way there, a second
    // approval of ours would take the next level.
    const by = others.at(-1)?.user;
    const whom = by === undefined ? 'does not say by whom' : `names \`${by}\`, which is not how we are called`;
    return { found: 'unclear', says: `a level was approved meanwhile, and the vault ${whom}` };
  }
  if (action === 'approve' && live.status === 'Completed') {
    return {
      found: 'unclear',
      says: 'the request is Completed now, and the vault does not say whether it was approved before',
    };
  }
  return { found: 'not done', says: `the request is ${live.status}, as if the call had never arrived` };
}

const isRecent = ({ created }: Approval, before: Before): boolean =>
  created === null || created >= before.intendedAt - CLOCK_SLACK_MS;

/**
 * Whether an entry that names us can be about the call: by its time, or by the level at which the request stood before
 * it, which tells so also when one of the clocks was wrong.
 */
const isSince = (entry: Approval, before: Before): boolean =>
  isRecent(entry, before) || (entry.level !== null && before.level !== null && entry.level >= before.level);

// In whatever spelling: an entry that could be ours counts as ours, so that nothing of it is done twice.
const isOurs = (entry: Approval, agentUsers: readonly string[]): boolean =>
  entry.user !== null && agentUsers.some((agent) => mayBeSameUser(entry.user ?? '', agent));
