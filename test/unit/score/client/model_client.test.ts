import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type Answer,
  createModelClient,
  type ModelClientOptions,
  type Question,
} from '../../../../src/score/client/model_client.ts';
import { QuestionTotals } from '../../../../src/score/question_totals.ts';
import type { UpstreamError } from '../../../../src/util/errors.ts';
import { type Asked, completion, failure, goodAnswer, modelEndpoint, type Reaction } from './model_endpoint.ts';

const KEY = 'sk-test-0123456789abcdef';
const NEVER = new AbortController().signal;
const AT_ONCE = { 'retry-after': '0' };

const question = (slots: readonly string[] = ['r1']): Question => ({
  kind: 'personal',
  system: 'You assess requests.',
  user: JSON.stringify({ requests: Object.fromEntries(slots.map((slot) => [slot, {}])) }),
  slots,
});

const clientFor = (baseUrl: string, over: Partial<ModelClientOptions> = {}) =>
  createModelClient({
    apiKey: async () => KEY,
    baseUrl,
    model: 'gpt-test',
    timeoutMs: 5000,
    ca: undefined,
    maxRetries: 0,
    ...over,
  });

async function askOnce(react: (asked: Asked, n: number) => Reaction, over: Partial<ModelClientOptions> = {}) {
  const endpoint = await modelEndpoint(react);
  const answer = await clientFor(endpoint.baseUrl, over).ask(question(), NEVER);
  return { answer, asked: endpoint.asked };
}

function errorOf(answer: Answer): UpstreamError {
  if (answer.kind !== 'failed' && answer.kind !== 'rejected') throw new Error(`expected a failure, got ${answer.kind}`);
  return answer.error;
}

/** Whatever was asked for: some gateways pack in any case. */
const packed = (as: string, body: Buffer) => ({
  body,
  headers: { 'content-type': 'application/json', 'content-encoding': as },
});

