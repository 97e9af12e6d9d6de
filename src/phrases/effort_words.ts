import type { ModelUsage } from '../domain/assessment.ts';
import type { RunTotals } from './run_totals.ts';

/** `12 assessed now, 218 remembered, about 0.0123 USD`; empty when nothing was assessed and nothing asked. */
export function effortWords({ assessed, remembered }: Pick<RunTotals, 'assessed' | 'remembered'>, usage: ModelUsage) {
  if (assessed + remembered + usage.calls === 0) return '';
  return [`${assessed} assessed now`, `${remembered} remembered`, costWords(usage)].join(', ');
}

/** What the questions cost by the price table, confirmations included. */
export function costWords({ calls, usd }: ModelUsage): string {
  if (calls === 0) return 'nothing spent';
  return usd === undefined ? 'cost unknown' : `about ${usd.toFixed(4)} USD`;
}
