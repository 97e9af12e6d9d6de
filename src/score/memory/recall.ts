import { hash } from 'node:crypto';
import type { AccessContext } from '../../domain/access_context.ts';
import type { Scored } from '../../domain/assessment.ts';
import type { Dossier } from '../../domain/dossier.ts';
import { isOpen } from '../../domain/status.ts';
import { type Context, contextFor, entryFor, type Slotted, type TreatedText } from '../payload.ts';
import type { Prompts } from '../prompts.ts';
import { neutral } from '../redact.ts';
import { answerSchema } from '../schema.ts';

/**
 * What the model said before about exactly the same thing need not be asked again.
 * INVARIANT: the key is the digest of everything that the model would see of the request (its entry, what stands around
 * it, the prompts, the form of the answer), of the model's name and of its endpoint, as the same name may mean another
 * model elsewhere; one byte less or more is another key. The slot and the other requests in the question are no part of it:
 * they say nothing about the request.
 */
export type Asking = {
  readonly model: string;
  readonly endpoint: string | undefined;
  readonly prompts: Prompts;
  readonly context: Context;
  /** Nothing is done on an answer without a confidence: the next one may have it. */
  readonly confidenceNeeded: boolean;
};

/** What else the model would see of the requests, by their ids. */
type Seen = {
  readonly screened: ReadonlyMap<string, TreatedText>;
  readonly accessContexts: ReadonlyMap<string, AccessContext>;
};

export function keyOf(
  { dossier, texts, accessContext }: Omit<Slotted, 'slot'>,
  { model, endpoint, prompts, context }: Omit<Asking, 'confidenceNeeded'>,
): string {
  const seen = [
    model,
    endpoint,
    prompts.digest,
    ANSWER,
    contextFor(context),
    entryFor({ dossier, texts, accessContext }),
  ];
  return hash('sha256', JSON.stringify(seen), 'base64url');
}

/** With another vocabulary the same words would mean something else. */
const ANSWER = JSON.stringify(answerSchema(['r1'], 'personal'));

/** An assessment as it is kept; `alone` says that no other request was in the question that it came from. */
export type Kept = { readonly assessment: Scored; readonly alone: boolean };

/** Where assessments are kept between the runs. */
export type AssessmentMemory = {
  recall(key: string): Kept | null;
  keep(key: string, kept: Kept): void;
};

/** An assessment that was given before, or null when the request has to be asked about. */
export type Recall = (dossier: Dossier) => Scored | null;
/** Hands a new assessment to the memory. */
export type Keep = (dossier: Dossier, assessment: Scored, alone: boolean) => void;

export type Remembering = { readonly recall: Recall; readonly keep: Keep };

/**
 * INVARIANT: what has to be alone in its question gets no assessment back that was made among others. An answer whose risk
 * was none of our words is not kept: the next one may be better. For the same reason one about an open request that came
 * without a confidence is kept only while none is needed.
 */
export function remembering(memory: AssessmentMemory, asking: Asking, { screened, accessContexts }: Seen): Remembering {
  const textsOf = ({ request }: Dossier) => screened.get(request.id);
  const keyFor = (dossier: Dossier) =>
    keyOf({ dossier, texts: textsOf(dossier), accessContext: accessContexts.get(dossier.request.id) }, asking);
  const lacksConfidence = ({ request }: Dossier, { confidence = null }: Scored) =>
    asking.confidenceNeeded && confidence === null && isOpen(request.status);
  /** Of what has to be asked, until the answer is there. */
  const keys = new Map<Dossier, string>();
  return {
    recall(dossier) {
      const texts = textsOf(dossier);
      const key = keyFor(dossier);
      const kept = memory.recall(key);
      if (kept === null || (!kept.alone && texts?.suspicious !== false) || lacksConfidence(dossier, kept.assessment)) {
        keys.set(dossier, key);
        return null;
      }
      // What was kept was made fit to be shown. Whatever may still become a comment in the vault is looked at again: the
      // file may have been edited, and the rules may have changed since.
      const fit = isOpen(dossier.request.status)
        ? neutral(kept.assessment, [{ slot: 'r1', texts }], asking.prompts.system)
        : kept.assessment;
      return { ...fit, remembered: true };
    },
    keep(dossier, assessment, alone) {
      const key = keys.get(dossier) ?? keyFor(dossier);
      keys.delete(dossier);
      // Two requests can be the same to the letter; the assessment that serves both is the one that was made alone.
      const better = !alone && memory.recall(key)?.alone === true;
      if (!assessment.normalised && !better) memory.keep(key, { assessment, alone });
    },
  };
}
