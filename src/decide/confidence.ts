import { type Assessment, flagged } from '../domain/assessment.ts';
import type { Confirmations } from '../domain/confirmation.ts';
import type { Dossier } from '../domain/dossier.ts';
import type { Problem } from '../domain/run_record.ts';
import { isOpen } from '../domain/status.ts';
import { plural } from '../phrases/plural.ts';

/** How sure a reading was, where that is not enough; `confidence` is null when its answer gave none. */
export type Doubt = { readonly confidence: number | null; readonly needed: number };

/**
 * Null when the reading is sure enough to act on, and while CONFIDENCE_THRESHOLD is 0.
 * INVARIANT: every reading is asked by itself, so that the lowest of them counts; one without a confidence is never sure.
 */
export function unsure(reading: Assessment, needed: number): Doubt | null {
  if (needed === 0 || reading.kind === 'unscored') return null;
  const confidence = reading.confidence ?? null;
  return confidence !== null && confidence >= needed ? null : { confidence, needed };
}

/** Every reading of a request in which the model says that a text wants to steer it. */
export const steering = (readings: readonly (Assessment | undefined)[]): boolean =>
  readings.some((reading) => reading !== undefined && flagged(reading, 'injection_suspected'));

type Read = { readonly dossier: Dossier; readonly assessment: Assessment };

/** One line for the run when answers about open requests came without a confidence; null when none did, or none is needed. */
export function missingConfidence(read: readonly Read[], confirmations: Confirmations, needed: number): Problem | null {
  const lacks = (reading: Assessment | undefined) =>
    reading?.kind === 'scored' && (reading.confidence ?? null) === null;
  const count = read.filter(
    ({ dossier: { request }, assessment }) =>
      isOpen(request.status) && (lacks(assessment) || lacks(confirmations.get(request.id)?.assessment)),
  ).length;
  if (needed === 0 || count === 0) return null;
  return {
    where: 'confidence',
    message: `the model answered about ${plural(count, 'request')} without a confidence from 0 to 1, so nothing is approved or rejected there`,
    advice:
      'choose a model that keeps to a JSON schema (OPENAI_MODEL); CONFIDENCE_THRESHOLD=0 does without a confidence',
  };
}
