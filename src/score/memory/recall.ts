import { hash } from 'node:crypto';
import type { AccessContext } from '../../domain/access_context.ts';
import type { Scored } from '../../domain/assessment.ts';
import type { Confirmation, Considered } from '../../domain/confirmation.ts';
import type { Dossier } from '../../domain/dossier.ts';
import { isOpen } from '../../domain/status.ts';
import { waits } from '../compose.ts';
import { type Context, contextFor, entryFor, factsOnlyFacts, type TreatedText } from '../payload.ts';
import type { Prompts } from '../prompts.ts';
import type { QuestionKind } from '../question_kinds.ts';
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
  /** Which one reads what is settled; the same unless given. */
  readonly sharedModel?: string | undefined;
  readonly endpoint: string | undefined;
  readonly prompts: Prompts;
  readonly context: Context;
  /** Nothing is done on an answer without a confidence: the next one may have it. */
  readonly confidenceNeeded: boolean;
};

/** What else the model would see of the requests, by their ids, and what we did to them. */
type Seen = {
  readonly screened: ReadonlyMap<string, TreatedText>;
  readonly accessContexts: ReadonlyMap<string, AccessContext>;
  readonly acted?: (requestId: string) => boolean;
};

/** What a reading was made of: of the usual question, or of a confirmation. */
type Of = 'usual' | Confirmation['kind'];

type Keyed = Considered | { readonly dossier: Dossier; readonly accessContext?: AccessContext | undefined };

export function keyOf(
  one: Keyed & { readonly texts?: TreatedText | undefined },
  { model, sharedModel = model, endpoint, prompts, context }: Omit<Asking, 'confidenceNeeded'>,
  of: Of = 'usual',
): string {
  const entry = of === 'facts-only' ? { facts: factsOnlyFacts(one) } : entryFor(one);
  const kind = of !== 'usual' ? of : waits(one.dossier) ? 'personal' : 'shared';
  const asked = kind === 'shared' ? sharedModel : model;
  return digestOf([asked, endpoint, prompts.digest, kind, ANSWERS[kind], contextFor(context), entry]);
}

/** The same of a request with its texts, whatever has become of it since. */
const requestKeyOf = (
  { dossier, texts }: Keyed & { readonly texts?: TreatedText | undefined },
  { model, endpoint, prompts, context }: Asking,
): string => {
  const { untrusted_text: said } = entryFor({ dossier, texts });
  return digestOf([model, endpoint, prompts.digest, ANSWERS.personal, contextFor(context), dossier.request.id, said]);
};

const digestOf = (seen: readonly unknown[]): string => hash('sha256', JSON.stringify(seen), 'base64url');

/** With another vocabulary the same words would mean something else. */
const answerOf = (kind: QuestionKind): string => JSON.stringify(answerSchema(['r1'], kind));
const ANSWERS: Readonly<Record<QuestionKind, string>> = {
  ...{ personal: answerOf('personal'), shared: answerOf('shared') },
  ...{ 'facts-only': answerOf('facts-only'), single: answerOf('single') },
};

/** Whose requests else were in the question: nobody's, those of the same person, or anybody's. */
export type Among = (typeof AMONG)[number];
/** The worse first. */
const AMONG = ['others', 'own', 'nobody'] as const;
const atLeastAs = (among: Among, needed: Among): boolean => AMONG.indexOf(among) >= AMONG.indexOf(needed);

/** The largest circle that an assessment of the request may come from. */
function circleOf(dossier: Dossier, suspicious: boolean): Among {
  if (!isOpen(dossier.request.status)) return 'others';
  return suspicious ? 'nobody' : waits(dossier) ? 'own' : 'others';
}

/** An assessment as it is kept. `request` is the key of the request with its texts, for what may come to be settled. */
export type Kept = { readonly assessment: Scored; readonly among: Among; readonly request?: string | undefined };

/** Where assessments are kept between the runs. */
export type AssessmentMemory = {
  recall(key: string): Kept | null;
  /** The newest that was kept with this key of a request. */
  recallRequest(key: string): Kept | null;
  keep(key: string, kept: Kept): void;
};

