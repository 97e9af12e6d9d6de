import type { AccessContext } from './access_context.ts';
import type { Action } from './action.ts';
import type { Assessment } from './assessment.ts';
import type { Dossier, History } from './dossier.ts';
import type { PolicyStep } from './next_step.ts';
import type { Risk } from './risk.ts';
import type { ScreenedTexts } from './screened_texts.ts';

/** Everything that a policy may look at when it is asked about one action on one request. */
export type PolicyCase = {
  readonly dossier: Dossier;
  readonly accessContext: AccessContext;
  readonly assessment: Assessment;
  /** The least risk that facts alone give. */
  readonly floor: Risk;
  /** The higher of floor and model; null when unscored. */
  readonly risk: Risk | null;
  readonly history: History;
  /** What screening found in the justification and the names. */
  readonly text: Pick<ScreenedTexts, 'flags' | 'suspicious' | 'contentFree'>;
  readonly settings: {
    readonly approveUpTo: Risk;
    readonly rejectFrom: Risk;
    readonly staleDays: number;
    /** Whether grants past the maximum duration of their class are closed. */
    readonly closeExpired: boolean;
  };
};

/** What the policies say. INVARIANT: `allowed` is false as soon as `errors` is not empty. */
export type PolicyAnswer = {
  readonly allowed: boolean;
  /** Ids of the policies that determined the answer (the *policy basis*), sorted. */
  readonly basis: readonly string[];
  /** Their sentences, in the same order. */
  readonly says: readonly string[];
  /** What those that forbid say about the next step, in the same order. */
  readonly notes?: readonly PolicyNote[];
  readonly errors: readonly string[];
};

/** What a policy tells the person who is left with a request. */
export type PolicyNote = {
  /** What can be done about it, or instead. */
  readonly advice: string | null;
  readonly next: PolicyStep | null;
};

/** For whoever has something else to do in between. INVARIANT: every dossier is added before any is asked about. */
export type AccessContexts = {
  add(dossier: Dossier): void;
  /** `at`: the present time, when it is no longer that of the run. */
  of(dossier: Dossier, at?: number): AccessContext;
};

export type PolicyEngine = {
  /** sha256 over all policy files; changes when anything that decides changes. */
  readonly digest: string;
  /** AccessContext of every request; needs all of them, because what a person holds is told by their other requests. */
  classify(dossiers: readonly Dossier[], now: number): ReadonlyMap<string, AccessContext>;
  /** The same, one dossier at a time. */
  accessContexts(now: number): AccessContexts;
  authorize(action: Action, facts: PolicyCase): PolicyAnswer;
};
