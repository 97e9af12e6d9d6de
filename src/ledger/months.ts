import { join } from 'node:path';
import type { Disk } from '../store/disk.ts';

/** One file per UTC month, named so that the order of names is the order of months: `2026-11.jsonl`. */
const MONTH_FILE = /^\d{4}-(?:0[1-9]|1[0-2])\.jsonl$/;

export const ledgerFolder = (stateDir: string): string => join(stateDir, 'ledger');

/** The names of the month files, oldest first; whatever else lies there is not the ledger's. @throws {StorageError} */
export const monthFiles = async (stateDir: string, disk: Disk): Promise<string[]> =>
  (await disk.names(ledgerFolder(stateDir))).filter((name) => MONTH_FILE.test(name)).sort();

/**
 * The file for an entry of that time, which comes after one in `last` (null for the first): the later of the two, so
 * that a clock that was put back never leads to an older file.
 */
export function fileFor(at: string, last: string | null): string {
  const own = `${at.slice(0, 7)}.jsonl`;
  return last !== null && last > own ? last : own;
}
