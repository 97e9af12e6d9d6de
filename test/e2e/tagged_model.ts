import type { Behaviour } from '../../simulator/model/behaviours.ts';

const TAG = /\[(low|medium|high|critical)\]/;

/**
 * A model that rates each request as the tag in its justification says; one without a tag is medium. Where it is shown no
 * text (a facts-only question) it rates by the facts, control records included.
 */
export const byTag: Behaviour = (call, rated) => ({
  ratings:
    call.mode === 'blind'
      ? rated
      : Object.fromEntries(
          Object.entries(rated).map(([slot, rating]) => {
            const text = call.question?.requests[slot]?.untrusted_text?.justification ?? '';
            return [slot, { ...rating, anomaly_flags: [], risk: TAG.exec(text)?.[1] ?? 'medium' }];
          }),
        ),
});
