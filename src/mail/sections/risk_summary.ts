import { RISK_LOOK } from '../theme.ts';
import type { MailContent } from './section.ts';
import { tileRow } from './tiles.ts';

/** RISK_SUMMARY: how many requests of each risk the window holds. */
export function riskSummary({ totals }: MailContent): string {
  return tileRow(totals.byRisk.map(({ name, count }) => ({ name, count, look: RISK_LOOK[name] })));
}
