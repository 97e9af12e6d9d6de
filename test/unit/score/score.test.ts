import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetFor } from '../../../src/score/batch.ts';
import {
  type Answer,
  createModelClient,
  type ModelClient,
  type Question,
} from '../../../src/score/client/model_client.ts';
import { type ScoreOptions, score } from '../../../src/score/score.ts';
import { type UpstreamCode, UpstreamError } from '../../../src/util/errors.ts';
import { failure, goodAnswer, modelEndpoint } from './client/model_endpoint.ts';
import { aDossier, rating, ratingsFor, someDossiers } from './dossiers.ts';

const SPENT = { calls: 1, promptTokens: 100, completionTokens: 10 };
const says = (text: string): Answer => ({ kind: 'text', text, spent: SPENT });
const fails = (code: UpstreamCode, message = `fault ${code}`): Answer => ({
  kind: 'failed',
  error: new UpstreamError('model', code, message),
  spent: SPENT,
});
const good = ({ slots }: Question): Answer => says(ratingsFor(slots));

/** A model that does as told; `asked` holds the slots of each question. */
function fakeModel(react: (question: Question, n: number) => Answer) {
  const asked: (readonly string[])[] = [];
  const model: ModelClient = {
    model: 'fake',
    ask: async (question) => {
      asked.push(question.slots);
      return react(question, asked.length);
    },
  };
  return { model, asked };
}

const OPTIONS = {
  prompts: { system: 'Assess.', digest: 'd' },
  batchSize: 25,
  concurrency: 1,
  windowDays: 30,
  agentUser: 'svc-portcullis',
  signal: new AbortController().signal,
} satisfies Omit<ScoreOptions, 'model'>;

async function scored(
  count: number,
  react: (question: Question, n: number) => Answer,
  over: Partial<ScoreOptions> = {},
) {
  const { model, asked } = fakeModel(react);
  const result = await score(someDossiers(count), { ...OPTIONS, model, ...over });
  const unscored = [...result.assessments].flatMap(([id, a]) => (a.kind === 'unscored' ? [[id, a.why] as const] : []));
  return { ...result, asked, unscored };
}

/** Reads the texts of a question, as a model would: the request at fault is recognised by its words. */
const mentions = (question: Question, word: string): boolean => question.user.includes(word);

describe('a run of the model', () => {
  test('asks in batches of the given size and gives every request one assessment', async () => {
    const progress: string[] = [];
    const { asked, assessments, usage, problems } = await scored(60, good, {
      onProgress: (done, total) => progress.push(`${done}/${total}`),
    });
    expect(asked.map((slots) => slots.length)).toEqual([25, 25, 10]);
    expect(asked[2]?.[0]).toBe('r1');
    expect(assessments.size).toBe(60);
    expect(usage).toEqual({ model: 'fake', calls: 3, promptTokens: 300, completionTokens: 30 });
    expect([problems, progress]).toEqual([[], ['25/60', '50/60', '60/60']]);
  });

  test('keeps no more batches under way than allowed', async () => {
    let under = 0;
    let most = 0;
    const model: ModelClient = {
      model: 'fake',
      ask: async (question) => {
        under += 1;
        most = Math.max(most, under);
        await new Promise((resolve) => setImmediate(resolve));
        under -= 1;
        return good(question);
      },
    };
    await score(someDossiers(20), { ...OPTIONS, model, batchSize: 2, concurrency: 4 });
    expect(most).toBe(4);
  });

  test('asks nothing when there is nothing to assess', async () => {
    expect(await scored(0, good)).toMatchObject({ asked: [], problems: [], usage: { calls: 0 } });
  });

  test('without a model leaves everything unscored and says why once', async () => {
    const result = await score(someDossiers(3), { ...OPTIONS, model: null, noModelWhy: 'no key is set' });
    expect([...result.assessments.values()]).toEqual(Array(3).fill({ kind: 'unscored', why: 'no key is set' }));
    expect(result.problems).toEqual([{ where: 'score', message: '3 requests unscored: no key is set', advice: null }]);
  });
});

