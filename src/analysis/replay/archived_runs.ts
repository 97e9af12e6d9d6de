import type { RunRecord } from '../../domain/run_record.ts';
import type { RunArchive } from '../../store/run_archive.ts';
import { DAY_MS, HOUR_MS } from '../../util/durations.ts';

export type ArchiveSpan = { readonly from: number; readonly to: number };

/**
 * The archived runs of a span of time, one in memory at a time. A file that cannot be understood, and a run
 * that ended before it decided anything, is passed over; `passedOver` is told its id.
 */
export async function* archivedRuns(
  archive: Pick<RunArchive, 'ids' | 'load'>,
  { from, to }: ArchiveSpan,
  order: 'oldest first' | 'newest first' = 'oldest first',
  passedOver: (runId: string) => void = () => {},
): AsyncGenerator<RunRecord> {
  const ids = await archive.ids();
  for (const id of order === 'oldest first' ? ids : ids.toReversed()) {
    const began = beganAt(id);
    if (began !== null && (began < from || began > to)) continue;
    const record = await archive.load(id);
    if (record === null) passedOver(id);
    else if (record.startedAt >= from && record.startedAt <= to) {
      if (record.reviewed.length === 0) passedOver(id);
      else yield record;
    }
  }
}

/** The time in a run id, `20261120T070622909Z`, so that runs outside the span need not be unpacked; null if it has none. */
export function beganAt(runId: string): number | null {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z/.exec(runId);
  if (parts === null) return null;
  const [year = 0, month = 1, day = 0, hour = 0, minute = 0, second = 0, ms = 0] = parts.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

const UNITS = { h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS } as const;
/** More than any archive holds, and still a number that a calendar can take. */
const MOST_DAYS = 3660;

/** `60d`, `12h` or `8w` in milliseconds; null for anything else. */
export function rangeOf(text: string): number | null {
  const parts = /^(\d{1,5})([hdw])$/.exec(text.trim());
  if (parts === null) return null;
  const length = Number(parts[1]) * UNITS[parts[2] as keyof typeof UNITS];
  return length > 0 && length <= MOST_DAYS * DAY_MS ? length : null;
}
