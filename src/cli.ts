import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { parse } from 'dotenv';
import { ConfigError, describeError, LockedError, UpstreamError } from './kit/errors.ts';
import { EXIT_CODES } from './run_draft.ts';

/** The folder of the package: prompts and package.json stand beside `src` (or `dist`). */
const HOME = join(import.meta.dirname, '..');

/** `process.env` is read here and nowhere else; the real environment wins over the file. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The names that the `.env` file sets. */
  readonly fileNames: readonly string[];
  readonly home: string;
  readonly version: string;
};

/** The commands; each loads what it needs only when it is called, so that `--help` is instant. */
export async function main(argv: readonly string[]): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8')) as { version: string };
  const program = new Command('portcullis')
    .description('Reviews the access requests of a 12Port-style vault: an unattended reviewer that shows its work.')
    .version(version)
    .option('--env-file <file>', 'read settings from this file', '.env')
    .addHelpText(
      'after',
      `\nSettings: .env.example lists them all. Exit codes and errors: docs/operating.md.\nTry it with nothing to configure: portcullis demo`,
    )
    .showHelpAfterError('(portcullis --help lists the commands)')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : EXIT_CODES.usage);
    });
  const surroundings = () => surroundingsOf(program.opts<{ envFile: string }>().envFile, version);

  program
    .command('run')
    .description('one cycle: fetch, enrich, score, decide, act, report, alert')
    .option('--dry-run', 'everything but actions and mail')
    .option('--json', 'print the report as one JSON document on stdout')
    .action(async (options: { dryRun?: true; json?: true }) => {
      const { runCommand } = await import('./commands/run.ts');
      await ended(() => runCommand(surroundings(), { dryRun: options.dryRun === true, json: options.json === true }));
    });
  program
    .command('start')
    .description('the daemon: a cycle whenever SCHEDULE_CRON says so, until it is stopped')
    .option('--now', 'run the first cycle at once')
    .action(async (options: { now?: true }) => {
      const { startCommand } = await import('./commands/start.ts');
      await ended(() => startCommand(surroundings(), { now: options.now === true }));
    });
  program
    .command('demo')
    .description('a whole cycle against an embedded vault, model and mailbox; nothing to configure')
    .option('--out <folder>', 'where report, mail and state go (default: a new temporary folder)')
    .addOption(new Option('--requests <count>', 'requests in the vault').default(240).argParser(wholeNumber))
    .addOption(new Option('--seed <number>', 'another seed, another estate').default(12).argParser(wholeNumber))
    .action(async (options: { out?: string; requests: number; seed: number }) => {
      const { demoCommand } = await import('./commands/demo.ts');
      await ended(() => demoCommand({ home: HOME, version }, options));
    });
  program
    .command('simulate')
    .description('the embedded vault, model and mailbox alone; prints the settings that point at them')
    .addOption(new Option('--requests <count>', 'requests in the vault').default(240).argParser(wholeNumber))
    .addOption(new Option('--seed <number>', 'another seed, another estate').default(12).argParser(wholeNumber))
    .action(async (options: { requests: number; seed: number }) => {
      const { simulateCommand } = await import('./commands/simulate.ts');
      await ended(() => simulateCommand(options));
    });
  await program.parseAsync([...argv]);
}

function surroundingsOf(envFile: string, version: string): Surroundings {
  const given = envFile !== '.env';
  if (given && !existsSync(envFile)) {
    throw new ConfigError([{ setting: '--env-file', message: `\`${envFile}\` does not exist` }]);
  }
  const file = existsSync(envFile) ? parse(readFileSync(envFile)) : {};
  const env: Record<string, string | undefined> = { ...file, ...process.env };
  // Started from another folder, the prompts that came with the program serve.
  if ((env.PROMPT_DIR ?? '') === '' && !existsSync('prompts')) env.PROMPT_DIR = join(HOME, 'prompts');
  return { env, fileNames: Object.keys(file), home: HOME, version };
}

/** Runs a command and turns what it says or throws into an exit code. A stack is printed for our own faults only. */
async function ended(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.exitCode =
      error instanceof ConfigError
        ? EXIT_CODES.usage
        : error instanceof LockedError
          ? EXIT_CODES.locked
          : EXIT_CODES.failed;
    const advice = error instanceof UpstreamError ? `\n  ${error.advice}` : '';
    process.stderr.write(`portcullis: ${describeError(error)}${advice}\n`);
    if (error instanceof ConfigError) process.stderr.write('  .env.example explains every setting\n');
    else if (!isKnown(error) && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  }
}

const isKnown = (error: unknown): boolean =>
  error instanceof Error && ['UpstreamError', 'LockedError', 'StorageError', 'MemoryError'].includes(error.name);

function wholeNumber(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  process.stderr.write(`portcullis: \`${text}\` must be a whole number\n`);
  process.exit(EXIT_CODES.usage);
}
