import { html } from './html.ts';
import { BREAK, LAYOUT, LINE, SMALL, TEXT } from './text_styles.ts';
import type { Tone } from './tones.ts';

/** One request as a row: a coloured word on the left, what it is about on the right. Readable on a phone as well. */
export type Row = {
  readonly badge: string;
  readonly look: Tone;
  readonly title: string;
  /** Facts in small print; empty ones are left out. */
  readonly lines: readonly string[];
};

/** At most `limit` rows and then "and N more", so that a bad day does not make a mail that nobody can open. */
export function requestRows(rows: readonly Row[], limit: number, where = ''): string {
  const more = rows.length - limit;
  return template({
    rows: rows.slice(0, limit).map((row) => ({ ...row, lines: row.lines.filter((line) => line !== '') })),
    more: more > 0 ? `and ${more} more ${where}`.trimEnd() : '',
  });
}

const template = html<{ rows: readonly Row[]; more: string }>(`
<table ${LAYOUT}>
{{#each rows}}
<tr>
<td valign="top" width="84" style="width:84px;padding:9px 12px 9px 0;border-top:1px solid ${LINE};">
<table ${LAYOUT}><tr><td align="center" bgcolor="{{this.look.tint}}" style="padding:3px 4px;background-color:{{this.look.tint}};border:1px solid {{this.look.edge}};border-radius:4px;${SMALL};font-size:11px;line-height:15px;font-weight:700;color:{{this.look.ink}};">{{this.badge}}</td></tr></table>
</td>
<td valign="top" style="padding:8px 0;border-top:1px solid ${LINE};${TEXT};${BREAK};">
<strong style="font-weight:600;">{{this.title}}</strong>
{{#if this.lines}}<div style="${SMALL};">{{#each this.lines}}{{#unless @first}}<br>{{/unless}}{{this}}{{/each}}</div>{{/if}}
</td>
</tr>
{{/each}}
{{#if more}}
<tr><td colspan="2" style="padding:9px 0;border-top:1px solid ${LINE};${SMALL};font-weight:600;">{{more}}</td></tr>
{{/if}}
</table>`);
