/** The file of remembered assessments: bounded, safe to delete, and never believed when it is not whole. */
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ASSESSMENTS_FILE, type KeptAssessment, openAssessments } from '../../../src/store/assessments.ts';

const DAY = 86_400_000;
const SECRET = 'a token';
const NOW = Date.UTC(2026, 10, 20, 12);
const keyOf = (n: number): string => `${n}`.padStart(43, 'k');
const KEPT: KeptAssessment = {
  among: 'others',
  assessment: {
    kind: 'scored',
    risk: 'medium',
    normalised: false,
    flags: ['off_hours'],
    confidence: 0.9,
    summary: 'Patching of a web server, 4 h.',
    comment: 'Routine change (CHG1): nothing stands out',
  },
};

const folder = () => mkdtempSync(join(tmpdir(), 'assessments-'));
const fileIn = (dir: string) => join(dir, ASSESSMENTS_FILE);
const open = (dir: string, { day = 0, keepDays = 3, most = 1000, sealedWith = SECRET } = {}) =>
  openAssessments(dir, { now: NOW + day * DAY, keepDays, most, sealedWith });
/** The entries, without the seal. */
const linesOf = (dir: string) => readFileSync(fileIn(dir), 'utf8').trim().split('\n').slice(0, -1);
const sealed = (text: string, secret = SECRET): string =>
  `${text}${JSON.stringify({ seal: createHmac('sha256', secret).update(text).digest('base64url') })}\n`;

/** A folder whose file holds these entries. */
async function holding(count: number): Promise<string> {
  const dir = folder();
  const store = await open(dir);
  for (let n = 0; n < count; n += 1) store.keep(keyOf(n), KEPT);
  await store.save();
  return dir;
}

test('what was kept is there in the next run, readable by the own user alone', async () => {
  const dir = await holding(2);
  const store = await open(dir);
  expect([store.damage, store.recall(keyOf(1)), store.recall(keyOf(7))]).toEqual([null, KEPT, null]);
  expect(statSync(fileIn(dir)).mode & 0o777).toBe(0o600);
});

test('without the file nothing is known, and nothing is wrong', async () => {
  const store = await open(folder());
  expect([store.damage, store.recall(keyOf(1))]).toEqual([null, null]);
});

test('a run that learned nothing new writes nothing', async () => {
  const dir = await holding(1);
  const before = statSync(fileIn(dir));
  const store = await open(dir);
  store.recall(keyOf(0));
  await store.save();
  expect(statSync(fileIn(dir)).ino).toBe(before.ino);
});

test('what no run used any more is dropped after the days that are set; what is used stays', async () => {
  const dir = await holding(2);
  for (const day of [2, 4]) {
    const store = await open(dir, { day });
    store.recall(keyOf(1));
    await store.save();
    expect(linesOf(dir)).toHaveLength(day === 2 ? 2 : 1);
  }
  expect((await open(dir, { day: 4 })).recall(keyOf(1))).toEqual(KEPT);
});

test('there are never more entries than are allowed, and those stay that were used last', async () => {
  const dir = await holding(5);
  const store = await open(dir, { day: 1, most: 2 });
  for (const n of [3, 1]) store.recall(keyOf(n));
  await store.save();
  const left = await open(dir, { day: 1 });
  expect([0, 1, 2, 3, 4].filter((n) => left.recall(keyOf(n)) !== null)).toEqual([1, 3]);
});

describe('a file that was touched', () => {
  const line = (over: object) =>
    JSON.stringify({
      ...{ key: keyOf(1), used: '2026-11-20', alone: true, risk: 'low', flags: [] },
      ...{ confidence: 0.9, summary: 'Fine.', comment: '' },
      ...over,
    });

  test.each([
    ['an unknown risk', { risk: 'harmless' }],
    ['an unknown flag', { flags: ['fine_by_me'] }],
    ['a field of its own', { approve: true }],
    ['markup in a text', { summary: '<img src=x>' }],
    ['a link in a text', { comment: 'see [this](http' }],
    ['a text without end', { comment: 'a'.repeat(2000) }],
    ['a key that is none', { key: '../../etc/passwd' }],
    ['a day that is none', { used: 'tomorrow' }],
    ['something else for a flag', { alone: 'yes' }],
    ['no confidence, as version 0.1 wrote it', { confidence: undefined }],
    ['a confidence in percent', { confidence: 95 }],
    ['a confidence in words', { confidence: '0.95' }],
  ])('loses an entry with %s, and keeps the others', async (_, over) => {
    const dir = folder();
    writeFileSync(fileIn(dir), sealed(`${line(over)}\n${line({ key: keyOf(2) })}\n`));
    const store = await open(dir);
    expect([store.damage, store.recall(keyOf(1)), store.recall(keyOf(2))?.assessment.risk]).toEqual([
      null,
      null,
      'low',
    ]);
  });

  const whole = sealed(`${line({})}\n${line({ key: keyOf(2) })}\n`);
  test.each([
    ['cut in the middle', whole.slice(0, 200)],
    ['cut behind a line', `${line({})}\n`],
    ['without its seal', `${line({})}\n${line({ key: keyOf(2) })}\n`],
    ['edited', whole.replace('low', 'high')],
    ['longer by a line', whole.replace('\n', `\n${line({ key: keyOf(3) })}\n`)],
    ['sealed with another secret', sealed(`${line({})}\n`, 'another token')],
    ['other than JSON', 'MZ\u0000\u0001'],
    ['a seal over something else than JSON', sealed('MZ\u0000\u0001\n')],
  ])('is empty when it is %s, and the next run writes it anew', async (_, text) => {
    const dir = folder();
    writeFileSync(fileIn(dir), text);
    const store = await open(dir);
    expect([store.recall(keyOf(1)), store.damage]).toEqual([null, expect.stringMatching(/sealed|not JSON/)]);
    store.keep(keyOf(3), KEPT);
    await store.save();
    expect((await open(dir)).recall(keyOf(3))).toEqual(KEPT);
  });

  test('holds nothing of the secret', async () => {
    const dir = await holding(1);
    expect(readFileSync(fileIn(dir), 'utf8')).not.toContain(SECRET);
    expect((await open(dir, { sealedWith: 'another token' })).recall(keyOf(0))).toBeNull();
  });
});