describe('a question', () => {
  test('goes out as a strict JSON schema with exactly its slots, at temperature 0 and with a bound on the answer', async () => {
    const { answer, asked } = await askOnce(goodAnswer);
    expect(answer).toMatchObject({ kind: 'text', spent: { calls: 1, promptTokens: 100, completionTokens: 10 } });
    expect(asked[0]?.path).toBe('/v1/chat/completions');
    expect(asked[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(asked[0]?.body).toMatchObject({
      model: 'gpt-test',
      temperature: 0,
      max_completion_tokens: 2300,
      response_format: {
        type: 'json_schema',
        json_schema: { strict: true, schema: { required: ['r1'], additionalProperties: false } },
      },
    });
    expect(asked[0]?.body.messages.map(({ role }) => role)).toEqual(['system', 'user']);
  });

  test('asks for the key once, at the first question, however many questions follow', async () => {
    const endpoint = await modelEndpoint(goodAnswer);
    let fetched = 0;
    const apiKey = async () => {
      fetched += 1;
      return `${KEY}\n`;
    };
    const client = clientFor(endpoint.baseUrl, { apiKey });
    expect(fetched).toBe(0);
    await Promise.all([client.ask(question(), NEVER), client.ask(question(), NEVER)]);
    await client.ask(question(), NEVER);
    expect(fetched).toBe(1);
    expect(endpoint.asked.map(({ headers }) => headers.authorization)).toEqual(Array(3).fill(`Bearer ${KEY}`));
  });
});

describe('an answer', () => {
  test('is asked for as plain text', async () => {
    const { asked } = await askOnce(goodAnswer);
    expect(asked[0]?.headers['accept-encoding']).toBe('identity');
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('that comes packed all the same (%s) is read', async (as, pack) => {
    const { answer } = await askOnce((one) => packed(as, pack(JSON.stringify(goodAnswer(one).body))));
    expect(answer).toMatchObject({ kind: 'text', text: expect.stringContaining('"r1"') });
  });

  test('in other letters than those of English arrives as it was sent', async () => {
    const { answer } = await askOnce(() => completion('{"r1": "Zugriff für Łukasz 🙂"}'));
    expect(answer).toMatchObject({ text: '{"r1": "Zugriff für Łukasz 🙂"}' });
  });
});

describe('an endpoint that supports less', () => {
  const refuses = (
    param: string,
    names: (body: Asked['body']) => boolean,
    said: Partial<Record<'param' | 'message', string>>,
  ) => ({ param, names, said }) as const;
  const complaint = { message: 'Unsupported value' };
  const cases = [
    refuses('response_format', (body) => body.response_format?.type === 'json_schema', {
      ...complaint,
      param: 'response_format',
    }),
    refuses('response_format', (body) => body.response_format?.type === 'json_schema', {
      message: 'json_schema is not known here',
    }),
    refuses('temperature', (body) => 'temperature' in body, { ...complaint, param: 'temperature' }),
    refuses('max_completion_tokens', (body) => 'max_completion_tokens' in body, {
      message: 'Unrecognized request argument supplied: max_completion_tokens',
    }),
    refuses('max_tokens', (body) => 'max_completion_tokens' in body || 'max_tokens' in body, {
      message: 'max_tokens is too large',
    }),
    refuses('response_format', (body) => 'response_format' in body, {
      message: "'response_format.type' is not supported",
    }),
  ];
  for (const status of [400, 422]) {
    test.each(cases)(
      `is asked again without what it names in a ${status}, and not offered it twice: $said`,
      async ({ names, said }) => {
        const endpoint = await modelEndpoint((asked) =>
          names(asked.body) ? failure(status, said) : goodAnswer(asked),
        );
        const client = clientFor(endpoint.baseUrl);
        expect(await client.ask(question(), NEVER)).toMatchObject({ kind: 'text' });
        const learnedBy = endpoint.asked.length;
        expect(await client.ask(question(), NEVER)).toMatchObject({ kind: 'text', spent: { calls: 1 } });
        expect(endpoint.asked).toHaveLength(learnedBy + 1);
      },
    );
  }

  test('gets the shape of the answer in words when it takes no schema', async () => {
    const { asked } = await askOnce((one) =>
      one.body.response_format?.type === 'json_schema' ? failure(400, { param: 'response_format' }) : goodAnswer(one),
    );
    expect(asked.map(({ body }) => body.response_format?.type)).toEqual(['json_schema', 'json_object']);
    expect(asked[0]?.body.messages[0]?.content).toBe('You assess requests.');
    expect(asked[1]?.body.messages[0]?.content).toMatch(
      /^You assess requests\.\n\nAnswer with one JSON object .*"requests".*critical/s,
    );
  });

  test('that refuses for a reason it does not explain is asked without the schema, then without a system role, then as plainly as can be', async () => {
    const { answer, asked } = await askOnce(() => failure(400, { message: 'the project is archived' }));
    expect(errorOf(answer)).toMatchObject({
      code: 'refused',
      status: 400,
      message: expect.stringContaining('the project is archived'),
    });
    expect(asked.map(({ body }) => [body.response_format?.type, body.messages.length])).toEqual([
      ['json_schema', 2],
      ['json_object', 2],
      ['json_object', 1],
      [undefined, 1],
    ]);
  });

  test.each([
    ['max_completion_tokens', 400],
    ['temperature', 422],
    ['response_format', 404],
  ] as const)('and does not say that it is for %s (%i) is asked without it', async (name, status) => {
    const { answer } = await askOnce((one) =>
      name in one.body ? failure(status, { message: 'No endpoints found that can handle this.' }) : goodAnswer(one),
    );
    expect(answer).toMatchObject({ kind: 'text' });
  });

  test.each([400, 424, 498, 499, 425])('that is busy and says so as %i is asked again as it is', async (status) => {
    let calls = 0;
    const { answer } = await askOnce(
      (one) => (++calls === 1 ? failure(status, { message: 'Service overloaded, please try again' }) : goodAnswer(one)),
      { maxRetries: 2 },
    );
    expect(answer).toMatchObject({ kind: 'text', spent: { calls: 2 } });
  });

  test.each([
    ['This model does not support structured outputs.', 400],
    ['Response format of type json schema is unknown', 422],
    ['not implemented', 501],
  ])('that refuses the schema in the words "%s" with HTTP %i is asked without it', async (message, status) => {
    const { answer, asked } = await askOnce((question, n) =>
      n === 1 ? failure(status, { message }) : goodAnswer(question),
    );
    expect(answer.kind).toBe('text');
    expect(asked.at(-1)?.body.response_format?.type).toBe('json_object');
  });

  test.each(['eos', 'end_turn', null])('that ends an answer with the word %s is read all the same', async (finish) => {
    const { answer } = await askOnce((question) => {
      const { body } = goodAnswer(question) as { body: { choices: { finish_reason: string | null }[] } };
      for (const choice of body.choices) choice.finish_reason = finish;
      return { body };
    });
    expect(answer.kind).toBe('text');
  });

  test('that answers in parts, or as JSON that it does not declare, is read all the same', async () => {
    const parts = await askOnce(() => ({
      body: {
        choices: [{ finish_reason: 'stop', message: { content: [{ type: 'text', text: '{"r1":' }, { text: '1}' }] } }],
      },
    }));
    expect(parts.answer).toMatchObject({ kind: 'text', text: '{"r1":1}' });
    const plain = await askOnce((question) => ({
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(goodAnswer(question).body),
    }));
    expect(plain.answer.kind).toBe('text');
  });

  test('that wants to call a tool has not answered', async () => {
    const { answer } = await askOnce(() => completion('{}', { finish: 'tool_calls' }));
    expect(errorOf(answer).code).toBe('wrong-shape');
  });

  test('that refuses everything is not asked for ever', async () => {
    const { answer } = await askOnce(() =>
      failure(400, { message: 'response_format, temperature and max_tokens are wrong' }),
    );
    expect(errorOf(answer).code).toBe('refused');
    expect(answer.spent.calls).toBeLessThanOrEqual(5);
  });
});

describe('an answer that is none', () => {
  test('a refusal and a content filter are refusals', async () => {
    expect((await askOnce(() => completion(null, { refusal: 'I cannot help with that' }))).answer.kind).toBe('refused');
    expect((await askOnce(() => completion('{', { finish: 'content_filter' }))).answer.kind).toBe('refused');
    expect((await askOnce(() => failure(400, { code: 'content_filter', message: 'filtered' }))).answer.kind).toBe(
      'refused',
    );
  });

  test('a cut answer is one, its tokens are counted, and a question that is too long is told apart', async () => {
    const { answer } = await askOnce(() => completion('{"r1": {', { finish: 'length' }));
    expect(answer).toMatchObject({ kind: 'truncated', spent: { completionTokens: 10 } });
    expect((await askOnce(() => failure(400, { code: 'context_length_exceeded' }))).answer.kind).toBe('too-long');
    expect((await askOnce(() => failure(413, { message: 'too large' }))).answer.kind).toBe('too-long');
  });

  test.each([
    ['a log-in page', { body: '<html>Sign in</html>' }, 'not-json'],
    ['broken JSON', { body: '{"choices": [', headers: { 'content-type': 'application/json' } }, 'not-json'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' }, body: '' }, 'not-json'],
    ['JSON of another API', { body: { data: [] } }, 'wrong-shape'],
    ['an empty body', { body: '', headers: { 'content-type': 'application/json' } }, 'not-json'],
    ['a tool call', completion(null, { finish: 'tool_calls' }), 'wrong-shape'],
    ['an answer without end', { body: { pad: 'x'.repeat(9_000_000) } }, 'too-large'],
    ['a wrong key', failure(401, { message: `Incorrect API key provided: ${KEY}` }), 'unauthorized'],
    ['a key without rights', failure(403, { message: 'Forbidden' }), 'unauthorized'],
    ['an unknown model', failure(404, { message: 'The model `gpt-test` does not exist' }), 'refused'],
    ['a used-up quota', failure(429, { code: 'insufficient_quota', message: 'quota' }), 'used-up'],
    ['a used-up quota by its type', failure(429, { type: 'insufficient_quota', message: 'quota' }), 'used-up'],
    ['an account without money', failure(402, { message: 'Insufficient balance' }), 'used-up'],
    ['a pause of an hour', failure(429, { message: 'slow down' }, { 'retry-after': '3600' }), 'used-up'],
    ['a pause of a minute', failure(429, { message: 'slow down' }, { 'retry-after': '60' }), 'server-error'],
    ['too many questions', failure(429, { message: 'slow down' }), 'server-error'],
    ['a fault of its own', failure(503, { message: 'overloaded' }), 'server-error'],
    ['a dropped connection', 'drop', 'unreachable'],
    ['an answer that breaks off', 'drop-in-body', 'unreachable'],
    ['a packed answer without end', packed('gzip', gzipSync(Buffer.alloc(9_000_000, ' '))), 'too-large'],
    ['an answer packed in a way of its own', packed('constructor', gzipSync('{}')), 'not-json'],
    ['an answer that is packed and damaged', packed('gzip', Buffer.from('not packed at all')), 'not-json'],
  ] as const)('%s is a failure with the right code', async (_what, reaction, code) => {
    const { answer } = await askOnce(() => reaction);
    expect(errorOf(answer)).toMatchObject({ upstream: 'model', code });
  });

  test('an error that is packed is quoted like any other', async () => {
    const body = gzipSync('{"error": {"message": "overloaded"}}');
    const { answer } = await askOnce(() => ({ ...packed('gzip', body), status: 503 }));
    expect(errorOf(answer)).toMatchObject({ code: 'server-error', message: expect.stringContaining('overloaded') });
  });

  test.each(['hang', 'hang-in-body'] as const)('one that never comes (%s) is a time-out', async (reaction) => {
    const { answer } = await askOnce(() => reaction, { timeoutMs: 200 });
    expect(errorOf(answer).code).toBe('timeout');
  });

  test('nobody at the address is unreachable', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const answer = await clientFor(`http://127.0.0.1:${port}/v1`).ask(question(), NEVER);
    expect(errorOf(answer)).toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('connection refused'),
    });
  });

  test.each(['hang', 'hang-in-body'] as const)('a stop ends the question at once (%s)', async (reaction) => {
    const stop = new AbortController();
    const endpoint = await modelEndpoint(() => {
      setTimeout(() => stop.abort(), 50);
      return reaction;
    });
    expect(errorOf(await clientFor(endpoint.baseUrl).ask(question(), stop.signal)).code).toBe('stopped');
  });
});

describe('repetition', () => {
  test.each([429, 503])('a %i is tried again as soon as Retry-After says, and every try is counted', async (status) => {
    const { answer, asked } = await askOnce((one, n) => (n < 3 ? failure(status, {}, AT_ONCE) : goodAnswer(one)), {
      maxRetries: 2,
    });
    expect(answer).toMatchObject({ kind: 'text', spent: { calls: 3 } });
    expect(asked).toHaveLength(3);
  });

  test('a 429 of an endpoint that wants no repetition is not tried again', async () => {
    const { answer, asked } = await askOnce(() => failure(429, {}, { ...AT_ONCE, 'x-should-retry': 'false' }), {
      maxRetries: 2,
    });
    expect(errorOf(answer)).toMatchObject({ code: 'server-error', status: 429 });
    expect(asked).toHaveLength(1);
  });

  test.each([
    [
      'asks for a longer pause than is waited for',
      failure(429, {}, { 'retry-after': '5400' }),
      /a pause of 90 min 0 s: 429/,
    ],
    [
      'says so by the reset of a limit',
      failure(429, {}, { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '2h' }),
      /a pause of 120 min 0 s: 429/,
    ],
    [
      'wants repetitions all the same',
      failure(429, {}, { 'retry-after': '61', 'x-should-retry': 'true' }),
      /1 min 1 s/,
    ],
    ['has nothing left for the account', failure(429, { code: 'insufficient_quota' }, AT_ONCE), /nothing left/],
  ])('a 429 of an endpoint that %s is not tried again, and says it', async (_what, reaction, says) => {
    const { answer, asked } = await askOnce(() => reaction, { maxRetries: 2 });
    const { code, message, advice } = errorOf(answer);
    expect([code, message, advice]).toEqual([
      'used-up',
      expect.stringMatching(says),
      expect.stringContaining('billing'),
    ]);
    expect(asked).toHaveLength(1);
  });

  test('calls that are one too many end after their bound, too', async () => {
    const { answer, asked } = await askOnce(() => failure(429, {}, { 'retry-after-ms': '20' }), { maxRetries: 2 });
    expect(errorOf(answer)).toMatchObject({ code: 'server-error', status: 429 });
    expect(asked).toHaveLength(3);
    expect(answer.spent.calls).toBe(3);
  });

  test('ends after its bound', async () => {
    const { answer, asked } = await askOnce(() => failure(503, {}, AT_ONCE), { maxRetries: 2 });
    expect(errorOf(answer)).toMatchObject({ code: 'server-error', status: 503 });
    expect(asked).toHaveLength(3);
    expect(answer.spent.calls).toBe(3);
  });

  test('a wrong key is not tried again', async () => {
    const { asked } = await askOnce(() => failure(401, {}, AT_ONCE), { maxRetries: 2 });
    expect(asked).toHaveLength(1);
  });
});

describe('a certificate of a private authority', () => {
  const EC = { keyType: 'ec', algorithm: 'sha256' } as const;
  async function certificates() {
    const ca = await generate([{ name: 'commonName', value: 'Test CA' }], {
      ...EC,
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, critical: true },
      ],
    });
    const leaf = await generate([{ name: 'commonName', value: 'localhost' }], {
      ...EC,
      ca: { key: ca.private, cert: ca.cert },
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
    });
    return { ca: ca.cert, tls: { key: leaf.private, cert: leaf.cert } };
  }

  test('is refused without the CA file and trusted with it', async () => {
    const { ca, tls } = await certificates();
    const endpoint = await modelEndpoint(goodAnswer, tls);
    const without = await clientFor(endpoint.baseUrl).ask(question(), NEVER);
    expect(errorOf(without).code).toBe('certificate');
    expect(endpoint.asked).toHaveLength(0);
    expect(await clientFor(endpoint.baseUrl, { ca }).ask(question(), NEVER)).toMatchObject({ kind: 'text' });
  });
});

