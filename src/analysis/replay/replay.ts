import { type ActionPolicy, type Confirmed, type DecideWith, decide, type Subject } from '../../decide/decide.ts';
import type { Assessment } from '../../domain/assessment.ts';
import { CONFIRMED_BY, type Confirmation, type ConfirmedAction } from '../../domain/confirmation.ts';
import type { CapReached, Decision } from '../../domain/decision.ts';
import { isRisk, type Risk } from '../../domain/risk.ts';
import type { Reviewed, RunRecord } from '../../domain/run_record.ts';

/** What came out of the confirmation and the caps when it was for real; null where there was none. */
export type Recorded = { readonly confirmation: Confirmation | null; readonly heldBack: CapReached | null };

export type Replayed = {
  readonly decision: Decision;
  /**
   * The action would still need a confirmation that was never asked for: another verdict, or another policy, makes other
   * candidates. The decision is then the one that an agreeing confirmation would lead to.
   */
  readonly assumesConfirmation: boolean;
};

/**
 * Decides once more with the code that runs decide with. The same subject, policy and action history give the same decision as
 * in the run; anything changed gives what the run would have decided had it been so.
 */
export function replay(recorded: Subject, { confirmation: second, heldBack }: Recorded, how: DecideWith): Replayed {
  const subject = { ...recorded, assessment: asReplayed(recorded.assessment) };
  const confirmation = second === null ? null : { ...second, assessment: asReplayed(second.assessment) };
  const prepared = decide(subject, null, how);
  const { verdict } = prepared;
  // What is held anyway was no candidate: no confirmation and no cap was asked about it.
  const look: Confirmed = { confirmation: confirmation ?? undefined, heldBack };
  if (verdict === 'hold') {
    const decision = heldBack?.cap === 'isolated' ? decide(subject, look, how) : prepared;
    return { decision, assumesConfirmation: false };
  }
  const needed = Object.hasOwn(CONFIRMED_BY, verdict) ? CONFIRMED_BY[verdict as ConfirmedAction] : null;
  if (needed === null || confirmation?.kind === needed) {
    return { decision: decide(subject, look, how), assumesConfirmation: false };
  }
  if (heldBack === null) return { decision: prepared, assumesConfirmation: true };
  const agreeing: Confirmed = { confirmation: agreeingConfirmation(needed, how), heldBack };
  return { decision: decide(subject, agreeing, how), assumesConfirmation: true };
}

/**
 * A reading of a run that asked for no confidence counts as sure: nobody knows what the model would have said, and the question of a replay is what else is different. One that was asked and gave none stays without.
 */
export const asReplayed = (reading: Assessment): Assessment =>
  reading.kind === 'scored' && reading.confidence === undefined ? { ...reading, confidence: 1 } : reading;

/** The confirmation that the action needs, saying what it has to say. */
export function agreeingConfirmation(kind: Confirmation['kind'], { policy }: Pick<DecideWith, 'policy'>): Confirmation {
  const risk = kind === 'facts-only' ? 'low' : policy.rejectFrom;
  return {
    kind,
    assessment: { kind: 'scored', risk, normalised: false, flags: [], confidence: 1, summary: '', comment: '' },
  };
}

/** The confirmation of a record and the cap that held it back, which is told by the trace of its decision. */
export function recordedOf({ confirmation, decision }: Pick<Reviewed, 'confirmation' | 'decision'>): Recorded {
  const [heldBack = null] = decision.rules.flatMap((trace): CapReached[] => {
    if (trace.kind !== 'cap') return [];
    const { kind: _, action: __, ...reached } = trace;
    return [reached];
  });
  return { confirmation, heldBack };
}

/** Whether the run made more of the model's flags than its policies did: since the confidence is asked for. */
export const heedsFlags = ({ gate }: Pick<RunRecord, 'gate'>): boolean =>
  gate.some(({ setting }) => setting === 'CONFIDENCE_THRESHOLD');

/**
 * The settings a run decided with, as its record has them; one that an older record lacks counts as its strictest, but for
 * the confidence: a run that knew no such threshold had none.
 */
export function settingsOfRun({ gate }: Pick<RunRecord, 'gate'>): ActionPolicy {
  const given = new Map(gate.map(({ setting, value }) => [setting, value]));
  const on = (setting: string): boolean => given.get(setting) === 'true';
  const risk = (setting: string, strictest: Risk): Risk => {
    const value = given.get(setting) ?? '';
    return isRisk(value) ? value : strictest;
  };
  const confidence = given.get('CONFIDENCE_THRESHOLD');
  const days = Number(given.get('STALE_REQUEST_DAYS'));
  return {
    autoApprove: on('AUTO_APPROVE_LOW_RISK'),
    autoReject: on('AUTO_REJECT_HIGH_RISK'),
    autoCloseStale: on('AUTO_CLOSE_STALE'),
    autoCloseExpired: on('AUTO_CLOSE_EXPIRED'),
    approveUpTo: risk('RISK_THRESHOLD_APPROVE', 'low'),
    rejectFrom: risk('RISK_THRESHOLD_REJECT', 'critical'),
    confidenceNeeded: confidence === undefined ? 0 : Number(confidence),
    staleDays: Number.isSafeInteger(days) && days > 0 ? days : 7,
  };
}
