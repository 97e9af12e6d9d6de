import { describe, expect, test } from 'vitest';
import { ANOMALY_FLAG_NAMES } from '../../../src/domain/assessment.ts';
import { RISKS } from '../../../src/domain/risk.ts';
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

describe('the schema of the answer', () => {
  test.each([[['r1']], [['r2', 'r7']], [Array.from({ length: 25 }, (_, index) => `r${index + 1}`)]])(
    'has exactly the slots %j, all required',
    (slots) => {
      const schema = answerSchema(slots) as Schema;
      expect(schema).toMatchObject({ type: 'object', required: slots, additionalProperties: false });
      expect(Object.keys(schema.properties ?? {})).toEqual(slots);
      for (const slot of slots) {
        const properties = ['summary', 'anomaly_flags', 'risk', 'confidence', 'comment'];
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

  test('uses no keyword that strict mode does not know, and names each word once however large the batch', () => {
    const text = JSON.stringify(answerSchema(Array.from({ length: 100 }, (_, index) => `r${index + 1}`)));
    expect(text).not.toMatch(/"(\$schema|minLength|maxLength|pattern|format|default|minItems|maxItems|const)":/);
    expect(text.match(/"injection_suspected"/g)).toHaveLength(1);
  });

  test('is told in words with the same flags and risks, and names no slot, so that each question begins alike', () => {
    for (const word of ['"requests"', ...ANOMALY_FLAG_NAMES, ...RISKS]) expect(shapeSentence()).toContain(word);
  });
});
