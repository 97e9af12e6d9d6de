import { describe, expect, test } from 'vitest';
import { ANOMALY_FLAG_NAMES } from '../../../src/domain/assessment.ts';
import { RISKS } from '../../../src/domain/risk.ts';
import type { QuestionKind } from '../../../src/score/question_kinds.ts';
import { answerSchema, shapeSentence } from '../../../src/score/schema.ts';

type Schema = {
  readonly [key: string]: unknown;
  readonly $defs?: Record<string, Schema>;
  readonly properties?: Record<string, Schema>;
};

function itemOf(schema: Schema, slot: string): Schema | undefined {
  const item = schema.properties?.[slot];
  const name = typeof item?.$ref === 'string' ? item.$ref.replace('#/$defs/', '') : null;
  return name === null ? item : schema.$defs?.[name];
}

const PROPERTIES = {
  personal: ['summary', 'anomaly_flags', 'risk', 'confidence', 'comment'],
  shared: ['summary', 'anomaly_flags', 'risk', 'confidence'],
  'facts-only': ['anomaly_flags', 'risk', 'confidence'],
  single: ['anomaly_flags', 'risk', 'confidence'],
} as const satisfies Record<QuestionKind, readonly string[]>;
const KINDS = Object.keys(PROPERTIES) as QuestionKind[];
const slotsOf = (count: number) => Array.from({ length: count }, (_, index) => `r${index + 1}`);
const SLOTS = [['r1'], ['r2', 'r7'], slotsOf(25)];

describe('the schema of the answer', () => {
  test.each(KINDS.flatMap((kind) => SLOTS.map((slots) => [kind, slots] as const)))(
    'to a %s question has exactly the slots %j, all required',
    (kind, slots) => {
      const schema = answerSchema(slots, kind) as Schema;
      expect(schema).toMatchObject({ type: 'object', required: slots, additionalProperties: false });
      expect(Object.keys(schema.properties ?? {})).toEqual(slots);
      for (const slot of slots) {
        const properties = PROPERTIES[kind];
        expect(itemOf(schema, slot)).toMatchObject({
          type: 'object',
          required: properties,
          additionalProperties: false,
        });
        expect(Object.keys(itemOf(schema, slot)?.properties ?? {})).toEqual(properties);
        expect(itemOf(schema, slot)?.properties).toMatchObject({
          risk: { enum: [...RISKS] },
          confidence: { type: 'number', description: expect.stringContaining('from 0 to 1') },
          anomaly_flags: { type: 'array', items: { enum: [...ANOMALY_FLAG_NAMES] } },
        });
      }
    },
  );

  test.each(KINDS)(
    'to a %s question uses no keyword that strict mode does not know, and names each word once however large the batch',
    (kind) => {
      const text = JSON.stringify(answerSchema(slotsOf(100), kind));
      expect(text).not.toMatch(/"(\$schema|minLength|maxLength|pattern|format|default|minItems|maxItems|const)":/);
      expect(text.match(/"injection_suspected"/g)).toHaveLength(1);
    },
  );

  test('is made once for the same slots and form, and those in use are found again after many others', () => {
    expect(answerSchema(['r1', 'r2'], 'single')).toBe(answerSchema(['r1', 'r2'], 'facts-only'));
    expect(answerSchema(['r1', 'r2'], 'single')).not.toBe(answerSchema(['r1', 'r2'], 'shared'));
    const before = answerSchema(['r1'], 'shared');
    for (let n = 0; n < 2000; n++) answerSchema([`r${n}`, `r${n + 1}`], 'personal');
    expect(answerSchema(['r1'], 'shared')).toEqual(before);
  });

  test.each(KINDS)('to a %s question is told in words with the same flags and risks', (kind) => {
    const sentence = shapeSentence(kind);
    for (const word of ['"requests"', ...ANOMALY_FLAG_NAMES, ...RISKS]) expect(sentence).toContain(word);
    expect([...sentence.matchAll(/"(\w+)" \(/g)].map(([, name]) => name)).toEqual(PROPERTIES[kind]);
  });

  test('is told in words that name no slot, so that each question of a kind begins alike', () => {
    for (const kind of KINDS) expect(shapeSentence(kind)).not.toMatch(/\br\d/);
  });
});
