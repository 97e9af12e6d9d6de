import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line of the ledger as it stands on disk, read without any code of the product. */
export type RawEntry = {
  readonly seq: number;
  readonly at: string;
  readonly kind: string;
  readonly run: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly prev: string;
  readonly seal: string;
};

/** The files of the ledger, oldest month first. */
export function ledgerFiles(stateDir: string): string[] {
  const folder = join(stateDir, 'ledger');
  return existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((name) => join(folder, name))
    : [];
}

/** Every whole line of the ledger. */
export const entriesIn = (stateDir: string): RawEntry[] =>
  ledgerFiles(stateDir).flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as RawEntry),
  );

/** The entries about actions, in short: `action.done approve req-1`. */
export const actionsIn = (stateDir: string): string[] =>
  entriesIn(stateDir)
    .filter(({ kind }) => kind.startsWith('action.'))
    .map(({ kind, data }) => `${kind} ${String(data.action)} ${String(data.request)}`);
