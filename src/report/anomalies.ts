import { ANOMALY_FLAGS } from '../domain/assessment.ts';
import type { RunTotals } from '../phrases/run_totals.ts';
import { section, tableOf } from './markdown_table.ts';

/** How often each thing stood out, with what the word means. */
export function anomaliesSection(totals: RunTotals): string {
  const rows = totals.byFlag.map(({ name, count }) => [name.replaceAll('_', ' '), `${count}`, ANOMALY_FLAGS[name]]);
  if (rows.length === 0) return totals.requests === 0 ? '' : section('Anomalies', 'None.');
  return section('Anomalies', tableOf(['Anomaly', 'Requests', 'Meaning'], rows, 'lrl'));
}
