import { plural } from '../phrases/plural.ts';
import { terminalLine } from '../text/terminal_text.ts';
import type { Verified } from './verify.ts';
import { archiveWords } from './verify_archive.ts';

type Whole = Extract<Verified, { whole: true }>;

/** What `ledger verify` found, for a terminal. */
export function verifyText(found: Verified): string {
  if (!found.whole) {
    return `✗ ${terminalLine(found.message)}\n\n${row('finding', terminalLine(found.finding))}${row('to do', terminalLine(found.advice))}${row('compared', compared(found))}`;
  }
  if (found.head.entries === 0) {
    return `✓ there is no ledger yet; the first run begins it\n\n${unfinished(found)}${row('compared', compared(found))}${snapshot(found)}`;
  }
  const { entries, seal } = found.head;
  return [
    `✓ the ledger is whole: ${plural(entries, 'entry', 'entries')} in ${plural(used(found).length, 'file')}\n\n`,
    ...used(found).map(({ file, entries: n }, i) => row(i === 0 ? 'files' : '', `${terminalLine(file)}  ${n}`)),
    row('from', minute(found.first)),
    row('to', minute(found.last)),
    row('head', `${entries}:${seal}`),
    row('key', key(found)),
    row('compared', compared(found)),
    restarted(found),
    unfinished(found),
    snapshot(found),
    archive(found),
  ].join('');
}

function key({ head: { entries, keyed }, plainEntries }: Whole): string {
  if (!keyed) {
    return 'none: accidents and simple edits are found, but whoever can write to the folder could have rewritten all of it; hold the head against a mail (--head), and set LEDGER_KEY_ASSET_ID';
  }
  if (plainEntries === 0) return 'every entry is sealed with it';
  const which = plainEntries === 1 ? 'entry 1 carries' : `entries 1–${plainEntries} carry`;
  const sealed = entries === plainEntries + 1 ? `entry ${entries} is` : `entries ${plainEntries + 1}–${entries} are`;
  return `${sealed} sealed with it; ${which} no key: whoever could write to the folder could have altered them`;
}

/** The anchors hold, or there would be a finding; which ones they were matters as much. */
function compared({ whole, anchors }: Pick<Verified, 'whole' | 'anchors'>): string {
  if (anchors.length === 0) return 'with nothing: no report, no snapshot and no --head that knows of it';
  const furthest = anchors.reduce((a, b) => (b.entries > a.entries ? b : a));
  const heads = `${plural(anchors.length, 'head')} written down elsewhere`;
  return `with ${heads}${whole ? ', which agree' : ''}; the furthest is ${terminalLine(furthest.source, 200)} with entry ${furthest.entries}`;
}

function restarted({ restarted: order }: Whole): string {
  if (order === null) return '';
  const who = `${terminalLine(order.by, 100)} had it begin anew on ${minute(order.at)}: "${terminalLine(order.reason, 300)}"`;
  return row('note', `${who}; heads from before do not fit, and the ledger before it lies beside the folder`);
}

function snapshot({ snapshotDamage }: Whole): string {
  if (snapshotDamage === null) return '';
  return row(
    'snapshot',
    `✗ ${terminalLine(snapshotDamage)}: no run acts on anything; \`portcullis ledger repair\` makes it anew from the ledger`,
  );
}

function unfinished({ unfinished: found }: Whole): string {
  if (found === null) return '';
  const what = found.entryWhole ? 'misses its line break' : 'stops half-way';
  return row(
    'note',
    `line ${found.line} of ${terminalLine(found.file)} ${what}: a run is writing it just now, or a crash cut it short; the next run mends that`,
  );
}

/** Said last: it is the first thing that a reader sees when something is wrong with it. */
function archive({ archive: found }: Whole): string {
  if (found === null || found.runs === 0) return '';
  const words = archiveWords(found).map((text, i) => row(i === 0 ? 'archive' : '', text));
  const advice = found.damaged.length === 0 ? '' : row('to do', ARCHIVE_ADVICE);
  return `${words.join('')}${advice}`;
}
const ARCHIVE_ADVICE =
  'find out who could write to the state folder; `apply`, `explain` and `backtest` believe nothing of it, and removing the files below `runs` loses nothing else';

const used = ({ files }: Whole) => files.filter(({ entries }) => entries > 0);
const row = (name: string, text: string): string => `${name.padEnd(10)}${text}\n`;
const minute = (at: string | null): string => (at === null ? '' : `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`);
