import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import type { ReadFile } from '../domain/manifest.ts';
import { didYouMean } from '../text/nearest.ts';
import { ConfigError } from '../util/errors.ts';
import { touchedBy } from '../util/file_owner.ts';
import { type Finding, inReadingOrder, placed, topOf } from './place.ts';

export const ACCESS_NAME = 'access.yml';
export const SCHEMA_NAME = 'portcullis.cedarschema';
const POLICY = '.cedar';

/** A file of the policy folder, read once: what is decided on and what the digest covers are the same bytes. */
export type PolicyFile = {
  readonly name: string;
  readonly file: string;
  readonly bytes: Buffer;
  readonly text: string;
};

/**
 * Reads every file that can belong to a policy. INVARIANT: no policy is left out in silence: one in a sub-folder or with a
 * mistyped ending is a finding, because a forbid that is not read forbids nothing.
 */
export async function readFolder(dir: string): Promise<{ files: PolicyFile[]; findings: Finding[] }> {
  const names = await listed(dir);
  const findings: Finding[] = [];
  const files: PolicyFile[] = [];
  for (const name of names) {
    const ending = extname(name);
    const backup = ending.endsWith('~');
    if (!backup && didYouMean(ending, [POLICY]) !== '' && (ending !== POLICY || dirname(name) !== '.')) {
      const why = ending === POLICY ? 'is in a sub-folder' : 'does not end in `.cedar`';
      findings.push({ place: topOf(join(dir, name)), message: `looks like a policy but ${why} and would not be read` });
    }
    if (dirname(name) !== '.' || !['.cedar', '.cedarschema', '.yml', '.csv'].includes(ending)) continue;
    const file = join(dir, name);
    const bytes = await readFile(file).catch((cause) => {
      throw policyError([{ place: topOf(file), message: `cannot be read: ${cause.code ?? 'unknown reason'}` }]);
    });
    try {
      files.push({ name, file, bytes, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) });
    } catch {
      findings.push({ place: topOf(file), message: 'is not UTF-8' });
    }
  }
  for (const needed of [ACCESS_NAME, SCHEMA_NAME]) {
    if (!names.includes(needed)) findings.push({ place: topOf(join(dir, needed)), message: 'is missing' });
  }
  if (!names.some((name) => extname(name) === POLICY)) {
    findings.push({
      place: topOf(join(dir, `*${POLICY}`)),
      message: 'there is no policy, so nothing could ever be decided',
    });
  }
  return { files, findings };
}

async function listed(dir: string): Promise<string[]> {
  try {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
      .sort();
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw policyError([
      { place: topOf(dir), message: code === 'ENOENT' ? 'there is no such folder' : `cannot be read: ${code}` },
    ]);
  }
}

export const isPolicy = ({ name }: PolicyFile): boolean => extname(name) === POLICY;

/** sha256 over names and bytes. Lengths stand between them, so that no byte can move from one file to the next unseen. */
export function digestOf(files: readonly Pick<PolicyFile, 'name' | 'bytes'>[]): string {
  const hash = createHash('sha256');
  const sorted = [...files].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, bytes } of sorted) hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  return hash.digest('hex');
}

export const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

/** The files with their digests, and who touched them. */
export const readFiles = (files: readonly PolicyFile[]): Promise<ReadFile[]> =>
  Promise.all(
    files.map(async ({ name, file, bytes }) => ({
      ...{ name, digest: sha256(bytes) },
      ...((await touchedBy(file)) ?? { owner: null, modified: 0 }),
    })),
  );

/** Exit code 2, one line per finding. */
export const policyError = (findings: readonly Finding[]): ConfigError =>
  new ConfigError(
    inReadingOrder(findings).map(({ place, message }) => ({
      setting: 'POLICY_DIR',
      message: `${placed(place)}: ${message}`,
    })),
  );
