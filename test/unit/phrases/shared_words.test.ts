import { expect, test } from 'vitest';
import type { Outcome } from '../../../src/domain/decision.ts';
import type { RunMode } from '../../../src/domain/run_record.ts';
import { modeWords } from '../../../src/phrases/mode_words.ts';
import { outcomeCell, outcomeNote, outcomeRemark, outcomeWord } from '../../../src/phrases/outcome_words.ts';
import { noun, plural, pluralInWords } from '../../../src/phrases/plural.ts';
import { switchLines } from '../../../src/phrases/switch_words.ts';
import { aReviewed } from '../../helpers/records.ts';

test('One is singular, and none and many are plural', () => {
  expect([0, 1, 2, 100].map((n) => plural(n, 'request'))).toEqual([
    '0 requests',
    '1 request',
    '2 requests',
    '100 requests',
  ]);
  expect([1, 2].map((n) => plural(n, 'entry', 'entries'))).toEqual(['1 entry', '2 entries']);
  expect([1, 2].map((n) => noun(n, 'Policy', 'Policies'))).toEqual(['Policy', 'Policies']);
  expect([0, 1, 2].map((n) => pluralInWords(n, 'run'))).toEqual(['0 runs', 'one run', '2 runs']);
});

/** Word, note, remark and cell of every outcome. A text that is not ours goes through the escaping function that is handed in. */
test.each<[Outcome | null, string, string, string, string]>([
  [null, 'held', '', '', ''],
  [{ kind: 'done', statusAfter: 'Approved', note: '' }, 'approved', 'now <Approved>', '<>', '<done>'],
  [{ kind: 'done', statusAfter: null, note: 'x' }, 'approved', 'status not read again; <x>', '<x>', '<done: x>'],
  [{ kind: 'skipped', reason: 'observing', why: 'w' }, 'would approve', '<w>', '', '<not done: only observing>'],
  [{ kind: 'skipped', reason: 'declined', why: 'w' }, 'not done', '<w>', '<w>', '<not done: you said no>'],
  [{ kind: 'skipped', reason: 'changed', why: 'w' }, 'not done', '<w>', '<w>', '<not done: w>'],
  [{ kind: 'failed', why: 'w' }, 'failed', '<w>', '<w>', '<failed: w>'],
  [{ kind: 'unknown', why: 'w' }, 'outcome unknown', '<w>', '<w>', '<unknown: w>'],
])('The outcome %j is `%s`', (outcome, word, note, remark, cell) => {
  const clean = (text: string) => `<${text}>`;
  expect(outcomeWord({ ...aReviewed({ verdict: 'approve' }), outcome })).toBe(word);
  expect(outcomeNote(outcome, clean)).toBe(note);
  expect(outcomeRemark(outcome, clean)).toBe(remark);
  expect(outcomeCell(outcome, clean)).toBe(cell);
});

test('A run mode has the same first word at length and in short, and both say why a run only observed', () => {
  const told = (mode: RunMode, length: 'full' | 'short', because: string | null = null) =>
    modeWords({ mode, observingBecause: because }, length, (text) => `<${text}>`);
  expect(told('asking', 'full')).toBe('asking: a person at the terminal confirms each action');
  expect(told('asking', 'short')).toBe('asking a person at the terminal');
  expect(told('observing', 'short', 'dry run')).toBe('observing, nothing is changed (<dry run>)');
  expect(told('observing', 'short', 'ledger')).toBe('observing, nothing is changed (<the ledger is not trusted>)');
  expect(told('observing', 'short', 'memory')).toBe(told('observing', 'short', 'ledger'));
  expect(told('observing', 'full', 'dry run')).toMatch(/^observing: .* \(because: <dry run>\)$/);
});

test('A switch that is off says what it would do, for whom nobody confirmed it, and what caps would leave', () => {
  const off = { setting: 'AUTO_APPROVE_LOW_RISK', action: 'approve', more: 3, unconfirmed: true, heldBack: 2 } as const;
  const switchedOff = [
    off,
    { ...off, unconfirmed: false, heldBack: 0 },
    { setting: 'AUTO_CLOSE_STALE', action: 'close', more: 0, unconfirmed: false, heldBack: 0 },
  ] as const;
  expect(switchLines({ switchedOff })).toEqual([
    'AUTO_APPROVE_LOW_RISK=true would approve at most 3 more, before confirmation; 2 held back by caps',
    'AUTO_APPROVE_LOW_RISK=true would approve 3 more',
    'AUTO_CLOSE_STALE=true would close no more requests',
  ]);
  expect(switchLines({})).toEqual([]);
});
