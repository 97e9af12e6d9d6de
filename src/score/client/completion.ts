import { z } from 'zod';
import { UpstreamError } from '../../util/errors.ts';

export type Answer = { readonly spent: Spent } & (
  | { readonly kind: 'text'; readonly text: string }
  /** The answer or the question did not fit; a smaller question may. */
  | { readonly kind: 'truncated' }
  /** The model or a filter would not speak about what the question says. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly error: UpstreamError }
);

/** HTTP requests sent, the SDK's own repetitions included, and the tokens that the endpoint counted. */
export type Spent = {
  readonly calls: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Those of the prompt that the endpoint took out of its cache. */
  readonly cachedTokens?: number;
  /** US dollars, where the price is known. */
  readonly usd?: number;
  /** Which model was asked, where it is not the usual one. */
  readonly model?: string;
};

/** Of one question, its repetitions included. */
type Counted = { calls: number; promptTokens: number; completionTokens: number; cachedTokens: number };

const count = z.number().int().nonnegative().catch(0);
/** Some endpoints answer in parts, as multi-modal questions are asked in parts. */
const TextPart = z.object({ text: z.string().catch('') });
const Completion = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({
          content: z.union([z.string(), z.array(TextPart)]).nullish(),
          refusal: z.string().nullish(),
        }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: count,
      completion_tokens: count,
      prompt_tokens_details: z.object({ cached_tokens: count }).nullish().catch(null),
    })
    .nullish()
    .catch(null),
});

/** What a call brought: a text, or why there is none. Its tokens are added to `spent`. @throws {UpstreamError} */
export function readCompletion(completion: unknown, spent: Counted): Answer {
  const body = typeof completion === 'string' ? jsonOrNull(completion) : completion;
  if (typeof body !== 'object' || body === null) {
    throw new UpstreamError('model', 'not-json', 'the model endpoint answered something other than JSON');
  }
  const read = Completion.safeParse(body);
  const choice = read.data?.choices[0];
  if (choice === undefined) {
    throw new UpstreamError('model', 'wrong-shape', 'the model endpoint answered JSON that is not a chat completion');
  }
  spent.promptTokens += read.data?.usage?.prompt_tokens ?? 0;
  spent.completionTokens += read.data?.usage?.completion_tokens ?? 0;
  spent.cachedTokens += read.data?.usage?.prompt_tokens_details?.cached_tokens ?? 0;
  if (choice.message.refusal || choice.finish_reason === 'content_filter') return { kind: 'refused', spent };
  if (choice.finish_reason === 'length') return { kind: 'truncated', spent };
  if (CALLS_A_TOOL.has(choice.finish_reason ?? '')) {
    throw new UpstreamError('model', 'wrong-shape', 'the model wants to call a tool, and there is none');
  }
  // Endpoints have many words for an ordinary end, or none. An answer that was cut is no whole JSON, and so is noticed.
  const content = choice.message.content ?? '';
  return {
    kind: 'text',
    text: typeof content === 'string' ? content : content.map(({ text }) => text).join(''),
    spent,
  };
}
const CALLS_A_TOOL: ReadonlySet<string> = new Set(['tool_calls', 'function_call']);

/** The SDK hands out the plain text of anything that is not declared as JSON: JSON all the same, or a log-in page. */
function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
