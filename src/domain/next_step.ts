/** What shall happen to a held request instead of a decision by the agent: a line of a person's work list. */
export type NextStep = {
  readonly kind: keyof typeof NEXT_STEP_KINDS;
  /** Whom it waits for: `requestor`, `security`, `owner ad-team`, `manager boss`, `Portcullis`. */
  readonly to: string;
  /** What was found, one sentence. */
  readonly finding: string;
  /** Exactly what is missing, for `request_info`. */
  readonly ask: string | null;
  /** Something lesser that would do, or another way. */
  readonly alternative: string | null;
};

export const NEXT_STEP_KINDS = {
  request_info: 'a precise question goes back to the requestor',
  escalate: 'somebody has to decide it',
  observe: 'nothing has to be done now; it stays in sight',
} as const satisfies Record<string, string>;

/** What a policy says is next for a request that it holds. */
export type PolicyStep = Pick<NextStep, 'kind' | 'ask'> & {
  /** As for a next step; a bare `owner` or `manager` stands for whoever that is. */
  readonly to: string;
};