describe('the key', () => {
  test.each([
    ['a refusal that repeats it', failure(400, { message: `bad request with Bearer ${KEY}` })],
    ['a refusal that repeats a part of it', failure(400, { message: 'bad key sk-test-01234***' })],
    ['a refused key', failure(401, { message: `Incorrect API key provided: ${KEY}` })],
    ['a page that repeats it', { status: 500, body: `<html>${KEY}</html>` }],
    ['a redirect', { status: 307, headers: { location: `http://127.0.0.1:1/?key=${KEY}` }, body: '' }],
  ])('never appears in an error after %s', async (_what, reaction) => {
    const { answer } = await askOnce(() => reaction);
    const error = errorOf(answer);
    expect(`${error.stack} ${JSON.stringify(error)} ${error.advice}`).not.toContain('sk-test');
    expect(error.cause).toBeUndefined();
  });

  test.each(['', '  ', 'sk-test-\nline', 'sk-test-é'])(
    'that cannot be sent (%j) is refused before it is',
    async (key) => {
      const { answer, asked } = await askOnce(goodAnswer, { apiKey: async () => key });
      expect(errorOf(answer)).toMatchObject({ code: 'unauthorized', message: expect.not.stringContaining('sk-test') });
      expect(asked).toHaveLength(0);
    },
  );

  test('that cannot be had is not asked for again', async () => {
    let fetched = 0;
    const client = clientFor('http://127.0.0.1:1/v1', {
      apiKey: async () => {
        fetched += 1;
        throw new Error(`the vault said ${KEY}`);
      },
    });
    for (const _ of [1, 2]) expect(errorOf(await client.ask(question(), NEVER)).message).not.toContain(KEY);
    expect(fetched).toBe(1);
  });
});

