import { join } from 'node:path';
import { z } from 'zod';
import { appendDurably, readIfThere } from './files.ts';

/** `reviews.jsonl`: who looked at which emergency access, when, and what they found. Lines are only ever appended. */
export const Review = z.object({
  at: z.number().min(0).max(8.64e15),
  by: z.string().min(1),
  request: z.string().min(1),
  /** What was looked at, as the record of runs knew it. */
  what: z.object({ requestor: z.string(), subject: z.string(), status: z.string(), since: z.number() }),
  note: z.string().min(1),
});
export type Review = z.infer<typeof Review>;

export type Reviews = {
  /** The latest review of each request, by request id. */
  readonly byRequest: ReadonlyMap<string, Review>;
  /** Lines that cannot be understood. INVARIANT: what they may have said does not count as reviewed. */
  readonly damaged: number;
};

const FILE = 'reviews.jsonl';

/** @throws {StorageError} */
export async function readReviews(stateDir: string): Promise<Reviews> {
  const rows = ((await readIfThere(join(stateDir, FILE))) ?? '').split('\n').filter((row) => row.trim() !== '');
  const reviews = rows.map(reviewOrNull);
  const understood = reviews.filter((review) => review !== null);
  return {
    byRequest: new Map(understood.map((review) => [review.request, review])),
    damaged: rows.length - understood.length,
  };
}

/** On disk when it resolves. @throws {StorageError} */
export async function addReview(stateDir: string, review: Review): Promise<void> {
  const file = join(stateDir, FILE);
  const before = (await readIfThere(file)) ?? '';
  // After a line that a crash cut short, the next one would be swallowed.
  const start = before === '' || before.endsWith('\n') ? '' : '\n';
  await appendDurably(file, `${start}${JSON.stringify(review)}\n`);
}

function reviewOrNull(row: string): Review | null {
  try {
    return Review.safeParse(JSON.parse(row)).data ?? null;
  } catch {
    return null;
  }
}
