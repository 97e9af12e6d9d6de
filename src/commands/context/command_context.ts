import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnvFile, readEnvFile } from '../../config/env_file.ts';
import { type Look, lookOf } from '../../terminal/look.ts';
import { ConfigError, type ConfigProblem } from '../../util/errors.ts';
import { PACKAGE_ROOT } from '../../util/package_root.ts';

/** What a command is told about the world. */
export type CommandContext = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The names that the settings file sets. */
  readonly fileNames: readonly string[];
  /** What of the settings file may not be meant as it is read. */
  readonly remarks: readonly ConfigProblem[];
  /** How stderr may look. */
  readonly look: Look;
  /** The folder of the package, with the prompts and policies that came with it. */
  readonly home: string;
  readonly version: string;
};

type World = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file: string;
  /** The file was named on the command line; the usual one may be missing. */
  readonly asked: boolean;
  readonly version: string;
};

/**
 * The settings file and the environment, which wins.
 * @throws {ConfigError} when the file cannot be read, or when something in it would be lost
 */
export async function contextOf({ env: outer, file, asked, version }: World): Promise<CommandContext> {
  const { values: fromFile, problems, remarks } = asked || existsSync(file) ? readSettings(file, asked) : NO_FILE;
  const set = Object.entries(outer).filter(([, value]) => value?.trim() !== '');
  const env: Record<string, string | undefined> = { ...fromFile, ...Object.fromEntries(set) };
  if (problems.length > 0)
    throw new ConfigError([...problems, ...(await alsoWrong(env, Object.keys(fromFile))), ...remarks]);
  // Started from another folder, the prompts and policies that came with the program serve.
  if ((env.PROMPT_DIR ?? '') === '' && !existsSync('prompts')) env.PROMPT_DIR = join(PACKAGE_ROOT, 'prompts');
  if ((env.POLICY_DIR ?? '') === '' && !existsSync('policy')) env.POLICY_DIR = join(PACKAGE_ROOT, 'policy');
  const look = lookOf(outer, process.stderr.isTTY === true);
  return { env, fileNames: Object.keys(fromFile), remarks, look, home: PACKAGE_ROOT, version };
}

/** What else is to be mended, so that it is told at once: values that are given and wrong, and misspelt names. */
async function alsoWrong(env: CommandContext['env'], fileNames: readonly string[]): Promise<readonly ConfigProblem[]> {
  // Loaded only where something is wrong: `--help` comes here too.
  const { loadConfig } = await import('../../config/load.ts');
  const { strangeNames } = await import('../../config/strange_names.ts');
  const strange = strangeNames(fileNames, env);
  try {
    loadConfig(env);
    return strange;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [...error.problems.filter(({ setting }) => (env[setting] ?? '') !== ''), ...strange];
  }
}

/** For a command that has to work without any settings. */
export const contextWithoutSettings = (version: string, outer: CommandContext['env']): CommandContext => ({
  ...{ env: {}, fileNames: [], remarks: [], home: PACKAGE_ROOT, version },
  look: lookOf(outer, process.stderr.isTTY === true),
});

const NO_FILE: EnvFile = { values: {}, problems: [], remarks: [] };

function readSettings(file: string, asked: boolean): EnvFile {
  try {
    return readEnvFile(readFileSync(file), file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    const message = `\`${file}\` ${code === 'ENOENT' ? 'does not exist' : `cannot be read: ${code}`}`;
    throw new ConfigError([{ setting: asked ? '--settings' : 'settings file', message }]);
  }
}
