/** One question to the simulated model, and the forms that an answer can have. */
import type { Question } from './question.ts';
import type { Rating } from './rater.ts';

export type ModelCall = {
  readonly at: number;
  /** 1 for the first call since the behaviour was set. */
  readonly n: number;
  readonly model: string;
  readonly system: string;
  readonly user: string;
  /** Undefined when the user message is not the document of the contract. */
  readonly question: Question | undefined;
  /** What the question says that it is for: `blind` for a facts-only question, `solo` for a single one, `review` for the others. */
  readonly mode: 'blind' | 'solo' | 'review';
  /** The slot keys that an answer has to have: the schema's, else the question's. */
  readonly slots: readonly string[];
  readonly responseFormat: 'json_schema' | 'json_object' | 'text';
  /** The request body as it was received, parsed. */
  readonly body: unknown;
  /** What the answer said, as it was sent; missing until then, and where it was none of a model. */
  answered?: string;
};

/** A text is the message's content; an object is made into JSON; the long form also sets what is around it. */
export type ModelAnswer =
  | string
  | { readonly ratings: Record<string, unknown> }
  | { readonly content: string | null; readonly finishReason?: string; readonly refusal?: string }
  | Response;

/** `rated` is the honest rating of each slot, to be used, bent or ignored. */
export type Behaviour = (call: ModelCall, rated: Record<string, Rating>) => ModelAnswer | Promise<ModelAnswer>;
