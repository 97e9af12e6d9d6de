import { type Disk, realDisk } from '../store/disk.ts';
import { StorageError } from '../util/errors.ts';

/** A line of a file without its line break. */
export type FileLine = {
  readonly text: string;
  /** Bytes before it. */
  readonly from: number;
  /** False for a last line that stops without a line break. */
  readonly ended: boolean;
};

/** Bytes that are read together. */
const AT_ONCE = 8 * 1024 * 1024;
/** The longest line of ours names every request that was acted on, once, after a repair. */
const LONGEST = 128 * 1024 * 1024;
const LINE_BREAK = 0x0a;

/**
 * The lines of a file, some megabytes at a time: with a large window a month is longer than one text, or one buffer, may
 * be. None when there is no such file. @throws {StorageError} also for a line that is far too long
 */
export async function* linesOf(file: string, disk: Disk = realDisk): AsyncGenerator<FileLine> {
  /** What of the line that begins at `from` was read so far. */
  let begun: Buffer[] = [];
  let length = 0;
  let from = 0;
  for (let read = 0; ; ) {
    const chunk = (await disk.readPart(file, read, AT_ONCE)) ?? Buffer.alloc(0);
    let start = 0;
    for (let end = chunk.indexOf(LINE_BREAK); end !== -1; end = chunk.indexOf(LINE_BREAK, start)) {
      const text =
        length === 0
          ? chunk.toString('utf8', start, end)
          : Buffer.concat([...begun, chunk.subarray(start, end)]).toString();
      yield { text, from, ended: true };
      [begun, length, start] = [[], 0, end + 1];
      from = read + start;
    }
    if (start < chunk.length) begun.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > LONGEST) throw new StorageError('read', file, new Error('a line of it is too long'));
    read += chunk.length;
    if (chunk.length < AT_ONCE) break;
  }
  if (length > 0) yield { text: Buffer.concat(begun).toString(), from, ended: false };
}