describe('a model of its own for what is settled', () => {
  const of = (kind: Question['kind']): Question => ({
    ...{ kind, system: 'You assess requests.', user: '{"requests":{"r1":{}}}', slots: ['r1'] },
  });
  const KINDS = ['personal', 'shared', 'facts-only', 'single'] as const;
  const client = (baseUrl: string, sharedModel?: string) => {
    const opened = createModelClient({
      ...{ apiKey: async () => KEY, baseUrl, model: 'gpt-test', timeoutMs: 5000, maxRetries: 0 },
      ...(sharedModel !== undefined && { sharedModel }),
      ca: undefined,
    });
    onTestFinished(opened.close);
    return opened;
  };

  test('is asked shared questions and no others, and is named in what they took', async () => {
    const endpoint = await modelEndpoint(goodAnswer);
    const model = client(endpoint.baseUrl, 'gpt-small');
    const totals = new QuestionTotals(model.model);
    for (const kind of KINDS) {
      const { spent } = await model.ask(of(kind), new AbortController().signal);
      totals.settle({ scored: new Map(), failures: new Map(), spent: [spent], notes: [] });
    }
    expect(endpoint.asked.map(({ body }) => body.model)).toEqual(['gpt-test', 'gpt-small', 'gpt-test', 'gpt-test']);
    expect(totals.usage).toMatchObject({ model: 'gpt-test, gpt-small', calls: 4 });
  });

  test('is the same one unless told', async () => {
    const endpoint = await modelEndpoint(goodAnswer);
    const { spent } = await client(endpoint.baseUrl).ask(of('shared'), new AbortController().signal);
    expect([endpoint.asked[0]?.body.model, spent.model]).toEqual(['gpt-test', undefined]);
  });

  test('takes other parameters than the first: what one refuses is still sent to the other', async () => {
    const endpoint = await modelEndpoint((asked) =>
      asked.body.model === 'gpt-small' && 'temperature' in asked.body
        ? failure(400, { message: 'temperature is not supported', param: 'temperature' })
        : goodAnswer(asked),
    );
    const model = client(endpoint.baseUrl, 'gpt-small');
    for (const kind of ['shared', 'personal', 'shared'] as const)
      await model.ask(of(kind), new AbortController().signal);
    const sent = endpoint.asked.map(({ body }) => [body.model, 'temperature' in body]);
    expect(sent).toEqual([
      ['gpt-small', true],
      ['gpt-small', false],
      ['gpt-test', true],
      ['gpt-small', false],
    ]);
  });
});
