/** Real records in real folders, and what a hand can do to their files. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Anchor } from '../../../src/ledger/anchors.ts';
import { BrokenLedgerError } from '../../../src/ledger/broken_ledger_error.ts';
import type { NewEntry, SealedEntry } from '../../../src/ledger/entry.ts';
import { openLedger } from '../../../src/ledger/ledger.ts';
import { type Found, readLedger } from '../../../src/ledger/read_ledger.ts';
import { type LedgerKey, ledgerKeyOf } from '../../../src/ledger/seal.ts';
import type { Disk } from '../../../src/store/disk.ts';
import { fakeClock, tempFolder } from '../../helpers/requests.ts';

export const RUN = '20261120T120000000Z';
export const KEY = ledgerKeyOf('a key of the ledger, 32 letters or more') as LedgerKey;
export const OTHER_KEY = ledgerKeyOf('another key of the ledger, just as long') as LedgerKey;

export const done = (request: string, note = 'ok'): NewEntry => ({
  kind: 'action.done',
  run: RUN,
  data: { request, action: 'approve', note },
});

export const intended = (
  request: string,
  part: Partial<Extract<NewEntry, { kind: 'action.intended' }>['data']> = {},
): NewEntry => ({
  kind: 'action.intended',
  run: RUN,
  data: {
    ...{ request, action: 'approve', created: 1_789_000_000_000, level: 1, requestor: 'id:u-17', asset: 'asset-7' },
    ...{ actor: 'svc-portcullis', plan: null, approvedBy: null, ...part },
  },
});

export type Place = {
  readonly state: string;
  readonly folder: string;
  /** The month files, oldest first. */
  names(): string[];
  text(name: string): string;
  put(name: string, content: string | Buffer): void;
  /** The lines of one file, without the empty rest behind the last one. */
  lines(name: string): string[];
  /** Changes the lines of one file as a hand would. */
  edit(name: string, change: (lines: string[]) => readonly string[]): void;
};

export function emptyPlace(): Place {
  const state = tempFolder();
  const folder = join(state, 'ledger');
  const text = (name: string) => readFileSync(join(folder, name), 'utf8');
  const put = (name: string, content: string | Buffer) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  const lines = (name: string) => text(name).split('\n').slice(0, -1);
  return {
    ...{ state, folder, text, put, lines },
    names: () => readdirSync(folder).sort(),
    edit: (name, change) =>
      put(
        name,
        change(lines(name))
          .map((line) => `${line}\n`)
          .join(''),
      ),
  };
}

/** When the entries of `filled` are written: five in September, three in October, four in November. */
const MONTHS = [
  [Date.UTC(2026, 8, 28, 4), 5],
  [Date.UTC(2026, 9, 3, 4), 3],
  [Date.UTC(2026, 10, 20, 4), 4],
] as const;
export const [SEPTEMBER, OCTOBER, NOVEMBER] = ['2026-09.jsonl', '2026-10.jsonl', '2026-11.jsonl'] as const;

/** The texts of the three files, by key: written once, because every entry waits for the disk. */
const texts = new Map<LedgerKey | null, Promise<ReadonlyMap<string, string>>>();

/** Entries 1 to 12 in three files (5, 3 and 4), the first of which opens the ledger; entry n is about request n. */
export async function filled(withKey: LedgerKey | null): Promise<Place> {
  const known = texts.get(withKey) ?? written(withKey);
  texts.set(withKey, known);
  const place = emptyPlace();
  for (const [name, text] of await known) place.put(name, text);
  return place;
}

async function written(withKey: LedgerKey | null): Promise<ReadonlyMap<string, string>> {
  const place = emptyPlace();
  const clock = fakeClock(MONTHS[0][0]);
  const ledger = await openLedger(place.state, { key: withKey, clock });
  for (const [start, count] of MONTHS) {
    clock.advance(start - clock.now());
    // The first write adds two: the entry that opens the ledger comes by itself.
    for (let n = start === MONTHS[0][0] ? 1 : 0; n < count; n++) {
      await ledger.append([done(`req-${Math.max(2, ledger.head().entries + 1)}`)]);
      clock.advance(60_000);
    }
  }
  return new Map(place.names().map((name) => [name, place.text(name)]));
}

type Look = { readonly key: LedgerKey | null; readonly anchors?: readonly Anchor[]; readonly disk?: Disk };

export async function entriesOf(place: Place, look: Look): Promise<SealedEntry[]> {
  const entries: SealedEntry[] = [];
  await readLedger(place.state, { ...look, visit: (entry) => entries.push(entry) });
  return entries;
}

/** What a check of the ledger finds: the word and the place, or that it is whole. */
export async function finding(place: Place, look: Look): Promise<string> {
  const found = await brokenOr(readLedger(place.state, look));
  if (!(found instanceof BrokenLedgerError)) return 'whole';
  const name = found.file.slice(place.folder.length + 1);
  return `${found.finding} ${name === '' ? 'folder' : name}${found.line === null ? '' : `:${found.line}`}`;
}

export const brokenOr = (work: Promise<Found>): Promise<Found | BrokenLedgerError> =>
  work.catch((error: unknown) => {
    if (error instanceof BrokenLedgerError) return error;
    throw error;
  });

/** What a report wrote down at the end of the ledger. */
export async function anchorOf(place: Place, withKey: LedgerKey | null, source = 'the report'): Promise<Anchor> {
  const { head } = await readLedger(place.state, { key: withKey });
  return { entries: head.entries, seal: head.seal ?? '', source };
}
