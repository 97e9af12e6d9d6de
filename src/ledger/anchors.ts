import { join } from 'node:path';
import { z } from 'zod';
import { type Disk, realDisk } from '../store/disk.ts';
import { entryOn } from './entry.ts';
import { ledgerFolder, monthFiles } from './months.ts';
import { SEAL } from './seal.ts';

/** What somebody else knows of the ledger: entry number `entries` carried this seal. `source` names who. */
export type Anchor = { readonly entries: number; readonly seal: string; readonly source: string };

const Head = z.object({ entries: z.int().min(1), seal: z.string().regex(SEAL) });
const Holder = z.object({
  /** Of a report. */
  ledger: Head.optional(),
  /** Of the snapshot, and of a report that version 0.1 wrote. */
  record: Head.optional(),
  /** Of a report. */
  run: z.object({ finished_at: z.iso.datetime() }).optional(),
});

/** How much of a report is looked at; with a large window behind it, all of it would be hundreds of megabytes. */
const BEGINNING = 256 * 1024;
/** What follows in a report on the two things that are wanted of it. */
const NEXT_NAME = /,\n {2}"gate": /;
/** How large a file may be that has to be read whole, as the snapshot has to be. */
const LARGEST = 32 * 1024 * 1024;

/** As `writeReport` names them; whatever else was put into that folder proves nothing. */
const REPORT = /^\d{4}-\d\d-\d\dT[\w.-]*\.json$/;

/**
 * The anchors in the files around the ledger: the snapshot, and the newest reports that hold one. Whatever cannot be read
 * or holds none is passed over: an anchor can only add to what is known. They have to be read before the ledger is, which
 * may be growing meanwhile.
 *
 * INVARIANT: a report that holds none hides none. A run that does not trust its ledger writes such a report, and three of
 * them would make the fourth one trust it.
 */
export async function anchorsIn(
  { stateDir, reportDir }: { readonly stateDir: string; readonly reportDir: string },
  disk: Disk = realDisk,
  /** How many reports are believed, the newest ones. */
  most = 50,
): Promise<Anchor[]> {
  const since = await restartedAt(stateDir, disk).catch(() => null);
  const anchorIn = async (file: string): Promise<Anchor[]> => {
    const head = await headIn(file, since, disk).catch(() => null);
    return head === null ? [] : [{ ...head, source: `\`${file}\`` }];
  };
  const snapshot = await anchorIn(join(stateDir, 'agent_state.json'));
  const names = await disk.names(reportDir).catch(() => []);
  const reports: Anchor[] = [];
  // One after the other: fifty large reports at once would fill the memory.
  for (const name of names.filter((one) => REPORT.test(one)).reverse()) {
    if (reports.length === most) break;
    reports.push(...(await anchorIn(join(reportDir, name))));
  }
  return [...snapshot, ...reports];
}

async function headIn(
  file: string,
  since: string | null,
  disk: Disk,
): Promise<{ entries: number; seal: string } | null> {
  const beginning = (await disk.readBeginning(file, BEGINNING)) ?? '';
  const end = NEXT_NAME.exec(beginning)?.index;
  if (end === undefined && ((await disk.size(file)) ?? 0) > LARGEST) return null;
  const text = end === undefined ? ((await disk.read(file)) ?? '') : `${beginning.slice(0, end)}}`;
  const { ledger, record, run } = Holder.safeParse(JSON.parse(text)).data ?? {};
  // What an earlier report knows of is in the ledger that was put aside.
  const earlier = since !== null && run !== undefined && run.finished_at < since;
  return earlier ? null : (ledger ?? record ?? null);
}

/** When a person had this ledger begin anew, which is what its second entry tells; null when nobody did. */
async function restartedAt(stateDir: string, disk: Disk): Promise<string | null> {
  const [first] = await monthFiles(stateDir, disk);
  if (first === undefined) return null;
  const [, second = ''] = ((await disk.readBeginning(join(ledgerFolder(stateDir), first), BEGINNING)) ?? '').split(
    '\n',
    2,
  );
  const entry = entryOn(second);
  return 'odd' in entry || entry.kind !== 'ledger.restarted' ? null : entry.at;
}

/** `412:hmac-sha256:1f…` as the mails show the head; null when the text is something else. */
export function anchorFrom(text: string, source: string): Anchor | null {
  const [, entries, seal] = /^([1-9]\d{0,14}):(.+)$/.exec(text.trim()) ?? [];
  return entries === undefined || seal === undefined || !SEAL.test(seal)
    ? null
    : { entries: Number(entries), seal, source };
}