/** Hands a new assessment to the memory. */
export type Keep = (dossier: Dossier, assessment: Scored, among: Among) => void;

export type Remembering = {
  /** An assessment that was given before, or null when the request has to be asked about. */
  recall(dossier: Dossier): Scored | null;
  readonly keep: Keep;
  /** What an earlier run was told in a confirming question, or null. */
  recallConfirmation(kind: Confirmation['kind'], considered: Considered): Scored | null;
  keepConfirmation(kind: Confirmation['kind'], considered: Considered, assessment: Scored): void;
  /** A second answer said the same as the first one, which is kept. */
  keepBorneOut(dossier: Dossier, second: Scored): void;
};

/**
 * INVARIANT: what is suspicious and not over gets no assessment back that was made among other requests, and what waits none
 * that was made among those of other people. An answer whose risk was none of our words is not kept, of whichever question: the
 * next one may be better. For the same reason one about an open request that came without a confidence is kept only while none
 * is needed.
 * INVARIANT: an assessment that is known by the request and its texts alone is given only for what cannot be approved or
 * rejected any more: it is settled, or we acted on it.
 */
export function remembering(
  memory: AssessmentMemory,
  asking: Asking,
  { screened, accessContexts, acted = () => false }: Seen,
): Remembering {
  const textsOf = ({ request }: Dossier) => screened.get(request.id);
  const seenOf = (dossier: Dossier) => ({
    ...{ dossier, texts: textsOf(dossier), accessContext: accessContexts.get(dossier.request.id) },
  });
  const lacksConfidence = ({ request }: Dossier, { confidence = null }: Scored) =>
    asking.confidenceNeeded && confidence === null && isOpen(request.status);
  const isSettled = ({ request }: Dossier) => !isOpen(request.status) || acted(request.id);
  /** Of what has to be asked, until the answer is there. */
  const keys = new Map<Dossier, string>();

  const found = (dossier: Dossier, key: string): Kept | null => {
    const kept = memory.recall(key);
    if (kept !== null || !isSettled(dossier)) return kept;
    return memory.recallRequest(requestKeyOf(seenOf(dossier), asking));
  };
  const keyFor = (dossier: Dossier) => keyOf(seenOf(dossier), asking);
  const confirmationKey = (kind: Confirmation['kind'], { dossier, accessContext }: Considered) =>
    keyOf({ dossier, accessContext, texts: textsOf(dossier) }, asking, kind);

  return {
    recall(dossier) {
      const texts = textsOf(dossier);
      const key = keyFor(dossier);
      const kept = found(dossier, key);
      const needed = circleOf(dossier, texts?.suspicious !== false);
      if (kept === null || !atLeastAs(kept.among, needed) || lacksConfidence(dossier, kept.assessment)) {
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
    keep(dossier, assessment, among) {
      const key = keys.get(dossier) ?? keyFor(dossier);
      keys.delete(dossier);
      // Two requests can be the same to the letter; the assessment that serves both is the one made in the smaller circle.
      const before = memory.recall(key);
      const better = before !== null && !atLeastAs(among, before.among) && !lacksConfidence(dossier, before.assessment);
      if (assessment.normalised || better) return;
      const request = isOpen(dossier.request.status) ? requestKeyOf(seenOf(dossier), asking) : undefined;
      memory.keep(key, { assessment, among, request });
    },
    recallConfirmation(kind, considered) {
      const kept = memory.recall(confirmationKey(kind, considered));
      return kept === null ? null : { ...kept.assessment, remembered: true };
    },
    keepConfirmation(kind, considered, assessment) {
      if (assessment.normalised || lacksConfidence(considered.dossier, assessment)) return;
      memory.keep(confirmationKey(kind, considered), { assessment, among: 'nobody' });
    },
    keepBorneOut(dossier, second) {
      if (second.normalised || lacksConfidence(dossier, second)) return;
      const key = keyFor(dossier);
      const kept = memory.recall(key);
      if (kept !== null) memory.keep(key, { ...kept, assessment: { ...kept.assessment, borneOut: true } });
    },
  };
}
