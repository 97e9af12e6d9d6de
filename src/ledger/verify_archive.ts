import { plural } from '../phrases/plural.ts';
import type { RunArchive } from '../store/run_archive.ts';
import { terminalLine } from '../text/terminal_text.ts';
import type { Bindings } from './bindings.ts';

/** What checking the archive against the ledger came to. */
export type VerifiedArchive = {
  readonly runs: number;
  /** Those that are what was decided. */
  readonly bound: number;
  /** From before decisions were bound: nobody can tell. */
  readonly early: number;
  /** Runs that had no ledger at hand, by their own word: they can be read, and nothing of them is carried out. */
  readonly unbound: readonly string[];
  readonly damaged: readonly DamagedRecord[];
};
export type DamagedRecord = {
  readonly run: string;
  /** The requests whose lines were changed; null when it is the record as a whole. */
  readonly requests: readonly string[] | null;
  readonly why: string;
};

const UNREADABLE = 'the record cannot be read: a line is missing or damaged';

/** Reads every archived run, one at a time. */
export async function verifyArchive(
  archive: Pick<RunArchive, 'ids' | 'load' | 'loadHead'>,
  bindings: Bindings,
): Promise<VerifiedArchive> {
  const ids = await archive.ids();
  const unbound: string[] = [];
  const damaged: DamagedRecord[] = [];
  let [bound, early] = [0, 0];
  for (const run of ids) {
    const record = await archive.load(run);
    if (record === null) {
      if (bindings.binds(run)) damaged.push({ run, requests: null, why: UNREADABLE });
      else early += 1;
      continue;
    }
    const check = await bindings.check(record);
    switch (check.kind) {
      case 'true':
        bound += 1;
        break;
      case 'early':
        early += 1;
        break;
      case 'unbound':
        // A run whose ledger could not be read or written has a record all the same.
        if (record.ledger === null) unbound.push(run);
        else damaged.push({ run, requests: null, why: 'the ledger knows nothing of what it decided' });
        break;
      case 'lines-changed':
        damaged.push({ run, requests: [...check.requests], why: 'lines were changed after the run' });
        break;
      case 'changed':
        damaged.push({ run, requests: null, why: 'the record was changed after the run' });
    }
  }
  return { runs: ids.length, bound, early, unbound, damaged };
}

const MOST = 5;

/** For a terminal, a text for each row. */
export function archiveWords({ runs, bound, early, unbound, damaged }: VerifiedArchive): string[] {
  const words = damaged.map(({ run, requests, why }) => {
    const named = (requests ?? []).slice(0, MOST).map((id) => terminalLine(id, 60));
    const more = requests !== null && requests.length > MOST ? ` and ${requests.length - MOST} more` : '';
    return `✗ ${terminalLine(run, 60)}: ${why}${named.length === 0 ? '' : `: ${named.join(', ')}${more}`}`;
  });
  const parts = [
    `${bound} of ${plural(runs, 'archived run')} ${bound === 1 ? 'is' : 'are'} what the ledger says was decided`,
    ...(early > 0 ? [`${early} from before decisions were bound, of which nobody can tell`] : []),
    ...(unbound.length > 0
      ? [`${unbound.length} that had no ledger to write to (${unbound.slice(-MOST).join(', ')})`]
      : []),
  ];
  return [...words, parts.join('; ')];
}
