/** Names for things that repeat from run to run: ids and secrets derived from the seed and a label. */
import { createHash } from 'node:crypto';

const digest = (...parts: readonly (string | number)[]) => createHash('sha256').update(parts.join('\0')).digest();

/** A UUID (version 4 in shape) which is the same for the same parts. */
export function idFor(...parts: readonly (string | number)[]): string {
  const bytes = digest('id', ...parts).subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * Stands in every secret that the simulator makes: where it turns up in a log, a report, a mail or a question, there is a
 * leak. Letters only, so that it looks the same in an address, in JSON and in HTML.
 */
export const PLANTED = 'PLANTEDxSECRET';

/** A secret with a visible prefix, so that a leak is found by searching for it, and told by its kind. */
export function secretFor(prefix: string, ...parts: readonly (string | number)[]): string {
  return `${prefix}${PLANTED}${digest('secret', prefix, ...parts).toString('base64url')}`;
}
