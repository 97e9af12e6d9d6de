import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadFile } from '../domain/manifest.ts';
import { ConfigError, type ConfigProblem } from '../util/errors.ts';
import { touchedBy } from '../util/file_owner.ts';
import type { QuestionKind } from './question_kinds.ts';

/** The files a security person edits, in the order in which the model reads them; the last one ends with the contract. */
export const TEXT_FILES = ['system.md', 'rubric.md'] as const;

export type Prompts = {
  readonly system: string;
  /** SHA-256 of `system`, hexadecimal: says in the report which wording a rating was made with. */
  readonly digest: string;
  /** What was read. */
  readonly files?: readonly ReadFile[];
};

/** What the model is told before a question of that kind. */
export const systemOf = ({ system }: Prompts, _kind: QuestionKind): string => system;

/** Reads the prompts of `PROMPT_DIR`. A missing or empty file is a wrong setting; both are reported at once. */
export async function loadPrompts(dir: string): Promise<Prompts> {
  const problems: ConfigProblem[] = [];
  const texts: string[] = [];
  const files: ReadFile[] = [];
  for (const name of TEXT_FILES) {
    const file = join(dir, name);
    try {
      const text = (await readFile(file, 'utf8')).trim();
      if (text === '') problems.push({ setting: 'PROMPT_DIR', message: `\`${file}\` is empty` });
      texts.push(text);
      files.push({ name, digest: sha256(text), ...((await touchedBy(file)) ?? { owner: null, modified: 0 }) });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      problems.push({ setting: 'PROMPT_DIR', message: `could not read \`${file}\`: ${code}` });
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const system = texts.join('\n\n');
  return { system, digest: sha256(system), files };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
