/** What the model says beside a low rating, so that the request is left to people: how sure it is, and what it noticed. */
import type { Behaviour, ModelCall } from '../../simulator/model/call.ts';
import type { Rating } from '../../simulator/model/rater.ts';

type Said = Partial<Record<'anomaly_flags' | 'confidence', unknown>>;

/** By the length of the window in hours, which facts-only questions tell as well; every other kind asks for other ones. */
const FIRST: Readonly<Record<number, Said>> = {
  11: { anomaly_flags: ['injection_suspected'] },
  12: { anomaly_flags: ['weak_justification'] },
  13: { anomaly_flags: ['justification_mismatch', 'urgency_pressure'] },
  14: { confidence: 0.84 },
  15: { confidence: undefined },
};
const CONFIRMING: Readonly<Record<number, Said>> = {
  16: { anomaly_flags: ['injection_suspected'] },
  17: { confidence: 0.84 },
  18: { confidence: undefined },
};
export const SAID_HOURS: readonly number[] = [...Object.keys(FIRST), ...Object.keys(CONFIRMING)].map(Number);

export const sayingMore: Behaviour = (call, rated) => ({
  ratings: Object.fromEntries(Object.entries(rated).map(([slot, one]) => [slot, { ...one, ...saidOf(call, slot) }])),
});

function saidOf({ mode, question }: ModelCall, slot: string): Partial<Record<keyof Rating, unknown>> {
  const hours = Math.round(question?.requests[slot]?.facts.requested_hours ?? 0);
  return (mode === 'review' ? FIRST : CONFIRMING)[hours] ?? {};
}
