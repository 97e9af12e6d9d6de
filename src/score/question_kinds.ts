/**
 * The kinds of question, by whose words stand in them.
 * `personal`: open requests of one person, with their texts. `shared`: what is settled, of many persons. `facts-only`: what
 * could be approved, without any word that a requestor wrote. `single`: one request with its text, before it is rejected, or
 * because one of its readings stands alone.
 */
export type QuestionKind = keyof typeof QUESTION_KINDS;

type Row = {
  /** What the document says that it is for; the usual review says nothing. Prompts that people edited know these words. */
  readonly mode: 'blind' | 'solo' | undefined;
  /**
   * What an answer says of each request: `full` is a summary, flags, a risk, a confidence and a comment; `uncommented` is that
   * without the comment, which is for what may still be acted on; `rating` is flags, a risk and a confidence.
   */
  readonly answer: AnswerForm;
};

export type AnswerForm = 'full' | 'uncommented' | 'rating';

export const QUESTION_KINDS = {
  personal: { mode: undefined, answer: 'full' },
  shared: { mode: undefined, answer: 'uncommented' },
  'facts-only': { mode: 'blind', answer: 'rating' },
  single: { mode: 'solo', answer: 'rating' },
} as const satisfies Record<string, Row>;
