import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DecideWith, decide, type Subject } from '../../../src/decide/decide.ts';
import { couldBeApproved } from '../../../src/decide/foreseen.ts';
import { ofBoth, toConfirm, withSecondAnswers } from '../../../src/decide/second_answers.ts';
import type { Assessment } from '../../../src/domain/assessment.ts';
import type { Confirmation } from '../../../src/domain/confirmation.ts';
import { RISKS, type Risk } from '../../../src/domain/risk.ts';
import { loadPolicy } from '../../../src/policy/load.ts';
import { rated, UNSCORED } from '../../helpers/requests.ts';
import { ALL_ON, factsOnly, grantedSubject, never, SHIPPED, subject } from './subjects.ts';

const engine = await loadPolicy(SHIPPED);
const HOW: DecideWith = { policy: ALL_ON, engine, acted: never };

describe('what could be approved', () => {
  const could = (one: Subject, known?: Assessment, how = HOW) => couldBeApproved(one, known, how);

  test('is what the best assessment would let through, whatever the reading will be', () => {
    expect(could(subject({ assessment: rated('critical') }))).toBe(true);
    expect(could(subject({ assessment: UNSCORED }))).toBe(true);
  });

  test.each<[string, Subject]>([
    ['is granted already', grantedSubject()],
    ['is privileged', subject({ accessContext: { privileged: true } })],
    ['is wanted by somebody out of role', subject({ accessContext: { inRole: false } })],
    ['is emergency access', subject({ accessContext: { breakGlass: true } })],
    ['has a suspicious text', subject({ texts: { suspicious: true, flags: ['x'], evidence: ['x'] } })],
  ])('is nothing that %s', (_what, one) => {
    expect(could(one)).toBe(false);
  });

  test('is nothing while the switch is off, and nothing that we acted on', () => {
    expect(could(subject(), undefined, { ...HOW, policy: { ...ALL_ON, autoApprove: false } })).toBe(false);
    expect(could(subject(), undefined, { ...HOW, acted: () => true })).toBe(false);
  });

  test.each<[string, Assessment, boolean]>([
    ['low', rated('low'), true],
    ['medium, which may be asked for again', rated('medium'), true],
    ['medium, and said twice', rated('medium', { borneOut: true }), false],
    ['medium, for a weak reason', rated('medium', { flags: ['weak_justification'] }), false],
    ['high', rated('high'), false],
    ['low and unsure', rated('low', { confidence: 0.3 }), false],
  ])('goes by the reading where one is remembered: %s', (_what, known, expected) => {
    expect(could(subject(), known)).toBe(expected);
  });
});

/** One request, its reading, its confirmation: what is still asked about it. */
function asked(reading: Assessment, confirmation?: Confirmation, how = HOW) {
  const one = subject({ assessment: reading });
  const known = new Map(confirmation === undefined ? [] : [[one.dossier.request.id, confirmation]]);
  return toConfirm([one], [decide(one, null, how)], known, how).map(({ action, again }) => [action, again]);
}

describe('what is still to be asked', () => {
  test.each<[string, Assessment, Confirmation | undefined, readonly unknown[]]>([
    ['both readings are low', rated('low'), factsOnly('low'), []],
    ['the confirmation is missing', rated('low'), undefined, [['approve', undefined]]],
    ['the confirmation alone is one over', rated('low'), factsOnly('medium'), [['approve', 'confirmation']]],
    ['the reading alone is one over', rated('medium'), factsOnly('low'), [['approve', 'reading']]],
    ['both are one over', rated('medium'), factsOnly('medium'), []],
    ['the confirmation is two over', rated('low'), factsOnly('high'), []],
    ['the reading is two over', rated('high'), factsOnly('low'), []],
    ['the reading is one over and nothing confirms it', rated('medium'), undefined, []],
    ['the reading was one over twice', rated('medium', { borneOut: true }), factsOnly('low'), []],
    ['it is to be rejected', rated('critical'), undefined, [['reject', undefined]]],
    ['nobody could score it', UNSCORED, factsOnly('low'), []],
  ])('when %s', (_what, reading, confirmation, expected) => {
    expect(asked(reading, confirmation)).toEqual(expected);
  });

  test.each<[string, Assessment, Confirmation]>([
    ['the reading finds the reason weak', rated('medium', { flags: ['weak_justification'] }), factsOnly('low')],
    ['the reading suspects steering', rated('medium', { flags: ['injection_suspected'] }), factsOnly('low')],
    ['the reading is unsure', rated('medium', { confidence: 0.5 }), factsOnly('low')],
    ['its word for the risk was none of ours', rated('medium', { normalised: true }), factsOnly('low')],
    [
      'the confirmation is unsure',
      rated('low'),
      { kind: 'facts-only', assessment: rated('medium', { confidence: 0.5 }) },
    ],
    [
      'the confirmation is remembered',
      rated('low'),
      { kind: 'facts-only', assessment: rated('medium', { remembered: true }) },
    ],
  ])('nothing a second time when something else stands against it too: %s', (_what, reading, confirmation) => {
    expect(asked(reading, confirmation)).toEqual([]);
  });

  test('nothing a second time for what no reading would make approved', () => {
    const off = { ...HOW, policy: { ...ALL_ON, autoApprove: false } };
    expect(asked(rated('medium'), factsOnly('low'), off)).toEqual([]);
    expect(asked(rated('low'), factsOnly('medium'), off)).toEqual([]);
  });
});

