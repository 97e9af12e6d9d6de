import type { Scored } from '../domain/assessment.ts';
import { neutraliseComment, type Passages, passagesOf } from '../enrich/screening/neutralise.ts';
import type { TreatedText } from './payload.ts';

/** What a question was about, as far as its answer may have copied from it. */
type Asked = { readonly slot: string; readonly texts?: TreatedText | undefined };

const SUMMARY_LENGTH = 500;

/**
 * Makes the free texts of an assessment harmless, before they go anywhere at all: the model has read what requestors
 * wrote, and may repeat it. `prompt` is the system message, which nobody has to see in a comment.
 */
export function neutral(assessment: Scored, asked: readonly Asked[], prompt: string): Scored {
  const context = contextOf(asked, prompt);
  const comment = neutraliseComment(assessment.comment, context);
  return {
    ...assessment,
    // Not every kind of question asks for a summary. One that was given and is not fit says so: its lack would look like a fault.
    summary: assessment.summary === '' ? '' : neutraliseComment(assessment.summary, forSummary(context)).text,
    // A comment stands behind a sentence of ours and may as well be absent.
    comment: comment.replaced ? '' : comment.text,
  };
}

const forSummary = (context: Context) => ({ ...context, longest: SUMMARY_LENGTH });

type Context = { readonly justifications: Passages; readonly prompt: Passages; readonly ids: readonly string[] };

// What was asked serves every slot of its answer, and the prompt every answer of a run.
const contexts = new WeakMap<readonly Asked[], Context>();
let known: { readonly prompt: string; readonly passages: Passages } = { prompt: '', passages: new Set() };

function contextOf(asked: readonly Asked[], prompt: string): Context {
  if (known.prompt !== prompt) known = { prompt, passages: passagesOf([prompt]) };
  const found = contexts.get(asked);
  if (found?.prompt === known.passages) return found;
  const context = {
    justifications: passagesOf(asked.flatMap(({ texts }) => texts?.scoring ?? [])),
    prompt: known.passages,
    ids: asked.map(({ slot }) => slot),
  };
  contexts.set(asked, context);
  return context;
}
