import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReadFile } from '../domain/manifest.ts';
import { ConfigError, type ConfigProblem } from '../util/errors.ts';
import { touchedBy } from '../util/file_owner.ts';
import type { QuestionKind } from './question_kinds.ts';

/** The full prompt, in the order in which the model reads it; the last file ends with the contract. */
export const TEXT_FILES = ['system.md', 'rubric.md'] as const;

/** Whole system messages of their own for some kinds of question, shorter ones. A folder of version 0.1 has none of them. */
export const OPTIONAL_FILES = {
  shared: 'shared.md',
  'facts-only': 'facts_only.md',
  single: 'single.md',
} as const satisfies Partial<Record<QuestionKind, string>>;

export type Prompts = {
  /** The full one, which every kind can do with. */
  readonly system: string;
  /** For the kinds that have one of their own. */
  readonly own?: Readonly<Partial<Record<QuestionKind, string>>>;
  /** SHA-256 of all of them, hexadecimal: says in the report which wording a rating was made with. */
  readonly digest: string;
  /** What was read. */
  readonly files?: readonly ReadFile[];
};

/** What the model is told before a question of that kind. */
export const systemOf = ({ system, own }: Prompts, kind: QuestionKind): string => own?.[kind] ?? system;

/**
 * Reads the prompts of `PROMPT_DIR`. A missing or empty file is a wrong setting; all of them are reported at once. Of the optional
 * ones only an empty one is: it would leave a question without any rule.
 */
export async function loadPrompts(dir: string): Promise<Prompts> {
  const problems: ConfigProblem[] = [];
  const files: ReadFile[] = [];
  async function read(name: string, optional: boolean): Promise<string | null> {
    const file = join(dir, name);
    try {
      const text = (await readFile(file, 'utf8')).trim();
      if (text === '') problems.push({ setting: 'PROMPT_DIR', message: `\`${file}\` is empty` });
      files.push({ name, digest: sha256(text), ...((await touchedBy(file)) ?? { owner: null, modified: 0 }) });
      return text;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
      if (!optional || code !== 'ENOENT')
        problems.push({ setting: 'PROMPT_DIR', message: `could not read \`${file}\`: ${code}` });
      return null;
    }
  }

  const texts: (string | null)[] = [];
  for (const name of TEXT_FILES) texts.push(await read(name, false));
  const own: [kind: string, text: string][] = [];
  for (const [kind, name] of Object.entries(OPTIONAL_FILES)) {
    const text = await read(name, true);
    if (text !== null) own.push([kind, text]);
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const system = texts.join('\n\n');
  // Without optional files the digest is the one that version 0.1 knew.
  const whole = own.length === 0 ? system : JSON.stringify([system, ...own]);
  return { system, own: Object.fromEntries(own), digest: sha256(whole), files };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
