import { type Bindings, isChanged, type RecordCheck } from '../../ledger/bindings.ts';
import { plural, pluralInWords } from '../../phrases/plural.ts';
import type { RunArchive } from '../../store/run_archive.ts';
import { capital } from '../../text/plain_text.ts';

/** What of the archive is left out, because the ledger does not say that it was decided so. */
export type LeftOut = {
  /** Runs whose record was changed as a whole, or that the ledger should know and does not. */
  readonly runs: readonly string[];
  /** Lines of other runs. */
  readonly lines: number;
  /** Runs from before decisions were bound, which are taken as they are. */
  readonly early: number;
  /** Why the ledger could not be asked, so that nothing was left out; null when it was. */
  readonly unreadable: string | null;
};

type Archive = Pick<RunArchive, 'ids' | 'load'>;
type Told = { readonly bindings: Bindings; readonly unreadable: string | null };

/** The archive as far as it is what the runs decided; `leftOut` tells what was met so far and is not. */
export function checkedArchive(
  archive: Archive,
  { bindings, unreadable }: Told,
): { readonly archive: Archive; leftOut(): LeftOut } {
  const [runs, lines, early] = [new Set<string>(), new Set<string>(), new Set<string>()];
  return {
    archive: {
      ids: archive.ids,
      async load(runId) {
        const record = await archive.load(runId);
        if (record === null || unreadable !== null) return record;
        const check = await bindings.check(record);
        if (check.kind === 'early') early.add(runId);
        if (check.kind === 'true' || check.kind === 'early') return record;
        if (check.kind !== 'lines-changed') {
          runs.add(runId);
          return { ...record, reviewed: [] };
        }
        for (const request of check.requests) lines.add(`${runId} ${request}`);
        return { ...record, reviewed: record.reviewed.filter(({ dossier }) => !isChanged(check, dossier.request.id)) };
      },
    },
    leftOut: () => ({ runs: [...runs], lines: lines.size, early: early.size, unreadable }),
  };
}

/** What is to be said of it, a sentence each. */
export function leftOutWords({ runs, lines, early, unreadable }: LeftOut): string[] {
  const changed =
    lines > 0 ? `${plural(lines, 'line')} of the archive changed after the run: left out, as if never decided` : null;
  const whole =
    runs.length > 0
      ? `${capital(pluralInWords(runs.length, 'archived run'))} changed after the run, or unknown to the ledger: left out (${runs.join(', ')})`
      : null;
  const old =
    early > 0
      ? `${capital(pluralInWords(early, 'archived run'))} from before decisions were bound to the ledger: nobody can tell whether they were changed`
      : null;
  const blind =
    unreadable === null ? null : `The ledger cannot be read, so that the archive was taken as it is: ${unreadable}`;
  return [changed, whole, old, blind].filter((words) => words !== null).map((words) => `${words}.`);
}

/** How the record of one decision stands to the ledger. */
export type RecordState = {
  readonly kind: 'true' | 'changed' | 'unbound' | 'early' | 'unknown';
  readonly says: string;
};

export function recordState(check: RecordCheck | null, request: string): RecordState {
  if (check === null) {
    return { kind: 'unknown', says: 'the ledger cannot be read: nobody can tell whether this is what the run decided' };
  }
  if (isChanged(check, request)) {
    const what = check.kind === 'changed' ? 'the record of the run' : 'the line of this request';
    return { kind: 'changed', says: `${what} was changed after the run: it is not what the ledger says was decided` };
  }
  switch (check.kind) {
    case 'unbound':
      return { kind: 'unbound', says: 'the ledger knows nothing of what this run decided: its record is not believed' };
    case 'early':
      return {
        kind: 'early',
        says: 'the run is from before decisions were bound to the ledger: nobody can tell whether its record was changed',
      };
    case 'lines-changed':
      return {
        kind: 'true',
        says: 'this line is what was decided; other lines of the record were changed after the run',
      };
    default:
      return { kind: 'true', says: 'it is what the ledger says was decided' };
  }
}
