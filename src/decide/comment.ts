import type { Action } from '../domain/action.ts';
import type { Assessment } from '../domain/assessment.ts';
import type { Decision } from '../domain/decision.ts';
import { firstReason } from '../phrases/rule_words.ts';
import { COMMENT_LENGTH, commentLine, firstWords, plainLine } from '../text/plain_text.ts';

/**
 * The text that goes to the vault with an action, and that the requestor may read: our own sentence first, so that it
 * is never empty and always true, then the model's comment as one plain line of at most 20 words.
 * INVARIANT: one line of ordinary words, at most 300 characters; `act/` holds whatever it sends to that once more.
 */
export function actionComment(
  action: Action,
  decision: Decision,
  assessment: Assessment,
  by: DecidedBy = POLICY,
): string {
  const own = OPENINGS[action](decision, who(by));
  const model = assessment.kind === 'scored' && action !== 'close' ? commentText(assessment.comment) : '';
  return commentLine(model === '' ? own : `${own} ${model}`);
}

const OPENINGS = {
  approve: ({ risk }, who) => `${who('approved')} (risk ${risk}).`,
  reject: (_decision, who) => `${who('rejected')}; please ask your security team.`,
  close: (decision, who) => `${who('closed')}: ${plainLine(firstReason(decision, ''), 300)}.`,
} as const satisfies Record<Action, (decision: Decision, who: (done: string) => string) => string>;

/** Who took the decision: the policies alone, or a person who was shown it (at the terminal, or as a plan); null for nobody yet. */
export type DecidedBy = { readonly kind: 'policy' } | { readonly kind: 'person'; readonly name: string | null };
const POLICY: DecidedBy = { kind: 'policy' };

/** Earlier comments are known by these words (`domain/recorded_decisions.ts`), so that the name stands behind them. */
function who(by: DecidedBy): (done: string) => string {
  if (by.kind === 'policy') return (done) => `Portcullis ${done} this automatically`;
  const name = plainLine(by.name ?? '', 60);
  return (done) => `Portcullis ${done} this on behalf of a person who reviewed it${name === '' ? '' : `, ${name}`}`;
}

/** The words are counted last, because taking links apart makes new ones. */
const commentText = (comment: string): string =>
  firstWords(commentLine(plainLine(comment, COMMENT_LENGTH)).replace(/^[\s=+@-]+/, ''), 20);
