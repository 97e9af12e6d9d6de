import type { DecideParts } from '../decide/step.ts';
import { isOwn } from '../domain/access_request.ts';
import type { Action } from '../domain/action.ts';
import type { Confirmation } from '../domain/confirmation.ts';
import type { Outcome } from '../domain/decision.ts';
import type { Problem, Reviewed } from '../domain/run_record.ts';
import type { ActionHistory } from '../ledger/action_history.ts';
import type { RunFacts } from '../run/draft.ts';
import type { Clock } from '../util/clock.ts';
import { adviceOf, describeError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import type { Progress } from '../util/progress.ts';
import type { WritingHand } from '../vault/acting_token.ts';
import type { OwnAccounts } from '../vault/own_accounts.ts';
import type { VaultParts } from '../vault/vault.ts';
import { type Ask, act, type Planned } from './act.ts';
import type { ActPorts } from './ports.ts';

type ActParts = {
  readonly facts: Pick<RunFacts, 'runId' | 'planId' | 'approvedBy'>;
  readonly own: OwnAccounts;
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
  readonly vault: Pick<VaultParts, 'lookUp'>;
  /** Null in a run that only observes: it has nothing to write with. */
  readonly hand: WritingHand | null;
  readonly deciding: Pick<DecideParts, 'objection'>;
  readonly ask: Ask | undefined;
  readonly lockHeld: () => boolean;
  readonly halted: ActPorts['halted'];
  readonly signal: AbortSignal;
  readonly onProblem: (problem: Problem) => void;
  /** Actions under way at the same time, when nobody is asked. */
  readonly concurrency: number;
};

/** Acting as one run does it: gates and policies asked again on each live request, and the hand emptied afterwards. */
export async function actStep(
  planned: readonly Planned[],
  memory: ActionHistory,
  reviewed: readonly Reviewed[],
  parts: ActParts,
): Promise<Outcome[]> {
  const { facts, own, clock, log, progress, vault, hand, deciding, ask, lockHeld, halted, signal } = parts;
  const { runId, planId, approvedBy } = facts;
  if (hand === null) throw new Error('a run that only observes tried to act');
  const judged = new Map(reviewed.map((one) => [one.dossier.request.id, one]));
  let done = 0;
  try {
    return await act(planned, {
      runId,
      // A person reads one question at a time.
      atOnce: ask === undefined ? parts.concurrency : 1,
      get agentUsers() {
        return own.all();
      },
      clock,
      memory,
      lookUp: vault.lookUp,
      authority: async () => {
        const authority = await hand.ready();
        own.add(hand.user());
        return authority;
      },
      signature: () => ({ actor: hand.user(), plan: planId, approvedBy }),
      send: hand.send,
      objection: ({ request, action }, live) => {
        const known = judged.get(request.id);
        if (known === undefined) return 'it was never judged';
        if (approvedBy !== null && action === 'approve' && isOwn(live, [approvedBy])) {
          return `\`${approvedBy}\` asked for it: asking and approving are two people's work`;
        }
        const dossier = { ...known.dossier, request: live, facts: { ...known.dossier.facts, own: own.made(live) } };
        const confirmations: ReadonlyMap<string, Confirmation> =
          known.confirmation === null ? new Map() : new Map([[request.id, known.confirmation]]);
        return deciding.objection({ ...known, dossier }, confirmations, memory, action);
      },
      ask:
        ask &&
        (async (...question) => {
          // The line of the progress stands where the question wants to be.
          progress.clear();
          return ask(...question);
        }),
      lockHeld,
      halted,
      signal,
      onOutcome: ({ request, action }, outcome) => {
        progress.update('act', ++done, planned.length);
        log.info('request.acted', { run: runId, request: request.id, action, ...outcome });
      },
      onUnrecorded: (intent, error) => {
        const problem = unrecorded(intent, error);
        parts.onProblem(problem);
        log.error('run.problem', { run: runId, ...problem });
      },
    });
  } finally {
    // Right after the last write; what fails here is tried again, and told, when the run gives everything back.
    for (const failure of await hand.giveBack()) log.warn('run.warning', { run: runId, message: failure });
  }
}

function unrecorded({ request, action }: { request: string; action: Action }, error: unknown): Problem {
  const advice = adviceOf(error);
  return {
    where: 'act',
    message: `what became of the ${action} of request ${request} could not be put on record: ${describeError(error)}`,
    advice: `${advice === null ? '' : `${advice}; `}the request counts as acted on, and the next run looks up what became of it`,
  };
}
