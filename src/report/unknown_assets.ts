import { type AssetUnknown, assetUnknown } from '../domain/asset_unknown.ts';
import type { RunRecord } from '../domain/run_record.ts';
import { statusAllows } from '../domain/status.ts';
import { ASSET_UNKNOWN, type UnmappedGroup, unmappedGroups } from '../phrases/unknown_assets.ts';
import type { Room } from './detail.ts';
import { longTable, section, tableOf } from './markdown_table.ts';
import { markdownText } from './markdown_text.ts';

/** Waiting requests of which nobody knows what they are about: by what is in the way, with what to do about each. */
export function unknownAssetsSection({ reviewed }: Pick<RunRecord, 'reviewed'>, room: Room): string {
  const waiting = reviewed.filter(({ dossier }) => statusAllows(dossier.request.status, 'approve'));
  const kinds = Map.groupBy(waiting, ({ dossier, accessContext }) => assetUnknown(dossier, accessContext));
  const rows = (Object.keys(ASSET_UNKNOWN) as AssetUnknown[]).flatMap((kind) => {
    const count = kinds.get(kind)?.length ?? 0;
    return count === 0 ? [] : [[ASSET_UNKNOWN[kind].title, `${count}`, ASSET_UNKNOWN[kind].advice]];
  });
  if (rows.length === 0) return '';
  const groups = unmappedGroups(kinds.get('unmapped') ?? []);
  return section(
    'Assets that are not known',
    'Waiting requests about these are left to people.',
    tableOf(['Their asset is', 'Requests', 'What to do'], rows, 'lrl'),
    groups.length === 0
      ? ''
      : longTable(
          ['Not in the mapping: container', 'Type', 'Tags', 'Assets', 'Requests'],
          groups,
          groupRow,
          room,
          'lllrr',
        ),
  );
}

const groupRow = ({ container, type, tags, assets, requests }: UnmappedGroup): string[] => [
  markdownText(container, 120),
  markdownText(type, 60),
  tags.length === 0 ? 'none' : tags.map((tag) => markdownText(tag, 80)).join(', '),
  `${assets}`,
  `${requests}`,
];
