import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import type { Benchmark, Extent } from './benchmark.ts';
import type { Simulated } from './simulated.ts';
import { came, openProgram } from './stage/program.ts';
import { openRemote } from './stage/remote.ts';

/** No tokenizer is at hand, and each model has its own: bytes are exact, and the ratio of bytes is close to that of tokens. */
const BYTES_PER_TOKEN = 4;
const GOAL = 0.4;
const BATCH = 25;
const SIZES: Readonly<Record<Extent, readonly number[]>> = { quick: [240], usual: [1000], full: [1000, 10_000] };

type Question = Awaited<ReturnType<Simulated['questions']>>[number];
type Recorded = ReturnType<Simulated['records']>[number];

type Spent = {
  /** Bytes of the messages that hold requests, for each request asked about. */
  readonly payload: number;
  /** The same with everything else that a question carries: instructions and the shape of the answer. */
  readonly whole: number;
  readonly questions: number;
};
type Row = {
  readonly requests: number;
  readonly deep: boolean;
  /** Without actions: everything is asked about in full batches. */
  readonly batched: Spent;
  /** With actions: what may be decided on is asked about alone, and confirmations come on top. */
  readonly acting: Spent;
  readonly naive: Spent;
  /** Of all prompt bytes, those that begin every question alike, which providers keep and charge less for. */
  readonly cacheable: number;
};

const bytes = (text: string): number => Buffer.byteLength(text);
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

async function measure(requests: number, deep: boolean): Promise<Row> {
  await using around = openRemote<Simulated>(join(import.meta.dirname, 'simulated.ts'));
  const settings = await around.call('start', { requests, vaultMs: 0, modelMs: 0 });
  const records = await around.call('records');
  const asked = async (acting: boolean): Promise<readonly Question[]> => {
    // A fresh installation, so that nothing is remembered; what only observes leaves the window as it is.
    using program = openProgram({ ...settings, DEEP_ANALYSIS: `${deep}`, OPENAI_ANALYSIS_BATCH_SIZE: `${BATCH}` });
    const switches = acting ? {} : { AUTO_APPROVE_LOW_RISK: 'false', AUTO_REJECT_HIGH_RISK: 'false' };
    const ran = await program.run({ settings: switches });
    if (!came(ran)) throw new Error(`the run failed: ${ran.problems[0] ?? ran.end}`);
    const questions = await around.call('questions');
    await around.call('seen');
    return questions;
  };
  const batched = await asked(false);
  const acting = await asked(true);
  const naive = naiveQuestions(records, batched[0]?.system ?? '', deep);
  return {
    ...{ requests: records.length, deep },
    batched: spent(batched, records.length),
    acting: spent(acting, records.length),
    naive: spent(naive, records.length),
    cacheable: (bytes(commonStart(acting)) * acting.length) / sum(acting.map(wholeOf)),
  };
}

/** The obvious way: the vault's records as they are, indented, 25 to a message, with the same instructions. */
function naiveQuestions(records: readonly Recorded[], system: string, deep: boolean): Question[] {
  const shown = records.map(({ request, asset, container }) => (deep ? { ...request, asset, container } : request));
  return Array.from({ length: Math.ceil(shown.length / BATCH) }, (_, n) => {
    const batch = shown.slice(n * BATCH, (n + 1) * BATCH);
    // Without a schema: what asks for JSON in the obvious way stands in the instructions.
    return { mode: 'review', slots: batch.length, system, user: JSON.stringify(batch, null, 2), schema: '' };
  });
}

const wholeOf = ({ system, user, schema }: Question): number => bytes(system) + bytes(user) + bytes(schema);

function spent(questions: readonly Question[], requests: number): Spent {
  return {
    payload: sum(questions.map(({ user }) => bytes(user))) / requests,
    whole: sum(questions.map(wholeOf)) / requests,
    questions: questions.length,
  };
}

/** Instructions come before the requests, so that what all questions have in common stands in one piece. */
function commonStart(questions: readonly Question[]): string {
  const texts = questions.map(({ system, user }) => system + user);
  const [first = '', ...others] = texts;
  let length = first.length;
  for (const text of others) {
    while (!text.startsWith(first.slice(0, length))) length -= 1;
  }
  return first.slice(0, length);
}

export const tokens: Benchmark = {
  about: 'tokens per request against indented full records',
  async run({ extent, sizes, say }) {
    const rows: Row[] = [];
    for (const requests of sizes ?? SIZES[extent]) {
      for (const deep of [false, true]) {
        say(`tokens: ${requests} requests, deep analysis ${deep ? 'on' : 'off'}`);
        rows.push(await measure(requests, deep));
      }
    }
    const note =
      `Bytes per request, about ${BYTES_PER_TOKEN} to a token. Payload: the messages with the requests; whole: with ` +
      'instructions and answer schema. Batched: full batches, as in a run that only observes; acting: with every request ' +
      `that may be decided on alone in its question, and the confirmations. Goal: at most ${GOAL * 100} % (payload, batched).`;
    return { figures: { goal: GOAL, bytesPerToken: BYTES_PER_TOKEN, rows }, text: `${table(rows)}\n\n${note}` };
  },
};

function table(rows: readonly Row[]): string {
  const against = (ours: number, naive: number) =>
    `${ours.toFixed(0)} of ${naive.toFixed(0)} (${((ours / naive) * 100).toFixed(1)} %)`;
  const body = rows.map(({ requests, deep, batched, acting, naive, cacheable }) => [
    `${requests}`,
    deep ? 'on' : 'off',
    against(batched.payload, naive.payload),
    against(batched.whole, naive.whole),
    against(acting.payload, naive.payload),
    against(acting.whole, naive.whole),
    `${(acting.whole / BYTES_PER_TOKEN).toFixed(0)}`,
    `${(cacheable * 100).toFixed(0)} %`,
    `${batched.questions} / ${acting.questions} / ${naive.questions}`,
  ]);
  const head = [
    'requests',
    'deep',
    'payload, batched',
    'whole, batched',
    'payload, acting',
    'whole, acting',
    'tokens each, acting',
    'same start',
    'questions',
  ];
  return markdownTable([head, ...body], { align: [...'rlrrrrrrr'] });
}
