import { z } from 'zod';
import { UpstreamError } from '../../util/errors.ts';
import { SCHEMA_NAME } from './abilities.ts';

export type Answer = { readonly spent: Spent } & (
  | { readonly kind: 'text'; readonly text: string }
  /** The answer did not fit; that to a smaller question may. */
  | { readonly kind: 'truncated' }
  /** The question did not fit; a smaller one may. */
  | { readonly kind: 'too-long' }
  /** The model or a filter would not speak about what the question says. */
  | { readonly kind: 'refused'; readonly by?: 'filter' }
  /** The endpoint did not take this question, and nothing says that it takes no other: a part of it may do. */
  | { readonly kind: 'rejected'; readonly error: UpstreamError }
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
const text = z.string().nullish().catch(null);
/** Some endpoints answer in parts, as multi-modal questions are asked in parts; what they thought is a part of its own. */
const TextPart = z.object({ type: text, text: z.string().catch('') });
/** Gateways that have no schema make a tool of it. Ours is the only name that an answer can have. */
const ToolCall = z.object({ function: z.object({ name: z.string(), arguments: z.string() }) });
const Message = z.object({
  content: z.union([z.string(), z.array(TextPart)]).nullish(),
  refusal: z.string().nullish(),
  reasoning_content: text,
  reasoning: text,
  reasoning_details: z
    .array(z.object({ text: z.string().catch('') }))
    .nullish()
    .catch(null),
  tool_calls: z.array(ToolCall).nullish().catch(null),
});
const Completion = z.object({
  choices: z
    .array(z.object({ finish_reason: text, native_finish_reason: text, message: Message.nullish(), text }))
    .nullable(),
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
  if (read.data === undefined) {
    throw new UpstreamError('model', 'wrong-shape', 'the model endpoint answered JSON that is not a chat completion');
  }
  const { choices, usage } = read.data;
  spent.promptTokens += usage?.prompt_tokens ?? 0;
  spent.completionTokens += usage?.completion_tokens ?? 0;
  spent.cachedTokens += usage?.prompt_tokens_details?.cached_tokens ?? 0;
  const choice = choices?.[0];
  // No choice at all is an answer without a word: the question is asked again, in parts.
  if (choice === undefined) return { kind: 'text', text: '', spent };
  const { message } = choice;
  const ends = [choice.finish_reason, choice.native_finish_reason].map((word) => (word ?? '').toLowerCase());
  if (message?.refusal) return { kind: 'refused', spent };
  if (ends.some((word) => FILTERS.test(word))) return { kind: 'refused', by: 'filter', spent };
  if (ends.some((word) => TOO_LONG.test(word))) return { kind: 'too-long', spent };
  if (ends.some((word) => CUTS.test(word))) return { kind: 'truncated', spent };
  const inTool = toolAnswer(message?.tool_calls ?? []);
  if (CALLS_A_TOOL.has(ends[0] ?? '') && inTool === null) {
    throw new UpstreamError('model', 'wrong-shape', 'the model wants to call a tool, and there is none');
  }
  // Endpoints have many words for an ordinary end, or none. An answer that was cut is no whole JSON, and so is noticed.
  const said = inTool ?? contentOf(message?.content ?? choice.text ?? '');
  // A server that takes every word for a thought puts the answer among them.
  const text = said.trim() === '' ? thoughtsOf(message) : said;
  return { kind: 'text', text, spent };
}

const FILTERS =
  /^(?:content_?filter(?:ed)?|safety|prohibited_content|blocklist|spii|recitation|guardrail_intervened|image_safety|refusal|sensitive)$/;
const TOO_LONG = /^model_context_window_exceeded$/;
const CUTS = /^(?:length|max_tokens)$/;
const CALLS_A_TOOL: ReadonlySet<string> = new Set(['tool_calls', 'function_call']);

/** The answer where it came as the one call of the tool that a gateway made of our schema. */
function toolAnswer(calls: readonly z.infer<typeof ToolCall>[]): string | null {
  const [call, ...others] = calls;
  const ours = call !== undefined && others.length === 0 && TOOL_NAMES.has(call.function.name);
  return ours ? call.function.arguments : null;
}
const TOOL_NAMES: ReadonlySet<string> = new Set([SCHEMA_NAME, 'json_tool_call']);

/** What was thought, in the three fields in which endpoints tell it. */
function thoughtsOf(message: z.infer<typeof Message> | null | undefined): string {
  const parts = (message?.reasoning_details ?? []).map(({ text: part }) => part);
  const told = [message?.reasoning_content, message?.reasoning, parts.join('')];
  return told.find((thought) => typeof thought === 'string' && thought.trim() !== '') ?? '';
}

const contentOf = (content: string | readonly z.infer<typeof TextPart>[]): string =>
  typeof content === 'string'
    ? content
    : content.map(({ type, text: part }) => (/thinking|reasoning/.test(type ?? '') ? '' : part)).join('');

/** The SDK hands out the plain text of anything that is not declared as JSON: JSON all the same, or a log-in page. */
function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
