import type { RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';

type Body = {
  readonly model: string;
  readonly messages: readonly { readonly content: string }[];
  readonly response_format?: { readonly json_schema?: { readonly schema: { readonly properties: object } } };
};

/** Calls everything low, but for what lies among the domain controllers: one of the program's test records does. */
export const leanModel: RequestListener = async (request, response) => {
  const body = JSON.parse((await buffer(request)).toString('utf8')) as Body;
  const question = JSON.parse(body.messages.at(-1)?.content ?? '{}') as {
    mode?: string;
    requests?: Readonly<Record<string, unknown>>;
  };
  const slots = Object.keys(body.response_format?.json_schema?.schema.properties ?? question.requests ?? {});
  const brief = question.mode !== undefined;
  const content = JSON.stringify(
    Object.fromEntries(slots.map((slot) => [slot, rated(question.requests?.[slot], brief)])),
  );
  const asked = body.messages.reduce((sum, { content: text }) => sum + text.length, 0);
  const [prompt, completion] = [Math.ceil(asked / 4), Math.ceil(content.length / 4)];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      id: 'chatcmpl-0',
      object: 'chat.completion',
      created: 0,
      model: body.model,
      choices: [{ index: 0, message: { role: 'assistant', content, refusal: null }, finish_reason: 'stop' }],
      usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
    }),
  );
};

/** What confirms is a rating alone. */
function rated(entry: unknown, brief: boolean) {
  const grave = JSON.stringify(entry ?? null).includes('Domain Controllers');
  return {
    ...(!brief && { summary: 'Asks for access to a server for a few hours, with a ticket that fits.' }),
    anomaly_flags: grave ? ['sensitive_asset'] : [],
    risk: grave ? 'critical' : 'low',
    confidence: 0.95,
    ...(!brief && { comment: 'Routine access within the usual bounds.' }),
  };
}
