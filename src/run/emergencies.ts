import { breakGlassUses } from '../decide/break_glass.ts';
import type { BreakGlassUse, Problem, Reviewed } from '../domain/run_record.ts';
import { pluralInWords } from '../phrases/plural.ts';
import type { Disk } from '../store/disk.ts';
import { readReviews } from '../store/reviews.ts';
import { lastRecord, type RunArchive } from '../store/run_archive.ts';
import { adviceOf, describeError } from '../util/errors.ts';
import { yieldBetween } from '../util/event_loop.ts';

/**
 * Reads what people said about uses of emergency access and what the last run knew of, and gives those that are still to
 * be looked at. What cannot be read is a problem, and counts as not reviewed.
 */
export async function emergencies(
  prepared: readonly Reviewed[],
  { archive, stateDir, disk }: { archive: RunArchive; stateDir: string; disk: Disk },
): Promise<{ uses: BreakGlassUse[]; problems: Problem[] }> {
  const problems: Problem[] = [];
  const noted = (error: unknown) => {
    problems.push({ where: 'reviews', message: describeError(error), advice: adviceOf(error) });
  };
  const reviews = (await readReviews(stateDir, disk).catch(noted)) ?? { byRequest: new Map(), damaged: 0 };
  if (reviews.damaged > 0) {
    const lines = pluralInWords(reviews.damaged, 'line');
    const advice = 'what such a line said counts as not reviewed: record the review again with `portcullis review`';
    problems.push({ where: 'reviews', message: `${lines} of reviews.jsonl cannot be understood`, advice });
  }
  // Records of earlier versions have no such list.
  const earlier = (await lastRecord(archive).catch(noted))?.breakGlass ?? [];
  await yieldBetween(prepared);
  return { uses: breakGlassUses(prepared, earlier, reviews.byRequest), problems };
}
