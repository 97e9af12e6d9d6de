import type { ActionPolicy } from '../../decide/decide.ts';
import { capKeys } from '../../decide/decide_all.ts';
import { BEST } from '../../decide/foreseen.ts';
import type { AccessContext } from '../../domain/access_context.ts';
import type { Assessment } from '../../domain/assessment.ts';
import { assetUnknown } from '../../domain/asset_unknown.ts';
import type { Confirmation, ConfirmedAction } from '../../domain/confirmation.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Dossier } from '../../domain/dossier.ts';
import { type Reviewed, type RunRecord, requestorOf } from '../../domain/run_record.ts';
import { firstReason } from '../../phrases/rule_words.ts';
import type { Policy } from '../../policy/load.ts';
import { replay } from '../replay/replay.ts';
import { caseKey, type Phase, type Seen, seenIn } from './as_it_waited.ts';

/** What one policy makes of one case. */
export type SideResult = {
  readonly id: string;
  readonly phase: Phase;
  /** People decided before a run saw it wait; it was decided again as it must have waited. */
  readonly recalled: boolean;
  /** Nobody rated it: it counts as low. */
  readonly isUnrated: boolean;
  /** The run that saw it settled did not read its asset, so that no row of the mapping could fit. */
  readonly isUnread: boolean;
  readonly classes: readonly string[];
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

/** A run, as far as it is decided again. */
export type Replayable = Pick<RunRecord, 'runId' | 'startedAt'> & {
  readonly reviewed: readonly Pick<Reviewed, 'dossier' | 'accessContext' | 'assessment' | 'confirmation'>[];
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

  decide({ runId, startedAt, reviewed }: Replayable, ratings: Ratings): void {
    const accessContexts = this.policy.accessContexts(startedAt);
    // What a person holds is told by all requests as they stood.
    for (const { dossier } of reviewed) accessContexts.add(dossier);
    for (const one of reviewed) {
      for (const seen of seenIn(one))
        this.#decideOne(seen, one, accessContexts.of(seen.dossier), ratings, { runId, startedAt });
    }
  }

  #decideOne(
    { dossier, phase, recalled, ...ofRun }: Seen,
    { accessContext: recorded }: Pick<Reviewed, 'accessContext'>,
    accessContext: AccessContext,
    ratings: Ratings,
    { runId, startedAt }: Pick<RunRecord, 'runId' | 'startedAt'>,
  ): void {
    const { request } = dossier;
    const key = caseKey(request.id, phase);
    const before = this.#results.get(key);
    if (before !== undefined && (before.verdict !== 'hold' || (recalled && !before.recalled))) return;
    const rated = ratings.get(key) ?? ofRun;
    // Settled requests are rated only with DEEP_ANALYSIS on. The best that a model could say shows what the policy lets through.
    const isUnrated = recalled && rated.assessment.kind === 'unscored';
    const { mode: _, ...enforced } = accessContext;
    // What a class keeps to people is what has to be compared with what people decide.
    const { decision, assumesConfirmation } = replay(
      { dossier, accessContext: enforced, assessment: isUnrated ? BEST : rated.assessment },
      { confirmation: rated.confirmation, heldBack: null },
      { policy: this.#settings, engine: this.policy, acted: nothingDone },
    );
    const all = recalled ? [accessContext] : [accessContext, recorded];
    if (assumesConfirmation && !recalled)
      this.#candidates.set(key, { dossier, accessContext, action: decision.verdict as ConfirmedAction });
    this.#results.set(key, {
      id: request.id,
      ...{ phase, recalled, isUnrated },
      isUnread: recalled && assetUnknown(dossier, accessContext) === 'not-read',
      classes: accessContext.classes,
      verdict: decision.verdict,
      basis: [...new Set(decision.basis)],
      says: firstReason(decision, ''),
      runId,
      at: startedAt,
      created: request.created,
      keys: capKeys(request),
      assumesConfirmation: assumesConfirmation && decision.verdict !== 'hold' && !recalled,
      privileged: (before?.privileged ?? false) || all.some(isPrivileged),
      more: askedForMore(request, accessContext),
      inConflict: (before?.inConflict ?? false) || all.some(({ sodConflicts }) => sodConflicts.length > 0),
    });
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
