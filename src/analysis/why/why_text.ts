import { plural, pluralInWords } from '../../phrases/plural.ts';
import { utcMinute } from '../../phrases/time_words.ts';
import { ASSET_UNKNOWN } from '../../phrases/unknown_assets.ts';
import { nearestName } from '../../text/nearest.ts';
import { terminalLine as shown } from '../../text/terminal_text.ts';
import { labelled, PAGE_WIDTH, wrapped } from '../../text/wrap.ts';
import type { Why, WhyNotFound, WhyRow } from './why.ts';

const LABEL = 14;
const line = (label: string, text: string): string => labelled(`  ${label}`, text, LABEL + 2);

/** For a person at a terminal: the facts, what came out, and every row, those that fit first. */
export function whyText(about: Why): string {
  const { rows } = about;
  const fitting = rows.filter(({ fits }) => fits !== 'no');
  const missing = rows.filter(({ fits }) => fits === 'no');
  // `operation: "*"` says nothing that could fit or miss.
  const asked = ({ when }: WhyRow) => Object.entries(when).filter(([key, text]) => key !== 'operation' || text !== '*');
  const near = missing.filter((row) => row.missed.length === 1 && asked(row).length > 1);
  const far = missing.filter((row) => !near.includes(row));
  return `\n${[
    facts(about),
    result(about),
    block(`Rows of access.yml that fit (${fitting.length})`, fitting),
    block('Rows that miss by one thing', near),
    block('Rows that do not fit', far),
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

function facts({ run, request, asset, named, unknown }: Why): string {
  const nothing = named === null ? 'none: the request is about no asset' : 'not known';
  return [
    `${shown(named?.name ?? named?.id ?? request.id, 80)}: what the mapping makes of it`,
    '',
    line(
      'request',
      `${shown(request.id, 80)}, ${shown(request.status, 40)}, run ${run.id} (${utcMinute(run.startedAt)})`,
    ),
    line('asset', asset === null ? nothing : `${shown(asset.name ?? asset.id, 80)} (${shown(asset.id, 80)})`),
    ...(asset === null
      ? []
      : [
          line('asset_type', shown(asset.type ?? 'none', 80)),
          line('container', containerWords(asset)),
          line('tag', asset.tags.length === 0 ? 'none' : asset.tags.map((tag) => `“${shown(tag, 100)}”`).join(', ')),
        ]),
    line('operation', shown(request.operation ?? 'none', 60)),
    ...(unknown === null
      ? []
      : [
          line(
            '!',
            `${ASSET_UNKNOWN[unknown.kind].finding}${unknown.why === null ? '' : ` (${shown(unknown.why, 200)})`}`,
          ),
          line('', unknown.advice),
        ]),
  ].join('\n');
}

function containerWords({ containerPath, path }: NonNullable<Why['asset']>): string {
  if (containerPath === null) return 'none';
  const asWritten =
    path === containerPath ? '' : `; a pattern sees it as \`${path === '' ? '/' : shown(path ?? '', 200)}\``;
  return `${shown(containerPath, 200)}${asWritten}`;
}

function result({
  result: { entitlement, classes, neverAuto, privileged, reach, ambiguous, breakGlass },
}: Why): string {
  const protectedBy = [
    ...(neverAuto.length === 0 ? [] : [`never_auto: ${neverAuto.join(', ')}`]),
    ...(privileged ? ['privileged'] : []),
    ...(breakGlass ? ['break-glass'] : []),
  ];
  const open =
    entitlement === null ? 'by being unknown: a person decides' : 'no: policies may let the agent approve it';
  return [
    'What comes out',
    line('entitlement', entitlement ?? 'none'),
    line('classes', classes.length === 0 ? 'none' : classes.join(', ')),
    ...(reach == null ? [] : [line('reach', reach)]),
    ...((ambiguous ?? []).length === 0 ? [] : [line('ambiguous', (ambiguous ?? []).join(', '))]),
    line('protected', protectedBy.length > 0 ? protectedBy.join('; ') : open),
  ].join('\n');
}

const block = (title: string, rows: readonly WhyRow[]): string =>
  rows.length === 0 ? '' : [title, ...rows.flatMap(rowLines)].join('\n');

const MARKS = { yes: '✓', spelling: '~', no: '✗' } as const;

function rowLines({ line: number, when, gives, fits, missed }: WhyRow): string[] {
  const patterns = Object.entries(when).map(([key, text]) => `${key} \`${text}\``);
  const why = missed.map(({ key, pattern, values }) => {
    const there = values.length === 0 ? 'there is none' : values.map((value) => `“${shown(value, 100)}”`).join(', ');
    return `${key} \`${pattern}\` does not fit: ${there}`;
  });
  const spelled =
    fits === 'spelling' ? ['fits in another spelling only: classes and reach count, the entitlement does not'] : [];
  const says = fits === 'no' ? why : spelled;
  return [
    labelled(`  ${MARKS[fits]} ${number}`, `${patterns.join(', ')} → ${gives}`, 10),
    ...says.map((one) => labelled('', one, 10)),
  ];
}

/** When no archived run knows a request or an asset of that id. */
export function whyNothing(id: string, { runs, known }: WhyNotFound): string {
  const near = nearestName(id, known.slice(0, MOST_COMPARED));
  const lines = [
    runs === 0
      ? 'no run is archived yet: every run adds one below `runs` in STATE_DIR, and this command reads what it saw'
      : `none of ${pluralInWords(runs, 'archived run')} (${plural(known.length, 'id')}) knows a request or an asset \`${shown(id, 80)}\``,
    ...(near === null ? [] : [`did you mean \`${shown(near, 80)}\`?`]),
  ];
  return `${[...wrapped(`portcullis: ${lines[0] ?? ''}`, PAGE_WIDTH), ...lines.slice(1).map((one) => `  ${one}`)].join('\n')}\n`;
}
const MOST_COMPARED = 20_000;
