import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '../src/domain/run_record.ts';
import { writeReport } from '../src/report/write.ts';
import { medianCost } from './median.ts';

const SIZES = [1000, 10_000];
const ROUNDS = 7;

/** What writing the report and its JSON twin costs, files included: a month of the simulator, repeated under other ids. */
export async function rendering(month: RunRecord) {
  const rows = [];
  for (const requests of SIZES) {
    const record = ofSize(month, requests);
    let bytes = 0;
    const cost = await medianCost(ROUNDS, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
      await writeReport(record, folder);
      bytes = readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
      rmSync(folder, { recursive: true });
    });
    rows.push({ requests, ...cost, cpuUsEach: (cost.cpuMs * 1000) / requests, bytesEach: bytes / requests });
  }
  return rows;
}

function ofSize(month: RunRecord, requests: number): RunRecord {
  const reviewed = Array.from({ length: requests }, (_, n) => {
    const one = month.reviewed[n % month.reviewed.length];
    if (one === undefined) throw new Error('the month is empty');
    const { request } = one.dossier;
    return { ...one, dossier: { ...one.dossier, request: { ...request, id: `${request.id}-${n}` } } };
  });
  return { ...month, reviewed };
}
