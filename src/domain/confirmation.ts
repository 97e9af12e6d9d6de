import type { AccessContext } from './access_context.ts';
import type { Assessment } from './assessment.ts';
import type { Dossier } from './dossier.ts';
import type { Risk } from './risk.ts';

/**
 * A further rating of a request that is about to be approved or rejected. It may only take the action away.
 * `facts-only`: rated by facts and classes alone, so that no text can help it to be approved.
 * `single`: rated with its text, alone in its question, so that no text of another request can get it rejected.
 */
export type Confirmation = { readonly kind: 'facts-only' | 'single'; readonly assessment: Assessment };

/** By request id, what the second answer was to a question that was asked again. */
export type SecondAnswers = ReadonlyMap<string, Assessment>;

/** By request id. A request without one was not asked about again, and so has no agreement. */
export type Confirmations = ReadonlyMap<string, Confirmation>;

/** The kind that each action needs. Closing needs none: it takes access away that has lasted long enough. */
export const CONFIRMED_BY = { approve: 'facts-only', reject: 'single' } as const satisfies Record<
  string,
  Confirmation['kind']
>;
export type ConfirmedAction = keyof typeof CONFIRMED_BY;

/** A request about which a question is asked that knows more than its text, with what is known about it. */
export type Considered = {
  readonly dossier: Dossier;
  readonly accessContext: AccessContext;
};

/**
 * A request that is about to be approved or rejected. `again`: only that reading, the usual one or its confirmation, stands
 * against an approval, by one level of risk, and is asked for a second time.
 */
export type ConfirmCandidate = Considered & {
  readonly action: ConfirmedAction;
  readonly again?: 'reading' | 'confirmation';
};

/** Why a confirmation does not let the action happen. */
export type Disagreement =
  | { readonly reason: 'missing' }
  | { readonly reason: 'failed'; readonly why: string }
  /** Its word for the risk is none that we know. */
  | { readonly reason: 'not-understood' }
  | { readonly reason: 'steering-suspected' }
  /** `confidence` is null when the answer gave none. */
  | { readonly reason: 'unsure'; readonly confidence: number | null; readonly needed: number }
  /** `limit` is up to where approving is allowed, or from where on rejecting is. */
  | { readonly reason: 'risk'; readonly risk: Risk; readonly limit: Risk };
