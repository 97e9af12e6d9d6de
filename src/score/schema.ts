import { z } from 'zod';
import { ANOMALY_FLAG_NAMES } from '../domain/assessment.ts';
import { RISKS } from '../domain/risk.ts';
import { type AnswerForm, QUESTION_KINDS, type QuestionKind } from './question_kinds.ts';

/**
 * The shape of the answer as it is sent to the endpoint: docs/model-contract.md, The answer. The answer itself is
 * checked in answer.ts, which trusts no endpoint to have kept to this.
 */

/** For prompts that do not explain it: those of version 0.1 say nothing of it. */
const CONFIDENCE_ABOUT = 'from 0 to 1: how sure you are that a careful reviewer would give the same risk and flags';

// The order is the order of writing: a model that describes first rates better than one that explains a rating it has
// already given. No lengths or patterns: strict mode knows only a part of JSON Schema.
const itemOf = (form: AnswerForm, explained: boolean): z.ZodObject =>
  z.strictObject({
    ...(form !== 'rating' && { summary: z.string() }),
    anomaly_flags: z.array(z.enum(ANOMALY_FLAG_NAMES as [string, ...string[]])),
    risk: z.enum(RISKS),
    confidence: explained ? z.number() : z.number().describe(CONFIDENCE_ABOUT),
    ...(form === 'full' && { comment: z.string() }),
  });

/** What zod calls the first thing that stands in several places. */
const LONG_NAME = '__schema0';

type AnswerSchema = Readonly<Record<string, unknown>>;

/** Nearly all questions have the slots `r1` to `r25` or fewer of them; beyond that, what was made first goes first. */
const MOST_MADE = 500;
const made = new Map<string, AnswerSchema>();

/**
 * The strict JSON schema with exactly these slots as keys, made once for each form and set of slots. zod's own conversion
 * rather than the SDK's: with `reused: 'ref'` the item stands once under `$defs`, so that a batch of any size stays below
 * the limit of strict mode on enum values (1000 in the whole schema) and costs a tenth of the tokens. Its name there is
 * short, because every slot repeats it. `explained`: the prompt says what a confidence is.
 */
export function answerSchema(slots: readonly string[], kind: QuestionKind, explained = false): AnswerSchema {
  const form = QUESTION_KINDS[kind].answer;
  const key = [form, explained, ...slots].join(' ');
  const known = made.get(key);
  if (known !== undefined) return known;
  const item = itemOf(form, explained);
  const shape = Object.fromEntries(slots.map((slot) => [slot, item]));
  const { $schema: _, ...long } = z.toJSONSchema(z.strictObject(shape), { reused: 'ref' });
  const schema: AnswerSchema = JSON.parse(JSON.stringify(long).replaceAll(LONG_NAME, 'a'));
  const [oldest] = made.keys();
  if (made.size >= MOST_MADE && oldest !== undefined) made.delete(oldest);
  made.set(key, schema);
  return schema;
}

/**
 * The same in a sentence, for endpoints that know no schema. It names no slot: the system message has to be the same in every
 * question of a kind, or the endpoint's prompt cache would not know it again.
 */
export function shapeSentence(kind: QuestionKind): string {
  const form = QUESTION_KINDS[kind].answer;
  const properties = [
    ...(form === 'rating' ? [] : ['"summary" (string)']),
    `"anomaly_flags" (array of strings out of ${ANOMALY_FLAG_NAMES.join(', ')})`,
    `"risk" (one of ${RISKS.join(', ')})`,
    `"confidence" (number ${CONFIDENCE_ABOUT})`,
    ...(form === 'full' ? ['"comment" (string)'] : []),
  ];
  return [
    'Answer with one JSON object and nothing else. Its keys are exactly those of "requests" in the document, each once. Each',
    `value is an object with exactly the properties ${properties.slice(0, -1).join(', ')} and ${properties.at(-1)}.`,
  ].join(' ');
}
