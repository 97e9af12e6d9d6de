import { plural } from '../../phrases/plural.ts';
import { utcMinute } from '../../phrases/time_words.ts';
import { terminalLine as shown } from '../../text/terminal_text.ts';
import { labelled } from '../../text/wrap.ts';
import type { Catalog, CatalogEntry } from './catalog.ts';

const LABEL = 12;
const MOST_NAMED = 8;
const line = (label: string, text: string): string => labelled(`  ${label}`, text, LABEL + 2);

/** For a person at a terminal: a block for each entitlement, those that somebody holds or asks for first. */
export function catalogText({ runId, at, entries }: Catalog): string {
  const used = entries.filter(({ holders, waiting, lastAsked }) => holders.length + waiting > 0 || lastAsked !== null);
  const idle = entries.filter((one) => !used.includes(one));
  const source =
    runId === null
      ? 'No run is archived yet, so that nobody knows who holds what: `portcullis run --dry-run` is enough.'
      : `Who holds and asks for what, as run ${shown(runId, 40)} saw it${at === null ? '' : ` (${utcMinute(at)})`}.`;
  return `\n${[
    `${plural(entries.length, 'entitlement')} in the mapping of access.yml. ${source}`,
    ...used.map(block),
    ...(idle.length === 0
      ? []
      : [`Not asked for in the window: ${idle.map(({ entitlement }) => shown(entitlement, 80)).join(', ')}`]),
  ].join('\n\n')}\n`;
}

function block(entry: CatalogEntry): string {
  const { entitlement, privileged, classes, mode, owners, roles, holders, waiting, lastAsked } = entry;
  const held = holders
    .slice(0, MOST_NAMED)
    .map(
      ({ requestor, until }) =>
        `${shown(requestor, 60)}${until === null ? ' (no end)' : ` (until ${utcMinute(until)})`}`,
    );
  return [
    `${shown(entitlement, 80)}${privileged ? ', privileged' : ''}`,
    line('class', `${classes.map((name) => shown(name, 60)).join(', ') || 'none'}${mode === null ? '' : `; ${mode}`}`),
    line('owner', owners.map((owner) => shown(owner, 60)).join(', ') || 'nobody'),
    ...(roles.length === 0 ? [] : [line('roles', roles.map((role) => shown(role, 60)).join(', '))]),
    line(
      'held by',
      held.length === 0
        ? 'nobody'
        : `${held.join(', ')}${holders.length > MOST_NAMED ? ` and ${holders.length - MOST_NAMED} more` : ''}`,
    ),
    ...(waiting === 0 ? [] : [line('waiting', plural(waiting, 'request'))]),
    line('last asked', lastAsked === null ? 'not in the window' : utcMinute(lastAsked)),
  ].join('\n');
}
