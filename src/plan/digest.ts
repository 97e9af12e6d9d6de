import { createHash } from 'node:crypto';
import type { AccessRequest } from '../domain/access_request.ts';
import { decidedContent } from '../domain/decided_content.ts';
import type { Plan } from './plan.ts';

/** The digest of a plan: over its canonical text without the digest itself. */
export function planDigest({ digest: _, ...rest }: Plan | (Omit<Plan, 'digest'> & { digest?: string })): string {
  return sha256(canonical(rest));
}

/** The digest of what a decision on the request rests on. */
export const contentDigest = (request: AccessRequest): string => sha256(decidedContent(request));

/** JSON with sorted names and no blanks: one text for one value, however the file was indented or ordered. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(',')}}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
