import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import { ROOT } from './stage/machine.ts';

type Measured = {
  readonly entries: number;
  readonly measured: readonly {
    readonly what: string;
    readonly ms: number;
    readonly entriesPerSecond: number;
    readonly appendMs: number;
  }[];
};

/** What reading the ledger costs (bench/ledger.ts), in a process of its own, so that the other parts do not change it. */
export function readingLedger() {
  const script = join(ROOT, 'bench/ledger.ts');
  const figures = JSON.parse(execFileSync(process.execPath, [script, '--json'], { encoding: 'utf8' })) as Measured;
  const rows = figures.measured.map(({ what, ms, entriesPerSecond, appendMs }) => [
    what,
    ms.toFixed(0),
    `${entriesPerSecond}`,
    appendMs.toFixed(2),
  ]);
  const head = [
    'ledger',
    `${figures.entries} entries read and checked, ms`,
    'entries per second',
    'one entry added, ms',
  ];
  return { figures, text: markdownTable([head, ...rows], { align: [...'lrrr'] }) };
}
