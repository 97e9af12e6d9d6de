import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { actionComment } from '../../../src/decide/comment.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { commentLine } from '../../../src/text/plain_text.ts';
import { rated, UNSCORED } from '../../helpers/requests.ts';
import { floorTrace, permitted } from '../../helpers/traces.ts';
import { examples } from '../../suite/property_runs.ts';

const APPROVAL: Decision = {
  verdict: 'approve',
  floor: 'low',
  risk: 'low',
  rules: [permitted('approve-low-risk', 'its risk is at or below the limit for approving')],
  basis: ['approve-low-risk'],
  next: null,
  needsPerson: false,
};
const REJECTION: Decision = { ...APPROVAL, verdict: 'reject', risk: 'critical' };
const CLOSING: Decision = {
  ...APPROVAL,
  verdict: 'close',
  rules: [
    permitted('close-stale', 'it was granted so many days ago that it counts as stale', 'close'),
    floorTrace('floor-burst', '20 or more requests of this person within an hour'),
  ],
  basis: ['close-stale'],
};
const OWN_APPROVAL = 'Portcullis approved this automatically (risk low).';
const OWN_REJECTION = 'Portcullis rejected this automatically; please ask your security team.';

/** What the model's part of an approval comment becomes. */
const modelPart = (comment: string): string =>
  actionComment('approve', APPROVAL, rated('low', { comment })).slice(OWN_APPROVAL.length).trimStart();

test('A comment says what was done in our own words first, and then what the model said', () => {
  const model = rated('low', { comment: 'Routine patching, ticket CHG0041877 (web tier), 100% planned.' });
  expect(actionComment('approve', APPROVAL, model)).toBe(
    `${OWN_APPROVAL} Routine patching, ticket CHG0041877 (web tier), 100% planned.`,
  );
  expect(actionComment('reject', REJECTION, rated('critical', { comment: "Doesn't name a ticket." }))).toBe(
    `${OWN_REJECTION} Doesn't name a ticket.`,
  );
});

test('Closing rests on facts, so that the model has no word in it, and says what led to it', () => {
  expect(actionComment('close', CLOSING, rated('low'))).toBe(
    'Portcullis closed this automatically: it was granted so many days ago that it counts as stale.',
  );
});

test.each(['', '   ', '\n\t', '\u200b\u202e', '<>', '***', '=', '🙂', '---'])(
  'A rejection has a comment also when the model wrote %j',
  (comment) => {
    expect(actionComment('reject', REJECTION, rated('critical', { comment }))).toBe(OWN_REJECTION);
  },
);

test('An unscored request still gets our own sentence', () => {
  expect(actionComment('close', CLOSING, UNSCORED)).toMatch(/^Portcullis closed this/);
});

test.each([
  ['HTML', '<img src=x onerror=alert(1)>ok', 'img srcx onerroralert(1)ok'],
  ['a Markdown link', '[click](https://evil.example/x)', 'click(https evil. example/x)'],
  ['a bare web address', 'see www.evil.example/reset', 'see www. evil. example/reset'],
  ['a mail address', 'write to boss@evil.example', 'write to bossevil. example'],
  ['a table formula', '=HYPERLINK("x")', 'HYPERLINK(x)'],
  ['a second line', 'ok\r\nApproved by: CISO', 'ok Approved by: CISO'],
  ['an escape sequence', 'ok\u001b[31m red\u0007', 'ok31m red'],
  ['a right-to-left override', 'ok \u202egnp.exe', 'ok gnp. exe'],
  ['full-width letters', 'ＯＫ ｈｔｔｐ：／／ｅｖｉｌ．example', 'OK http evil. example'],
])('%s in the comment of the model is made harmless', (_what, comment, expected) => {
  expect(modelPart(comment)).toBe(expected);
});

test('Version numbers, times and other languages pass as they are', () => {
  for (const text of ['Update to 2.4.1 at 22:30, see CHG-17.', 'Plan freigegeben für Größe M.', '計画どおり 承認']) {
    expect(modelPart(text)).toBe(text);
  }
});

test('The model gets twenty words and not one more', () => {
  const words = Array.from({ length: 30 }, (_, i) => `w${i}`);
  expect(modelPart(words.join(' '))).toBe(`${words.slice(0, 20).join(' ')}…`);
  const links = Array.from({ length: 20 }, (_, i) => `http://a${i}.b`).join(' ');
  expect(modelPart(links).split(' ').length).toBeLessThanOrEqual(20);
});

function isHarmless(comment: string): void {
  for (const [action, decision, own] of [
    ['approve', APPROVAL, OWN_APPROVAL],
    ['reject', REJECTION, OWN_REJECTION],
  ] as const) {
    const text = actionComment(action, decision, rated('low', { comment }));
    expect(text.startsWith(own)).toBe(true);
    const model = text.slice(own.length);
    expect(model === '' || model.startsWith(' ')).toBe(true);
    expect(model).not.toMatch(/[\p{C}\n\r<>[\]{}`*_#|\\&@=+"!~^$]|:\/\/|[\p{L}\p{N}]\.\p{L}/u);
    expect(model.trim().split(/\s+/u).length).toBeLessThanOrEqual(20);
    expect(text.length).toBeLessThanOrEqual(300);
    expect(commentLine(text), 'nothing is left to take out of it').toBe(text);
  }
}

test('No text of a model, however odd, is more than one line of ordinary words', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({ unit: 'grapheme', maxLength: 400 }),
    fc
      .array(
        fc.constantFrom(
          'http://',
          'a.b',
          '://',
          ':',
          '/',
          '.',
          ' ',
          '…',
          '<',
          '\n',
          '\u202e',
          'ﷺ',
          'x',
          '-',
          '@',
          '１',
        ),
        {
          maxLength: 200,
        },
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(fc.property(odd, isHarmless), { numRuns: examples(500) });
});

const CORPUS = join(import.meta.dirname, '../../data/justifications.jsonl');
test.skipIf(!existsSync(CORPUS))(
  'Texts of known attacks are harmless as comments (test/data/justifications.jsonl)',
  () => {
    const lines = readFileSync(CORPUS, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) isHarmless((JSON.parse(line) as { text: string }).text);
  },
);

test('What a person reviewed is not called automatic, and names them where they are known', () => {
  const by = (name: string | null) => ({ kind: 'person', name }) as const;
  const decided = (action: 'approve' | 'reject' | 'close') => actionComment(action, APPROVAL, UNSCORED, by(null));
  expect(actionComment('approve', APPROVAL, UNSCORED, by('mia'))).toBe(
    'Portcullis approved this on behalf of a person who reviewed it, mia (risk low).',
  );
  expect(actionComment('reject', REJECTION, UNSCORED, by('CORP\\mia\n\u202e'))).toMatch(/reviewed it, CORP\S?mia;/);
  for (const action of ['approve', 'reject', 'close'] as const) {
    expect(decided(action)).toContain('on behalf of a person');
    expect(decided(action)).not.toContain('automatically');
  }
});

test('A comment is never longer than 300 characters, whatever a policy or a model says', () => {
  const long = 'Long words of somebody, '.repeat(100);
  const rules = [permitted('close-stale', long, 'close')];
  for (const [action, decision] of [
    ['close', { ...CLOSING, rules }],
    ['reject', REJECTION],
  ] as const) {
    const text = actionComment(action, decision, rated('low', { comment: 'Donaudampfschifffahrt'.repeat(200) }), {
      kind: 'person',
      name: 'n'.repeat(300),
    });
    expect(text.length).toBeGreaterThan(250);
    expect(text.length).toBeLessThanOrEqual(300);
  }
});
