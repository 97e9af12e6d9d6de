import { join } from 'node:path';
import { z } from 'zod';
import { jsonText } from '../text/json.ts';
import { LATEST_MS } from '../util/durations.ts';
import { type Disk, realDisk } from './disk.ts';

/** `reviews.jsonl`: who looked at which emergency access, when, and what they found. Lines are only ever appended. */
export const Review = z.object({
  at: z.number().min(0).max(LATEST_MS),
  by: z.string().min(1),
  request: z.string().min(1),
  /** What was looked at, as the last archived run knew it. */
  what: z.object({ requestor: z.string(), subject: z.string(), status: z.string(), since: z.number() }),
  note: z.string().min(1),
});
export type Review = z.infer<typeof Review>;

export type Reviews = {
  /** Every review, oldest first. */
  readonly all: readonly Review[];
  /** The latest review of each request, by request id. */
  readonly byRequest: ReadonlyMap<string, Review>;
  /** Lines that cannot be understood. INVARIANT: what they may have said does not count as reviewed. */
  readonly damaged: number;
};

const FILE = 'reviews.jsonl';

/** @throws {StorageError} */
export async function readReviews(stateDir: string, disk: Disk = realDisk): Promise<Reviews> {
  const rows = ((await disk.read(join(stateDir, FILE))) ?? '').split('\n').filter((row) => row.trim() !== '');
  const reviews = rows.map(reviewOrNull);
  const understood = reviews.filter((review) => review !== null);
  return {
    all: understood,
    byRequest: new Map(understood.map((review) => [review.request, review])),
    damaged: rows.length - understood.length,
  };
}

/** On disk when it resolves. @throws {StorageError} */
export async function addReview(stateDir: string, review: Review, disk: Disk = realDisk): Promise<void> {
  const file = join(stateDir, FILE);
  const before = (await disk.read(file)) ?? '';
  // After a line that a crash cut short, the next one would be swallowed.
  const start = before === '' || before.endsWith('\n') ? '' : '\n';
  await disk.append(file, `${start}${jsonText(review, 0)}`);
}

function reviewOrNull(row: string): Review | null {
  try {
    return Review.safeParse(JSON.parse(row)).data ?? null;
  } catch {
    return null;
  }
}
