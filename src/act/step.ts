import type { Config } from '../config/config.ts';
import type { AccessRequest } from '../domain/access_request.ts';
import type { Action } from '../domain/action.ts';
import type { Confirmation, Confirmations } from '../domain/confirmation.ts';
import type { Outcome } from '../domain/decision.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Problem, Recovered, Reviewed, RunFacts } from '../domain/run_record.ts';
import type { Authority } from '../domain/write_answer.ts';
import type { ActionHistory } from '../ledger/action_history.ts';
import type { Clock } from '../util/clock.ts';
import { adviceOf, describeError } from '../util/errors.ts';
import type { Log } from '../util/log.ts';
import type { Progress } from '../util/progress.ts';
import { type Ask, act, type Planned } from './act.ts';
import type { ActPorts } from './ports.ts';
import { recover, settleMsFor } from './recover.ts';

type ActParts<Fresh> = {
  readonly config: Config;
  readonly facts: Pick<RunFacts, 'runId' | 'planId' | 'approvedBy' | 'window'>;
  /** Our own accounts, as they become known. */
  readonly own: {
    all(): readonly string[];
    add(...names: readonly (string | null)[]): void;
  };
  readonly clock: Clock;
  readonly log: Log;
  readonly progress: Progress;
  readonly vault: Pick<ActPorts, 'lookUp'>;
  /** Null in a run that only observes: it has nothing to write with. */
  readonly token: ActingToken | null;
  /** Reads what a decision rests on besides the request itself. @throws {UpstreamError} */
  readonly readFresh: (request: AccessRequest, action: Action, lookUp: ActPorts['lookUp']) => Promise<Fresh>;
  /** What is known of the live request now; `together` tells which others this run rejected. */
  readonly dossierAnew: (
    old: Dossier,
    live: AccessRequest,
    fresh: Fresh,
    acted: ActionHistory['acted'],
    together: (requestId: string) => boolean,
  ) => Dossier;
  /** Why the live request may not get the action after all: gates and policies asked again. */
  readonly objection: (
    before: Reviewed,
    dossier: Dossier,
    confirmations: Confirmations,
    history: Pick<ActionHistory, 'acted'>,
    action: Action,
  ) => string | null;
  readonly ask: Ask | undefined;
  readonly lockHeld: () => boolean;
  readonly halted: ActPorts['halted'];
  readonly signal: AbortSignal;
};

/** How old may be what a write rests on. */
const OLDEST_MS = 60_000;

/** The token that writes: nothing of it exists before the first action has passed every check. */
type ActingToken = {
  ready(): Promise<Authority>;
  user(): string | null;
  readonly send: ActPorts['send'];
  giveBack(): Promise<readonly string[]>;
};

/** Acting as one run does it: what earlier runs left open is looked up, and what was decided is carried out. */
export function actStep<Fresh extends { readonly readAt: number }>(parts: ActParts<Fresh>) {
  const { config, facts, own, clock, log, progress, vault, ask, lockHeld, halted, signal } = parts;
  const { runId, planId, approvedBy } = facts;

  function portsFor(
    token: ActingToken,
    history: ActionHistory,
    reviewed: readonly Reviewed[],
    of: number,
    onProblem: (problem: Problem) => void,
    onOutcome: () => void,
  ): ActPorts {
    let asked = 0;
    const fresh = new Map<string, Fresh>();
    const reviewedById = new Map(reviewed.map((one) => [one.dossier.request.id, one]));
    const rejectedHere = (id: string): boolean =>
      reviewedById.get(id)?.decision.verdict === 'reject' && history.acted(id, 'reject');
    return {
      ...{ runId, clock, history, lookUp: vault.lookUp, send: token.send, lockHeld, halted, signal },
      // A person reads one question at a time; and a write that waited for a connection would be given up for a lost one.
      atOnce: ask === undefined ? Math.min(config.actions.concurrency, config.vault.concurrency) : 1,
      get agentUsers() {
        return own.all();
      },
      authority: async () => {
        const authority = await token.ready();
        own.add(token.user());
        return authority;
      },
      signature: () => ({ actor: token.user(), plan: planId, approvedBy }),
      freshen: async ({ request, action }, lookUp) =>
        void fresh.set(request.id, await parts.readFresh(request, action, lookUp)),
      aged: ({ request }) => clock.now() - (fresh.get(request.id)?.readAt ?? 0) > OLDEST_MS,
      objection: ({ request, action }, live, underWay) => {
        const one = reviewedById.get(request.id);
        if (one === undefined) return 'it was never decided on';
        const facts = fresh.get(request.id);
        if (facts === undefined) throw new Error('it was not read anew');
        const dossier = parts.dossierAnew(one.dossier, live, facts, history.acted, rejectedHere);
        const { confirmation } = one;
        const confirmations: ReadonlyMap<string, Confirmation> =
          confirmation === null ? new Map() : new Map([[request.id, confirmation]]);
        const acted: ActionHistory['acted'] = (id, what) =>
          !(underWay && id === request.id && what === action) && history.acted(id, what);
        return parts.objection(one, dossier, confirmations, { acted }, action);
      },
      ask:
        ask &&
        (async (one, stop) => {
          const about = reviewedById.get(one.request.id);
          if (about === undefined) throw new Error('it was never decided on');
          // The line of the progress stands where the question wants to be.
          progress.clear();
          return ask({ ...one, reviewed: about, number: ++asked, of }, stop);
        }),
      onOutcome: ({ request, action }, outcome) => {
        onOutcome();
        log.info('request.acted', { run: runId, request: request.id, action, ...outcome });
      },
      onUnrecorded: (intent, error) => {
        const problem = unrecorded(intent, error);
        onProblem(problem);
        log.error('run.problem', { run: runId, ...problem });
      },
    };
  }

  return {
    async recover(history: ActionHistory): Promise<Recovered[]> {
      own.add(...history.actors());
      const recovered = await recover(history, {
        ...{ agentUsers: own.all(), lookUp: vault.lookUp, clock, signal },
        settleMs: settleMsFor(config.vault.timeoutMs),
        since: facts.window.from,
      });
      for (const one of recovered) log.warn('action.recovered', { run: runId, ...one });
      return recovered;
    },

    async act(
      planned: readonly Planned[],
      history: ActionHistory,
      reviewed: readonly Reviewed[],
      onProblem: (problem: Problem) => void,
    ): Promise<Outcome[]> {
      const { token } = parts;
      if (token === null) throw new Error('a run that only observes tried to act');
      let done = 0;
      const onOutcome = () => progress.update('act', ++done, planned.length);
      try {
        return await act(planned, portsFor(token, history, reviewed, planned.length, onProblem, onOutcome));
      } finally {
        // Right after the last write; what fails here is tried again, and told, when the run gives everything back.
        for (const failure of await token.giveBack()) log.warn('run.warning', { run: runId, message: failure });
      }
    },
  };
}

function unrecorded({ request, action }: { request: string; action: Action }, error: unknown): Problem {
  const advice = adviceOf(error);
  return {
    where: 'act',
    message: `what became of the ${action} of request ${request} could not be written to the ledger: ${describeError(error)}`,
    advice: `${advice === null ? '' : `${advice}; `}the request counts as acted on, and the next run looks up what became of it`,
  };
}
