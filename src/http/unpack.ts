import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { tooLarge } from './connections.ts';
import { FetchFault } from './faults.ts';

type Unpack = (packed: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>;

const [unzlib, unraw] = [promisify(inflate), promisify(inflateRaw)];
/** Some servers leave out the two bytes that a `deflate` answer begins with. */
const undeflate: Unpack = (packed, options) => (((packed[0] ?? 0) & 0x0f) === 8 ? unzlib : unraw)(packed, options);

const UNPACK: ReadonlyMap<string, Unpack> = new Map<string, Unpack>([
  ['gzip', promisify(gunzip)],
  ['x-gzip', promisify(gunzip)],
  ['deflate', undeflate],
  ['br', promisify(brotliDecompress)],
]);

/**
 * The bytes of a body without its packing, `most` of them at the most: a few packed kilobytes can unpack to gigabytes.
 * Or what is wrong with it.
 */
export async function unpacked(
  body: Buffer,
  { 'content-encoding': given }: IncomingHttpHeaders,
  most: number,
): Promise<Buffer | FetchFault> {
  const encoding = (given ?? 'identity').trim().toLowerCase();
  if (encoding === 'identity' || encoding === '' || body.length === 0) return body;
  const unpack = UNPACK.get(encoding);
  if (unpack === undefined) return unreadable();
  // zlib says with a RangeError that there would be more.
  return unpack(body, { maxOutputLength: most }).catch((e) => (e instanceof RangeError ? tooLarge() : unreadable()));
}

const unreadable = (): FetchFault =>
  new FetchFault('not-json', 'its answer is packed in a way that cannot be read', true);
