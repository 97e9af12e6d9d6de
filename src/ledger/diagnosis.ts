import { BrokenLedgerError, type Place } from './broken_ledger_error.ts';
import { fits, type LedgerKey, type Parts, partsOf } from './seal.ts';

/** Every line of the ledger, read anew. */
export type AllLines = () => AsyncIterable<string>;

/** A place with the name of its file in the folder of the ledger. */
type Named = Place & { readonly name: string };

/** An entry whose seal does not fit. With a key it matters whether any other one fits: a wrong key fits none. */
export async function atSeal(
  lines: AllLines,
  parts: Parts,
  key: LedgerKey | null,
  place: Place,
): Promise<BrokenLedgerError> {
  if (parts.keyed && !(await anyFits(lines(), key))) {
    return new BrokenLedgerError(
      'wrong-key',
      place,
      'neither this nor any other entry that is sealed with a key fits the one given',
    );
  }
  return new BrokenLedgerError('altered', place, 'the seal of the entry does not fit what stands there');
}

async function anyFits(lines: AsyncIterable<string>, key: LedgerKey | null): Promise<boolean> {
  for await (const line of lines) if (keyFits(line, key)) return true;
  return false;
}

function keyFits(line: string, key: LedgerKey | null): boolean {
  const parts = partsOf(line);
  return parts?.keyed === true && fits(parts, key);
}

/**
 * An entry with another number than the one that comes next. Which word it is depends on where the expected one is: gone,
 * or further down.
 */
export async function outOfOrder(
  lines: AllLines,
  expected: number,
  found: number,
  place: Named,
  before: Named | null,
): Promise<BrokenLedgerError> {
  const numbers = new Map<number, number>();
  for await (const line of lines()) {
    const seq = numberOn(line);
    if (seq !== null) numbers.set(seq, (numbers.get(seq) ?? 0) + 1);
  }
  if (found < expected || (numbers.get(found) ?? 0) > 1) {
    return new BrokenLedgerError('doubled', place, `entry ${found} stands there twice`);
  }
  if (numbers.has(expected)) {
    return new BrokenLedgerError('reordered', place, `entry ${found} stands where entry ${expected} belongs`);
  }
  let next = found;
  for (const seq of numbers.keys()) if (seq > expected && seq < next) next = seq;
  return new BrokenLedgerError('missing', place, missing(expected, next - 1, place, before));
}

function missing(from: number, to: number, place: Named, before: Named | null): string {
  const which = from === to ? `entry ${from} is missing` : `entries ${from} to ${to} are missing`;
  if (before === null) return `the beginning is gone: ${which}`;
  if (before.name === place.name) return which;
  return `${which}: the end of \`${before.name}\`, the beginning of \`${place.name}\`, or the files of whole months in between`;
}

/** The number with which a line begins, whether or not the line is good. */
function numberOn(line: string): number | null {
  const seq = /^\{"seq":(\d{1,15}),/.exec(line)?.[1];
  return seq === undefined ? null : Number(seq);
}
