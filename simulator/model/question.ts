/** What the model is asked: a chat completion whose user message follows `docs/model-contract.md`. */
import * as z from 'zod';
import { parsed } from '../upstream.ts';

/** Facts are all optional here: what is not known is left out of the question. */
const Facts = z.looseObject({
  status: z.string().optional(),
  operation: z.string().optional(),
  entity_type: z.string().optional(),
  form_type: z.string().optional(),
  exclusive: z.boolean().optional(),
  level: z.number().optional(),
  levels: z.number().optional(),
  requested_hours: z.number().optional(),
  off_hours: z.boolean().optional(),
  off_hours_of: z.string().optional(),
  // Ranges: `7 to 29`, `30 or more`.
  days_since_created: z.string().optional(),
  days_since_approved: z.string().optional(),
  requestor_requests_in_window: z.string().optional(),
  by_expected_automation: z.boolean().optional(),
  asset_type: z.string().optional(),
  container_path: z.string().optional(),
  tags: z.array(z.string()).optional(),
  gaps: z.array(z.string()).optional(),
  entitlement: z.string().optional(),
  classes: z.array(z.string()).optional(),
  class_max_hours: z.number().optional(),
  privileged: z.boolean().optional(),
  break_glass: z.boolean().optional(),
  in_role: z.boolean().optional(),
  sod_conflicts: z.array(z.string()).optional(),
});

const UntrustedText = z.looseObject({
  justification: z.string().nullish(),
  requestor: z.string().nullish(),
  asset: z.string().nullish(),
  form: z.string().nullish(),
});

const Slot = z.looseObject({ facts: Facts, untrusted_text: UntrustedText.optional() });

/**
 * `shared_facts` hold for every request of the document, `facts_unless_stated` for those that do not say otherwise; whoever
 * reads a request finds them among its own.
 */
const Question = z
  .looseObject({
    mode: z.enum(['blind', 'solo']).optional(),
    expected_automation_user: z.string().optional(),
    window_days: z.number().optional(),
    shared_facts: Facts.optional(),
    facts_unless_stated: Facts.optional(),
    requests: z.record(z.string(), Slot),
  })
  .transform((question) => ({
    ...question,
    requests: Object.fromEntries(
      Object.entries(question.requests).map(([slot, one]) => [
        slot,
        { ...one, facts: { ...question.facts_unless_stated, ...question.shared_facts, ...one.facts } },
      ]),
    ),
  }));

export type Facts = z.infer<typeof Facts>;
export type UntrustedText = z.infer<typeof UntrustedText>;
export type Slot = z.infer<typeof Slot>;
export type Question = z.infer<typeof Question>;

const Part = z.looseObject({ type: z.string(), text: z.string().optional() });
const Message = z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(Part)]) });

export const ChatRequest = z.looseObject({
  model: z.string(),
  messages: z.array(Message).min(1),
  stream: z.boolean().optional(),
  max_completion_tokens: z.number().nullish(),
  response_format: z
    .union([
      z.object({ type: z.enum(['text', 'json_object']) }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.looseObject({
          name: z.string().regex(/^[\w-]{1,64}$/),
          strict: z.boolean().nullish(),
          schema: z.record(z.string(), z.unknown()),
        }),
      }),
    ])
    .optional(),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

/** All that was said in one role, as one text. */
export function spoken({ messages }: ChatRequest, role: string): string {
  return messages
    .filter((message) => message.role === role || (role === 'system' && message.role === 'developer'))
    .map(({ content }) => (typeof content === 'string' ? content : content.map(({ text }) => text ?? '').join('')))
    .join('\n');
}

/** The question, or undefined when the user message is not the JSON document of the contract. */
export function readQuestion(user: string): Question | undefined {
  return Question.safeParse(parsed(user)).data;
}

/** The two parts of a question. Where there is no system message the rules stand in front of the document, which is one line. */
export function messagesOf(request: ChatRequest): { readonly system: string; readonly user: string } {
  const [system, user] = [spoken(request, 'system'), spoken(request, 'user')];
  if (system !== '') return { system, user };
  const from = user.lastIndexOf('\n') + 1;
  return { system: user.slice(0, from), user: user.slice(from) };
}

/** What a server shows the model of a document that is too long for it: its last requests. */
export function shown(question: Question | undefined, mostTokens: number | undefined): Question | undefined {
  if (question === undefined || mostTokens === undefined) return question;
  let left = mostTokens * 4;
  const kept = Object.entries(question.requests)
    .reverse()
    .filter(([, one]) => {
      left -= JSON.stringify(one).length;
      return left >= 0;
    });
  return { ...question, requests: Object.fromEntries(kept.reverse()) };
}
