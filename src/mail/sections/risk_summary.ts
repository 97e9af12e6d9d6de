import { ANOMALY_FLAGS } from '../../domain/assessment.ts';
import { html } from '../html.ts';
import { LAYOUT, LINE, SMALL, TEXT } from '../text_styles.ts';
import { type MailContent, nothing, tileRow } from './section.ts';

/** RISK_SUMMARY: how many requests of each risk the window holds. */
export function riskSummary({ totals, tones }: MailContent): string {
  return tileRow(totals.byRisk.map(({ name, count }) => ({ name, count, look: tones[name] })));
}

/** ANOMALIES: what stood out and how often. */
export function anomalies(content: MailContent): string {
  const { byFlag } = content.totals;
  if (byFlag.length === 0) return nothing(content, 'Nothing stood out.');
  return template({
    rows: byFlag.map(({ name, count }) => ({
      name: name.replaceAll('_', ' '),
      count,
      meaning: ANOMALY_FLAGS[name],
    })),
  });
}

const template = html<{ rows: readonly { name: string; count: number; meaning: string }[] }>(`
<table ${LAYOUT}>
{{#each rows}}
<tr>
<td align="right" valign="top" width="40" style="width:40px;padding:6px 14px 6px 0;border-top:1px solid ${LINE};${TEXT};font-weight:700;">{{this.count}}</td>
<td valign="top" style="padding:6px 0;border-top:1px solid ${LINE};${TEXT};">{{this.name}}<span style="${SMALL};"> – {{this.meaning}}</span></td>
</tr>
{{/each}}
</table>`);
