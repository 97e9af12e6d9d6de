import type { RunRecord } from '../../domain/run_record.ts';
import { brokeOff } from '../../phrases/run_headline.ts';
import type { RunTotals } from '../../phrases/run_totals.ts';
import type { AttachedActions } from '../action_csv.ts';
import { html } from '../html.ts';
import { FONT, LAYOUT, SMALL } from '../text_styles.ts';
import { PLAIN, type Tone, type Tones } from '../tones.ts';
import type { TriggerSettings } from '../triggers.ts';

/** What every section of the mail is made from. */
export type MailContent = {
  readonly record: RunRecord;
  readonly totals: RunTotals;
  /** Where the full report lies; null when it could not be written. */
  readonly reportFile: string | null;
  /** What the reader has to know about earlier mails. */
  readonly remarks: readonly string[];
  readonly tones: Tones;
  /** Which sections are wanted. */
  readonly triggers: TriggerSettings;
  /** The file with all actions; null where the mail itself has room for them. */
  readonly attached: AttachedActions | null;
};

/**
 * What a section says when it has nothing to show. A run that broke off before it reviewed anything must not claim that
 * all is quiet: it does not know.
 */
export function nothing({ record, totals }: MailContent, quiet: string): string {
  const unknown = brokeOff(record.verdict) && totals.requests === 0;
  return nothingToShow({ says: unknown ? 'Not known: the run ended before it had reviewed any request.' : quiet });
}

const nothingToShow = html<{ says: string }>(`<div style="padding-top:8px;${SMALL};">{{says}}</div>`);

export type Tile = { readonly count: number; readonly name: string; readonly look: Tone };

/** Numbers in one row. A zero is pale, so that the eye goes to what happened. */
export function tileRow(tiles: readonly Tile[]): string {
  return tilesTemplate({
    tiles: tiles.map((tile) => ({ ...tile, look: tile.count === 0 ? PLAIN : tile.look })),
  });
}

const tilesTemplate = html<{ tiles: readonly Tile[] }>(`
<table ${LAYOUT} style="table-layout:fixed;"><tr>
{{#each tiles}}
{{#unless @first}}<td width="6" style="width:6px;font-size:0;line-height:0;">&nbsp;</td>{{/unless}}
<td align="center" valign="top" bgcolor="{{this.look.tint}}" style="padding:10px 2px 9px;background-color:{{this.look.tint}};border-top:3px solid {{this.look.edge}};border-radius:4px;">
<div style="${FONT};font-size:24px;line-height:28px;font-weight:700;color:{{this.look.ink}};">{{this.count}}</div>
<div style="${SMALL};line-height:15px;color:{{this.look.ink}};">{{this.name}}</div>
</td>
{{/each}}
</tr></table>`);
