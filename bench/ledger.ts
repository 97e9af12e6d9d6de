/**
 * What reading the ledger costs: every line held against its seal, the lines beside it and its shape, as at the start of every
 * run and by `ledger verify`; and what one entry costs that is on disk before the next step.
 *
 *     node bench/ledger.ts [--json]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import type { NewEntry } from '../src/ledger/entry.ts';
import { openLedger } from '../src/ledger/ledger.ts';
import { readLedger } from '../src/ledger/read_ledger.ts';
import { type LedgerKey, ledgerKeyOf } from '../src/ledger/seal.ts';

const ENTRIES = 200_000;
const AT_ONCE = 5_000;
const ROUNDS = 7;
const APPENDS = 200;
const MONTH_MS = 30 * 86_400_000;

/** What a ledger mostly consists of. */
const decided = (n: number): NewEntry => ({
  kind: 'request.decided',
  run: '20261120T120000000Z',
  data: {
    ...{ request: `3f0e6f2a-8a52-4a4e-9f5b-${String(n).padStart(12, '0')}`, content: digest(n), policy: digest(1) },
    ...{ prompts: digest(2), model: 'gpt-4.1-mini', risk: 'medium', verdict: 'hold' },
    rules: ['approve-above-threshold', 'not-standard-for-person', 'production-needs-ticket'],
  },
});
const digest = (n: number): string => n.toString(16).padStart(32, '0');

const median = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;

async function measured(what: string, key: LedgerKey | null) {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
  try {
    let now = Date.UTC(2026, 0, 1);
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    const ledger = await openLedger(folder, { key, clock });
    for (let n = 0; n < ENTRIES; n += AT_ONCE) {
      await ledger.append(Array.from({ length: AT_ONCE }, (_, i) => decided(n + i)));
      now += (12 * MONTH_MS) / (ENTRIES / AT_ONCE);
    }
    const times: number[] = [];
    let bytes = 0;
    for (let round = 0; round < ROUNDS; round++) {
      // Processor time: what else the machine does at the moment is not counted.
      const before = process.cpuUsage();
      const { files } = await readLedger(folder, { key });
      const { user, system } = process.cpuUsage(before);
      times.push((user + system) / 1000);
      bytes = files.reduce((sum, { name }) => sum + statSync(join(folder, 'ledger', name)).size, 0);
    }
    const appends: number[] = [];
    for (let n = 0; n < APPENDS; n++) {
      const before = performance.now();
      await ledger.append([decided(n)]);
      appends.push(performance.now() - before);
    }
    const ms = median(times);
    return { what, ms, entriesPerSecond: Math.round((ENTRIES / ms) * 1000), bytes, appendMs: median(appends) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const results = {
  node: process.version,
  entries: ENTRIES,
  rounds: ROUNDS,
  measured: [
    await measured('sealed with a key', ledgerKeyOf('a key for the bench, of 32 letters')),
    await measured('without a key', null),
  ],
};
const table = markdownTable([
  ['ledger', 'read and checked, ms of processor', 'entries per second', 'MB', 'one entry added, ms'],
  ...results.measured.map(({ what, ms, entriesPerSecond, bytes, appendMs }) => [
    what,
    ms.toFixed(0),
    String(entriesPerSecond),
    (bytes / 1e6).toFixed(0),
    appendMs.toFixed(2),
  ]),
]);
const text = `${table}\n\n${ENTRIES} entries in twelve files, median of ${ROUNDS} rounds; ${APPENDS} entries added one by one.`;
process.stdout.write(`${process.argv.includes('--json') ? JSON.stringify(results, null, 2) : text}\n`);
