import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { StorageError } from '../util/errors.ts';
import { replaceWith } from './replace_file.ts';

/** Files too large to be held as one text: written and read part by part. */

/** Small parts are written together; between two of these everything else gets its turn. */
const CHUNK_CHARACTERS = 64 * 1024;

/**
 * Replaces a file as a whole or not at all by parts that are made one after the other, so that never more than a few of
 * them are in memory. An error that making a part throws comes out as it is. @throws {StorageError}
 */
export async function replaceByParts(file: string, parts: Iterable<string>, packed: boolean): Promise<void> {
  const made: { error?: unknown } = {};
  const written: { error?: unknown } = {};
  try {
    await replaceWith(file, async (handle) => {
      const chunks = Readable.from(inChunks(parts, made));
      const write = async (source: AsyncIterable<string | Buffer>) => {
        for await (const chunk of source) await firstErrorOf(written, () => handle.appendFile(chunk));
      };
      try {
        await (packed ? pipeline(chunks, createGzip(), write) : pipeline(chunks, write));
      } catch (error) {
        // A pipeline that ends because of one error may speak of the abort that came after it.
        throw 'error' in written ? written.error : error;
      }
    });
  } catch (error) {
    // Giving up a stream throws into what makes its parts: that is an error of making them only where none was before.
    throw 'error' in made && !('error' in written) ? made.error : error;
  }
}

/** Keeps the first error of `work`, which goes on its way as well. */
async function firstErrorOf<T>(first: { error?: unknown }, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!('error' in first)) first.error = error;
    throw error;
  }
}

function* inChunks(parts: Iterable<string>, made: { error?: unknown }): Generator<string> {
  let chunk = '';
  try {
    for (const part of parts) {
      chunk += part;
      if (chunk.length < CHUNK_CHARACTERS) continue;
      yield chunk;
      chunk = '';
    }
  } catch (error) {
    made.error = error;
    throw error;
  }
  if (chunk !== '') yield chunk;
}

/** A damaged or foreign file must not fill the memory while it is unpacked; one request takes some kilobytes. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** The lines of a compressed file; none when there is no such file. @throws {StorageError} also for a damaged one */
export async function* packedLines(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const text = createGunzip();
  const unpacked = pipeline(source, text);
  // Whoever reads on hears of it from `text`; whoever has read enough must not.
  unpacked.catch(() => {});
  const failed: { error?: unknown } = {};
  source.once('error', (error) => {
    failed.error = error;
  });
  text.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of text as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LONGEST_LINE) throw new Error('a line of it is too long');
      yield* lines;
    }
    if (rest !== '') yield rest;
  } catch (error) {
    const first = 'error' in failed ? failed.error : error;
    if ((first as NodeJS.ErrnoException).code !== 'ENOENT') throw new StorageError('read', file, first);
  } finally {
    source.destroy();
    text.destroy();
  }
}