describe('an answer with holes', () => {
  test('is completed by one smaller question about the missing requests only', async () => {
    const { asked, unscored } = await scored(5, (question, n) =>
      says(ratingsFor(n === 1 ? ['r1', 'r3', 'r5'] : question.slots)),
    );
    expect(asked).toEqual([
      ['r1', 'r2', 'r3', 'r4', 'r5'],
      ['r2', 'r4'],
    ]);
    expect(unscored).toEqual([]);
  });

  test('leaves unscored what is missing twice', async () => {
    const { asked, unscored, problems } = await scored(5, () => says(ratingsFor(['r1', 'r2', 'r3'])));
    expect(asked).toEqual([['r1', 'r2', 'r3', 'r4', 'r5'], ['r4', 'r5'], ['r4'], ['r5']]);
    expect(unscored.map(([id]) => id)).toEqual(['q-4', 'q-5']);
    expect(problems).toEqual([expect.objectContaining({ message: expect.stringMatching(/^2 requests unscored: /) })]);
  });

  test('notes what was put up with, once for each kind', async () => {
    const { notes } = await scored(
      4,
      (question) => says(`\`\`\`json\n${ratingsFor([...question.slots, 'r99'])}\n\`\`\``),
      { batchSize: 2 },
    );
    expect(notes).toEqual([
      expect.stringMatching(/code fence.*\(2 times\)/),
      expect.stringMatching(/not asked for.*\(2 times\)/),
    ]);
  });
});

describe('an answer that brings nothing', () => {
  const reasons: [string, Answer][] = [
    ['refused', { kind: 'refused', spent: SPENT }],
    ['truncated', { kind: 'truncated', spent: SPENT }],
    ['garbled', says('I am sorry, but no.')],
  ];

  test.each(reasons)('(%s) costs only the one request that causes it', async (_what, bad) => {
    for (const culprit of [1, 13, 25]) {
      const dossiers = someDossiers(25).with(culprit - 1, aDossier({ id: 'hostile', justification: 'POISON' }));
      const { model, asked } = fakeModel((question) => (mentions(question, 'POISON') ? bad : good(question)));
      const { assessments } = await score(dossiers, { ...OPTIONS, model });
      const unscored = [...assessments].flatMap(([id, { kind }]) => (kind === 'unscored' ? [id] : []));
      expect(unscored).toEqual(['hostile']);
      expect(asked.length).toBeLessThanOrEqual(budgetFor(25));
    }
  });

  test.each(reasons)(
    '(%s) ends within the bound when every answer is like that, and the next batch is asked',
    async (_what, bad) => {
      const { asked, unscored, problems } = await scored(50, (question) =>
        question.slots.length > 30 ? good(question) : bad,
      );
      expect(asked.length).toBeLessThanOrEqual(2 * budgetFor(25));
      expect(unscored).toHaveLength(50);
      expect(problems).toHaveLength(1);
    },
  );

  test('a garbled answer about one request gets one more try', async () => {
    expect(await scored(1, (question, n) => (n === 1 ? says('{') : good(question)))).toMatchObject({
      asked: [['r1'], ['r1']],
      unscored: [],
    });
    expect(await scored(1, () => says('{'))).toMatchObject({
      asked: [['r1'], ['r1']],
      problems: [{ message: expect.stringContaining('1 request unscored') }],
    });
  });
});

describe('a failing endpoint', () => {
  test('that is busy costs one batch, and the run goes on', async () => {
    const { asked, unscored, problems } = await scored(
      20,
      (question, n) => (n <= 8 ? fails('server-error') : good(question)),
      { batchSize: 2 },
    );
    expect(asked).toHaveLength(10);
    expect(unscored).toHaveLength(16);
    expect(problems).toEqual([
      {
        where: 'score',
        message: '16 requests unscored: fault server-error',
        advice: expect.stringContaining('OPENAI_BASE_URL'),
      },
    ]);
  });

  test('is one problem however it numbers its answers, and two with two statuses', async () => {
    const { problems } = await scored(
      20,
      (_, n) => fails('server-error', `failed: ${n > 7 ? 502 : 500} (request req_${n}9f-0${n}a, attempt ${n})`),
      { batchSize: 2 },
    );
    expect(problems.map(({ message }) => message)).toEqual([
      '14 requests unscored: failed: 500 (request req_19f-01a, attempt 1)',
      '6 requests unscored: failed: 502 (request req_89f-08a, attempt 8)',
    ]);
  });

  test.each(['unreachable', 'certificate', 'timeout', 'unauthorized'] as const)(
    'that is plainly down (%s) is left alone after three questions in a row',
    async (code) => {
      const { asked, unscored, problems } = await scored(20, () => fails(code), { batchSize: 2 });
      expect(asked).toHaveLength(3);
      expect(unscored).toHaveLength(20);
      expect(problems).toEqual([expect.objectContaining({ message: `20 requests unscored: fault ${code}` })]);
    },
  );

  test('is not down when an answer comes in between', async () => {
    const { asked } = await scored(20, (question, n) => (n % 3 === 0 ? good(question) : fails('timeout')), {
      batchSize: 2,
    });
    expect(asked).toHaveLength(10);
  });

  test('cannot be declared down by what requestors write', async () => {
    const { asked } = await scored(8, () => ({ kind: 'refused', spent: SPENT }), { batchSize: 1 });
    expect(asked).toHaveLength(8);
  });

  test('whose key cannot be had from the vault is not asked at all', async () => {
    const error = new UpstreamError('vault', 'not-granted', 'nobody granted the key');
    const { asked, problems } = await scored(8, () => ({ kind: 'failed', error, spent: { ...SPENT, calls: 0 } }), {
      batchSize: 2,
    });
    expect(asked).toHaveLength(1);
    expect(problems).toEqual([
      { where: 'score', message: '8 requests unscored: nobody granted the key', advice: error.advice },
    ]);
  });

  test('that answers a web page once is asked once more', async () => {
    expect((await scored(2, (question, n) => (n === 1 ? fails('not-json') : good(question)))).unscored).toEqual([]);
  });
});