test('A rejection that was confirmed at once needs no further question', () => {
  const one = subject({ assessment: rated('critical') });
  const single: Confirmation = { kind: 'single', assessment: rated('critical') };
  const proposed = [decide(one, null, HOW)];
  expect(toConfirm([one], proposed, new Map([[one.dossier.request.id, single]]), HOW)).toEqual([]);
  expect(toConfirm([one], proposed, new Map(), HOW)).toMatchObject([{ action: 'reject' }]);
});

describe('two answers', () => {
  test('count as the second one when it is within the limit, with all that either noticed and the lower confidence', () => {
    const first = rated('medium', { flags: ['off_hours'], confidence: 0.9, comment: 'Ask for a ticket.' });
    const both = ofBoth(first, rated('low', { flags: ['long_window'], confidence: 0.95 }), 'low');
    expect(both).toMatchObject({
      risk: 'low',
      firstAnswer: 'medium',
      flags: ['off_hours', 'long_window'],
      confidence: 0.9,
    });
    expect(both).toMatchObject({ comment: '' });
  });

  test('count as the first one when the second says the same, failed, or is not understood', () => {
    const first = rated('medium');
    expect(ofBoth(first, rated('high'), 'low')).toMatchObject({ risk: 'medium', borneOut: true });
    expect(ofBoth(first, UNSCORED, 'low')).toBe(first);
    expect(ofBoth(first, rated('low', { normalised: true }), 'low')).toBe(first);
  });

  test('lead to an approval only when one with the text and one without it are within the limit', () => {
    const reading = fc.record({
      risk: fc.constantFrom<Risk>(...RISKS),
      confidence: fc.constantFrom(0.5, 0.9),
      flags: fc.subarray(['weak_justification', 'injection_suspected', 'off_hours'] as const),
    });
    const as = ({ risk, ...part }: { risk: Risk } & object) => rated(risk, part);
    fc.assert(
      fc.property(reading, reading, reading, (first, facts, again) => {
        const one = subject({ assessment: as(first) });
        const { id } = one.dossier.request;
        const known = new Map<string, Confirmation>([[id, { kind: 'facts-only', assessment: as(facts) }]]);
        const candidates = toConfirm([one], [decide(one, null, HOW)], known, HOW);
        const answers = new Map(candidates.flatMap((candidate) => (candidate.again ? [[id, as(again)] as const] : [])));
        const read = withSecondAnswers([one], known, candidates, answers, ALL_ON.approveUpTo);
        const after = decide(
          read.subjects[0] ?? one,
          { confirmation: read.confirmations.get(id), heldBack: null },
          HOW,
        );
        if (after.verdict !== 'approve') return;
        const all = [first, facts, ...(answers.size > 0 ? [again] : [])];
        // Two of at most three, and nothing that any of them noticed is forgotten.
        expect(all.filter(({ risk }) => risk === 'low').length).toBeGreaterThanOrEqual(2);
        expect(all.every(({ confidence }) => confidence >= ALL_ON.confidenceNeeded)).toBe(true);
        expect(all.flatMap(({ flags }) => flags)).not.toContain('injection_suspected');
        const texts = [first, ...(candidates[0]?.again === 'reading' ? [again] : [])];
        const blind = [facts, ...(candidates[0]?.again === 'confirmation' ? [again] : [])];
        for (const some of [texts, blind]) expect(some.some(({ risk }) => risk === 'low')).toBe(true);
        expect(texts.flatMap(({ flags }) => flags)).not.toContain('weak_justification');
      }),
    );
  });
});
