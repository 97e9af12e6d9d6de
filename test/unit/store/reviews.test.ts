import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addReview, type Review, readReviews } from '../../../src/store/reviews.ts';
import { NOON, tempFolder } from '../../helpers/requests.ts';

const review = (part: Partial<Review> = {}): Review => ({
  at: NOON,
  by: 'mia',
  request: 'req-1',
  what: { requestor: 'jdoe', subject: 'DC01', status: 'Completed', since: NOON - 1000 },
  note: 'INC-4711, looked at the recording',
  ...part,
});
const fileOf = (folder: string): string => join(folder, 'reviews.jsonl');

describe('The reviews of emergency access', () => {
  test('are none before the first', async () => {
    expect(await readReviews(tempFolder())).toEqual({ all: [], byRequest: new Map(), damaged: 0 });
  });

  test('are appended, one line each, for the own user only; the latest of a request counts', async () => {
    const folder = tempFolder();
    await addReview(folder, review());
    const before = readFileSync(fileOf(folder), 'utf8');
    await addReview(folder, review({ request: 'req-2', note: 'two\nlines "quoted" \u2028' }));
    await addReview(folder, review({ by: 'noah', at: NOON + 1 }));
    expect(readFileSync(fileOf(folder), 'utf8').startsWith(before)).toBe(true);
    expect(readFileSync(fileOf(folder), 'utf8').split('\n')).toHaveLength(4);
    expect(statSync(fileOf(folder)).mode & 0o777).toBe(0o600);
    const { all, byRequest, damaged } = await readReviews(folder);
    expect(all.map(({ by, request }) => `${by} ${request}`)).toEqual(['mia req-1', 'mia req-2', 'noah req-1']);
    expect(damaged).toBe(0);
    expect(byRequest.get('req-1')?.by).toBe('noah');
    expect(byRequest.get('req-2')?.note).toBe('two\nlines "quoted" \u2028');
  });

  test('a line that a crash cut short swallows neither the one before nor the one after, and reviews nothing', async () => {
    const folder = tempFolder();
    await addReview(folder, review());
    appendFileSync(fileOf(folder), JSON.stringify(review({ request: 'req-2' })).slice(0, -5));
    await addReview(folder, review({ request: 'req-3' }));
    const { byRequest, damaged } = await readReviews(folder);
    expect([...byRequest.keys()]).toEqual(['req-1', 'req-3']);
    expect(damaged).toBe(1);
  });

  test.each([
    'null',
    '{}',
    '[]',
    JSON.stringify({ ...review(), by: '' }),
    JSON.stringify({ ...review(), at: 'now' }),
    JSON.stringify({ ...review(), at: 8e15 }),
  ])('the line %s reviews nothing', async (line) => {
    const folder = tempFolder();
    writeFileSync(fileOf(folder), `${line}\n`);
    expect(await readReviews(folder)).toEqual({ all: [], byRequest: new Map(), damaged: 1 });
  });

  test('what cannot be read is an error, not an empty file', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'state'), '');
    await expect(readReviews(join(folder, 'state'))).rejects.toThrow(/could not read/);
  });
});
