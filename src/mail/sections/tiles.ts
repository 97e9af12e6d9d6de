import { html } from '../html.ts';
import { FONT, LAYOUT, type Look, SMALL } from '../theme.ts';

export type Tile = { readonly count: number; readonly name: string; readonly look: Look };

/** Numbers side by side. A zero is pale, so that the eye goes to what happened. */
export function tileRow(tiles: readonly Tile[]): string {
  return template({
    tiles: tiles.map((tile) => ({ ...tile, look: tile.count === 0 ? PALE : tile.look })),
  });
}

const PALE: Look = { ink: '#5c6878', tint: '#f6f8fa', edge: '#dfe4ea' };

const template = html<{ tiles: readonly Tile[] }>(`
<table ${LAYOUT} style="table-layout:fixed;"><tr>
{{#each tiles}}
{{#unless @first}}<td width="6" style="width:6px;font-size:0;line-height:0;">&nbsp;</td>{{/unless}}
<td align="center" valign="top" bgcolor="{{this.look.tint}}" style="padding:10px 2px 9px;background-color:{{this.look.tint}};border-top:3px solid {{this.look.edge}};border-radius:4px;">
<div style="${FONT};font-size:24px;line-height:28px;font-weight:700;color:{{this.look.ink}};">{{this.count}}</div>
<div style="${SMALL};line-height:15px;color:{{this.look.ink}};">{{this.name}}</div>
</td>
{{/each}}
</tr></table>`);
