import { firstWords, plainLine } from '../kit/plain_text.ts';
import type { Action } from '../request/action.ts';
import type { Assessment } from '../request/assessment.ts';
import type { Decision } from '../request/decision.ts';

/**
 * The text that goes to the vault with an action, and that the requestor may read: our own sentence first, so that it
 * is never empty and always true, then the model's comment as one plain line.
 */
export function actionComment(action: Action, decision: Decision, assessment: Assessment): string {
  const own = OPENINGS[action](decision);
  const model = assessment.kind === 'scored' && action !== 'close' ? commentText(assessment.comment) : '';
  return model === '' ? own : `${own} ${model}`;
}

const OPENINGS = {
  approve: ({ risk }) => `Portcullis approved this automatically (risk ${risk}).`,
  reject: () => 'Portcullis rejected this automatically; please ask your security team.',
  close: ({ rules }) => `Portcullis closed this as stale: ${rules.at(-1)?.says}.`,
} as const satisfies Record<Action, (decision: Decision) => string>;

/**
 * The characters of ordinary sentences; what could be markup, a link or a formula somewhere else is left out. The words
 * are counted last, because taking links apart makes new ones.
 */
function commentText(comment: string): string {
  const plain = plainLine(comment, 300)
    .replace(/[^\p{L}\p{M}\p{N} .,;:()%/'-]/gu, '')
    .replace(/:\/\//g, ' ')
    // Many programs make a link of `evil.example/x`, which needs no `http`.
    .replace(/(?<=\S)\.(?=\p{L})/gu, '. ')
    .replace(/^[\s=+@-]+/, '');
  return firstWords(plain, 20);
}
