import { createServer as createHttpServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { rating } from '../dossiers.ts';

/** A question as it arrived over the wire. */
export type Asked = {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly response_format?: {
      readonly type: string;
      readonly json_schema?: { readonly schema: Record<string, unknown> };
    };
    readonly [name: string]: unknown;
  };
  /** The slots that the user message asks about. */
  readonly slots: readonly string[];
};

/**
 * What the endpoint does with the n-th question, counted from 1. `hang` never answers, `hang-in-body` begins to; `drop`
 * cuts the connection, `drop-in-body` in the middle of an answer.
 */
export type Reaction = Reply | 'hang' | 'hang-in-body' | 'drop' | 'drop-in-body';
/** A body of bytes goes out as it is, a text as a page, anything else as JSON. */
export type Reply = { readonly status?: number; readonly headers?: Record<string, string>; readonly body: unknown };

/** A chat-completions endpoint on loopback, closed when the test is over. */
export async function modelEndpoint(
  react: (asked: Asked, n: number) => Reaction | Promise<Reaction>,
  tls?: { key: string; cert: string },
) {
  const asked: Asked[] = [];
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      const said: string = body.messages.find((message: { role: string }) => message.role === 'user').content;
      // Without a system message the rules stand in front of the document, which is one line.
      const user = JSON.parse(said.slice(said.lastIndexOf('\n') + 1));
      const question = {
        path: request.url ?? '',
        headers: request.headers,
        body,
        slots: Object.keys(user.requests ?? {}),
      };
      asked.push(question);
      const reaction = await react(question, asked.length);
      if (reaction === 'hang') return;
      if (reaction === 'drop') return void request.socket.destroy();
      if (reaction === 'hang-in-body' || reaction === 'drop-in-body') {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"choices": [', () => reaction === 'drop-in-body' && request.socket.destroy());
        return;
      }
      const text = typeof reaction.body === 'string';
      response.writeHead(reaction.status ?? 200, {
        'content-type': text ? 'text/html' : 'application/json',
        ...reaction.headers,
      });
      response.end(text || Buffer.isBuffer(reaction.body) ? reaction.body : JSON.stringify(reaction.body));
    });
  };
  const server = tls === undefined ? createHttpServer(listener) : createHttpsServer(tls, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { asked, baseUrl: `${tls === undefined ? 'http' : 'https'}://localhost:${port}/v1` };
}

/** A completion with this content. */
export const completion = (content: string | null, over: { finish?: string; refusal?: string } = {}): Reply => ({
  body: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        finish_reason: over.finish ?? 'stop',
        message: { role: 'assistant', content, refusal: over.refusal ?? null },
      },
    ],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  },
});

export const goodAnswer = ({ slots }: Pick<Asked, 'slots'>): Reply =>
  completion(JSON.stringify(Object.fromEntries(slots.map((slot) => [slot, rating()]))));

export const failure = (
  status: number,
  error: Record<string, unknown>,
  headers: Record<string, string> = {},
): Reply => ({
  status,
  headers,
  body: { error: { message: '', type: 'error', param: null, code: null, ...error } },
});