test('a stop leaves the rest unscored as "stopped", without calling it a problem', async () => {
  const stop = new AbortController();
  const { asked, unscored, problems } = await scored(
    6,
    (question, n) => {
      if (n < 2) return good(question);
      stop.abort();
      return fails('stopped');
    },
    { batchSize: 2, signal: stop.signal },
  );
  expect(asked).toHaveLength(2);
  expect(unscored).toEqual(['q-3', 'q-4', 'q-5', 'q-6'].map((id) => [id, 'stopped']));
  expect(problems).toEqual([]);
});

test('whatever the model answers, nothing is thrown, every request has one assessment, and the questions are bounded', async () => {
  const answer = fc.oneof(
    fc.constantFrom<Answer>(
      { kind: 'refused', spent: SPENT },
      { kind: 'truncated', spent: SPENT },
      fails('timeout'),
      fails('refused'),
      fails('not-json'),
    ),
    fc
      .oneof(
        fc.string(),
        fc.json(),
        fc.subarray(['r1', 'r2', 'r3', 'r9']).map((slots) => ratingsFor(slots)),
      )
      .map(says),
    fc.constant('good' as const),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(answer, { minLength: 1 }),
      fc.integer({ min: 0, max: 30 }),
      fc.integer({ min: 1, max: 8 }),
      async (answers, count, batchSize) => {
        const { assessments, asked, unscored } = await scored(
          count,
          (question, n) => {
            const next = answers[n % answers.length];
            return next === undefined || next === 'good' ? good(question) : next;
          },
          { batchSize, concurrency: 3 },
        );
        expect(assessments.size).toBe(count);
        expect(asked.length).toBeLessThanOrEqual(Math.ceil(count / batchSize) * budgetFor(batchSize));
        expect(unscored.every(([, why]) => why !== '')).toBe(true);
      },
    ),
  );
});

test('over a real connection, one batch fails and the others are scored', async () => {
  const endpoint = await modelEndpoint((asked) =>
    asked.body.messages.some(({ content }) => content.includes('POISON'))
      ? failure(503, {}, { 'retry-after': '0' })
      : goodAnswer(asked),
  );
  const model = createModelClient({
    apiKey: async () => 'sk-test',
    baseUrl: endpoint.baseUrl,
    model: 'gpt-test',
    timeoutMs: 5000,
    ca: undefined,
  });
  const dossiers = someDossiers(6).with(2, aDossier({ id: 'q-3', justification: 'POISON' }));
  const { assessments, usage } = await score(dossiers, { ...OPTIONS, model, batchSize: 2, concurrency: 2 });
  expect(
    [...assessments]
      .filter(([, { kind }]) => kind === 'unscored')
      .map(([id]) => id)
      .sort(),
  ).toEqual(['q-3', 'q-4']);
  expect(assessments.get('q-1')).toEqual({
    kind: 'scored',
    risk: 'low',
    normalised: false,
    flags: [],
    confidence: 0.95,
    summary: rating().summary,
    comment: rating().comment,
  });
  expect(usage).toEqual({ model: 'gpt-test', calls: 5, promptTokens: 200, completionTokens: 20, cachedTokens: 0 });
});
