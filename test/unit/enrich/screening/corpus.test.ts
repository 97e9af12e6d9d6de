import { describe, expect, test } from 'vitest';
import { screenText } from '../../../../src/enrich/screening/screen.ts';
import { CORPUS, HARD_FAMILIES, isHeldBack, OTHER_ID, rates, SELF_ID, share } from './corpus.ts';
import { HONEST_TEXTS } from './honest_texts.ts';
import { STEERING_TEXTS } from './steering_texts.ts';

// Floors and ceilings with room, against mistakes in the rules. INVARIANT: none of these numbers is evidence of safety;
// an attacker who knows the rules passes them, and the gate must not mind.

const attacks = CORPUS.filter(({ label }) => label === 'attack');
const benign = CORPUS.filter(({ label }) => label === 'benign');
const ordinary = benign.filter(({ family }) => !HARD_FAMILIES.includes(family));
const FILLED = { selfIds: [SELF_ID], otherIds: [OTHER_ID] };

test('the corpus is the one that the numbers are about', () => {
  expect([attacks.length, benign.length, ordinary.length]).toEqual([174, 196, 171]);
});

describe('honest texts of the corpus are mostly left alone', () => {
  test('ordinary ones: at most 2 in 100 are flagged', () => {
    expect(share(ordinary)).toBeLessThanOrEqual(0.02);
  });

  test('all of them: at most 5 in 100 are flagged', () => {
    expect(share(benign)).toBeLessThanOrEqual(0.05);
  });

  test('also in the half that was held back', () => {
    expect(share(ordinary.filter(isHeldBack))).toBeLessThanOrEqual(0.02);
    expect(share(benign.filter(isHeldBack))).toBeLessThanOrEqual(0.05);
  });
});

describe('steering texts of the corpus are mostly flagged', () => {
  test('at least 85 in 100 over all', () => {
    expect(share(attacks)).toBeGreaterThanOrEqual(0.85);
  });

  test('at least 75 in 100 of the half that was held back', () => {
    expect(share(attacks.filter(isHeldBack))).toBeGreaterThanOrEqual(0.75);
  });

  test('every family that is about the form of the text, and not its words, is found whole', () => {
    const byForm = ['zero_width', 'unicode_tags', 'homoglyph', 'encoded_hex', 'encoded_rot13', 'long_filler'];
    const missed = [...rates(attacks)].filter(([name, { texts, flagged }]) => byForm.includes(name) && flagged < texts);
    expect(missed).toEqual([]);
  });
});

test('as a whole it is screened as well as it was measured: bench/README.md', () => {
  const count = (texts: typeof CORPUS) => [...rates(texts).values()].reduce((sum, { flagged }) => sum + flagged, 0);
  expect(count(attacks)).toBeGreaterThanOrEqual(157);
  expect(count(ordinary)).toBeLessThanOrEqual(2);
  expect(count(benign)).toBeLessThanOrEqual(5);
});

test.each(HONEST_TEXTS)('is left alone: %j', (text) => {
  expect(screenText(text, FILLED).evidence).toEqual([]);
});

test.each(STEERING_TEXTS)('is flagged ($idea): $text', ({ text }) => {
  const filled = text.replaceAll('{{SELF_ID}}', SELF_ID).replaceAll('{{OTHER_ID}}', OTHER_ID);
  expect(screenText(filled, FILLED).flags).not.toEqual([]);
});
