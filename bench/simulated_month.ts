import type { RunRecord } from '../src/domain/run_record.ts';
import { openPlace } from '../test/e2e/place.ts';

/** The record of one run over the simulator's month, in this process. */
export async function simulatedMonth(): Promise<RunRecord> {
  await using place = await openPlace({ data: 'realistic', requests: 600, model: { behaviour: 'rate' } });
  const { record } = await place.run({ dryRun: true, settings: { DEEP_ANALYSIS: 'true', LOG_LEVEL: 'silent' } });
  if (record.reviewed.length === 0) throw new Error(`the run failed: ${record.problems[0]?.message}`);
  return record;
}
