import { readFileSync, statSync } from 'node:fs';
import { plainLine } from '../text/plain_text.ts';
import type { Setting } from './setting.ts';

/** A secret that may stand in a file instead: the setting that holds it, and the one that names the file. */
export const SECRET_FILES = {
  VAULT_API_TOKEN: 'VAULT_API_TOKEN_FILE',
  ALERT_FALLBACK_SECRET: 'ALERT_FALLBACK_SECRET_FILE',
  INTAKE_SECRET: 'INTAKE_SECRET_FILE',
  INTAKE_TOKEN: 'INTAKE_TOKEN_FILE',
} as const;

/** No secret is longer; a device or a log that is named by mistake is not read to its end. */
const LONGEST_BYTES = 64 * 1024;

/**
 * The secret in a file, without the line break at its end, as `schema` wants it; or why it cannot be used, in a phrase
 * that holds nothing of the file. `readFile` is for tests.
 */
export function secretIn(
  path: string,
  { schema }: Pick<Setting, 'schema'>,
  readFile: (path: string) => string = readSmallFile,
): { readonly value: string } | { readonly problem: string } {
  const shown = `\`${withoutSecrets(path, 200)}\``;
  let text: string;
  try {
    text = readFile(path);
  } catch (error) {
    const { code = 'unreadable' } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'ENOTSUP'
          ? 'is not a small regular file'
          : `cannot be read: ${code}`;
    return { problem: `${shown} ${why}` };
  }
  if (text.trim() === '') return { problem: `${shown} is empty` };
  const parsed = schema.safeParse(text);
  if (parsed.success) return { value: String(parsed.data) };
  const allowed = [...new Set(parsed.error.issues.map((issue) => issue.message))].join('; ');
  return { problem: `what is in ${shown} ${allowed}` };
}

/** A pipe would give its secret once, and keep whoever reads it again waiting for ever. @throws {NodeJS.ErrnoException} */
function readSmallFile(path: string): string {
  const stat = statSync(path);
  if (stat.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
  if (!stat.isFile() || stat.size > LONGEST_BYTES) throw Object.assign(new Error('no file'), { code: 'ENOTSUP' });
  return readFileSync(path, 'utf8');
}

/** What is longer is cut before it is looked at, so that no end of a secret is left. */
const MOST_LOOKED_AT = 5_000;

/** A value as one line, and without what looks like a secret: people paste tokens into the wrong line. */
export const withoutSecrets = (text: string, longest: number): string =>
  plainLine(text.slice(0, MOST_LOOKED_AT).replace(/\b(eyJ|sk-|whsec_)[\w.+/=-]{10,5000}/g, '(hidden)'), longest);
