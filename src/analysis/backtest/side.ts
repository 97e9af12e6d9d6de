import type { ActionPolicy } from '../../decide/decide.ts';
import { capKeys } from '../../decide/decide_all.ts';
import type { AccessContext } from '../../domain/access_context.ts';
import type { Assessment } from '../../domain/assessment.ts';
import type { Confirmation, ConfirmedAction } from '../../domain/confirmation.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Dossier } from '../../domain/dossier.ts';
import { type RunRecord, requestorOf } from '../../domain/run_record.ts';
import { firstReason } from '../../phrases/rule_words.ts';
import type { Policy } from '../../policy/load.ts';
import { replay } from '../replay/replay.ts';
import { caseKey, type Phase, phaseOf } from './history.ts';

/** What one policy makes of one case. */
export type SideResult = {
  readonly id: string;
  readonly phase: Phase;
  readonly verdict: Decision['verdict'];
  readonly basis: readonly string[];
  /** The first reason, for what is held. */
  readonly says: string;
  /** The run at which it would have acted first; for what is left alone, the newest one that saw it. */
  readonly runId: string;
  readonly at: number;
  readonly created: number;
  readonly keys: { readonly requestor: string; readonly asset: string };
  /** It would still need a confirmation, which was not asked for at the time. */
  readonly assumesConfirmation: boolean;
  readonly privileged: boolean;
  readonly inConflict: boolean;
  /** It asked for more than a role of the person has of the same; null when it did not. */
  readonly more: AskedForMore | null;
};

export type AskedForMore = { readonly requestor: string; readonly asked: string; readonly enough: string };

/** The rating and the confirmation to decide a case by. */
export type Ratings = ReadonlyMap<
  string,
  { readonly assessment: Assessment; readonly confirmation: Confirmation | null }
>;

export type ConfirmCandidate = {
  readonly dossier: Dossier;
  readonly accessContext: AccessContext;
  readonly action: ConfirmedAction;
};

const nothingDone = (): boolean => false;

/**
 * One policy, led through the runs. A case is settled by the first run at which it would have been acted on: after that
 * the vault would have known another status.
 */
export class Side {
  readonly policy: Policy;
  readonly #settings: ActionPolicy;
  readonly #results = new Map<string, SideResult>();
  readonly #candidates = new Map<string, ConfirmCandidate>();

  constructor(policy: Policy, settings: ActionPolicy) {
    this.policy = policy;
    this.#settings = settings;
  }

  decide({ runId, startedAt, reviewed }: RunRecord, ratings: Ratings): void {
    const accessContexts = this.policy.classify(
      reviewed.map(({ dossier }) => dossier),
      startedAt,
    );
    for (const { dossier, accessContext: recorded, assessment: ofRun, confirmation: confirmationOfRun } of reviewed) {
      const { request } = dossier;
      const phase = phaseOf(request.status);
      if (phase === null) continue;
      const key = caseKey(request.id, phase);
      const before = this.#results.get(key);
      if (before !== undefined && before.verdict !== 'hold') continue;
      const { assessment, confirmation } = ratings.get(key) ?? { assessment: ofRun, confirmation: confirmationOfRun };
      const accessContext = accessContexts.get(request.id) ?? recorded;
      const { mode: _, ...enforced } = accessContext;
      // What a class keeps to people is what has to be compared with what people decide.
      const { decision, assumesConfirmation } = replay(
        { dossier, accessContext: enforced, assessment },
        { confirmation, heldBack: null },
        { policy: this.#settings, engine: this.policy, acted: nothingDone },
      );
      const all = [accessContext, recorded];
      if (assumesConfirmation)
        this.#candidates.set(key, { dossier, accessContext, action: decision.verdict as ConfirmedAction });
      this.#results.set(key, {
        id: request.id,
        phase,
        verdict: decision.verdict,
        basis: [...new Set(decision.basis)],
        says: firstReason(decision, ''),
        runId,
        at: startedAt,
        created: request.created,
        keys: capKeys(request),
        assumesConfirmation: assumesConfirmation && decision.verdict !== 'hold',
        privileged: (before?.privileged ?? false) || all.some(isPrivileged),
        more: askedForMore(request, accessContext),
        inConflict: (before?.inConflict ?? false) || all.some(({ sodConflicts }) => sodConflicts.length > 0),
      });
    }
  }

  /** Those that would still need a confirmation, as they were when they would have been acted on. */
  candidates(): ReadonlyMap<string, ConfirmCandidate> {
    return this.#candidates;
  }

  results(): ReadonlyMap<string, SideResult> {
    return this.#results;
  }
}

const askedForMore = (request: Dossier['request'], { entitlement, lesser }: AccessContext): AskedForMore | null =>
  entitlement !== null && lesser
    ? { requestor: requestorOf(request), asked: entitlement, enough: lesser.entitlement }
    : null;

/** INVARIANT: also by the policy of then: a policy under trial that forgets what is privileged must not pass for that. */
const isPrivileged = ({ privileged, neverAuto }: AccessContext): boolean => privileged || neverAuto.length > 0;
