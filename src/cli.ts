import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { parse } from 'dotenv';
import type { CommandContext } from './commands/context/surroundings.ts';
import { COMMANDS, type CommandName } from './commands/table.ts';
import { EXITS } from './run/exit_codes.ts';
import { say, tell } from './terminal/say.ts';
import { outliveOutputs } from './terminal/streams.ts';
import { terminalLine } from './text/terminal_text.ts';
import { adviceOf, ConfigError, describeError, LedgerError, LockedError } from './util/errors.ts';
import { PACKAGE_ROOT } from './util/package_root.ts';

/** The commands; each loads what it needs only when it is called, so that `--help` is instant. */
export async function main(argv: readonly string[]): Promise<void> {
  outliveOutputs(EXITS.failed.code);
  const { version } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as { version: string };
  const program = new Command('portcullis')
    .description('Reviews the access requests of a 12Port-style vault: an unattended reviewer that shows its work.')
    .version(version)
    // Not `--env-file`: Node takes that one for itself, wherever it stands, and ends with 9 when the file is missing.
    .option('--settings <file>', 'read settings from this file', '.env')
    .addHelpText(
      'after',
      `\nSettings: .env.example lists them all. Exit codes and errors: docs/operating.md.\nTry it with nothing to configure: portcullis demo`,
    )
    .configureHelp({ showGlobalOptions: true })
    // What was typed may have been pasted from anywhere.
    .configureOutput({ writeOut: say, writeErr: tell })
    .showHelpAfterError('(portcullis --help lists the commands)')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : EXITS.usage.code);
    });
  const context = () =>
    contextOf(
      program.opts<{ settings: string }>().settings,
      program.getOptionValueSource('settings') === 'cli',
      version,
    );

  const command = (name: CommandName) => program.command(name).description(plain(COMMANDS[name].about));
  command('run')
    .option('--dry-run', 'everything but actions and mail')
    .option('--json', 'print the report as one JSON document on stdout')
    .action(async (options: { dryRun?: true; json?: true }) => {
      const { runCommand } = await import('./commands/run.ts');
      await ended(() => runCommand(context(), { dryRun: options.dryRun === true, json: options.json === true }));
    });
  command('start')
    .option('--now', 'run the first cycle at once')
    .action(async (options: { now?: true }) => {
      const { startCommand } = await import('./commands/start.ts');
      await ended(() => startCommand(context(), { now: options.now === true }));
    });
  command('plan')
    .option('--out <file>', 'where the plan goes', 'plan.json')
    .option('--json', 'print the plan on stdout too')
    .action(async ({ out, json }: { out: string; json?: true }) => {
      const { planCommand } = await import('./commands/plan.ts');
      await ended(() => planCommand(context(), { out, json: json === true }));
    });
  command('apply')
    .argument('<plan.json>', 'a plan that `portcullis plan` wrote')
    .option('--approved-by <name>', 'who approved it (default: the user who runs this)')
    .option('--json', 'print the report as one JSON document on stdout')
    .action(async (file: string, { approvedBy, json }: { approvedBy?: string; json?: true }) => {
      const { applyCommand } = await import('./commands/apply.ts');
      await ended(() => applyCommand(context(), file, { approvedBy: approvedBy ?? null, json: json === true }));
    });
  command('halt')
    .option('--reason <text>', 'why; stands in every report and mail until it ends')
    .option('--by <name>', 'who halts (default: the user who runs this)')
    .action(async ({ by, reason }: { by?: string; reason?: string }) => {
      const { haltCommand } = await import('./commands/halt.ts');
      await ended(() => haltCommand(context(), { by: by ?? null, reason: reason ?? null }));
    });
  command('resume')
    .option('--by <name>', 'who resumes (default: the user who runs this)')
    .action(async ({ by }: { by?: string }) => {
      const { resumeCommand } = await import('./commands/halt.ts');
      await ended(() => resumeCommand(context(), { by: by ?? null }));
    });
  command('review')
    .argument('<request-id>', 'a request that the last report lists as break-glass')
    .requiredOption('--by <name>', 'who looked at it')
    .requiredOption('--note <text>', 'what they found')
    .action(async (requestId: string, options: { by: string; note: string }) => {
      const { reviewCommand } = await import('./commands/review.ts');
      await ended(() => reviewCommand(context(), requestId, options));
    });
  command('explain')
    .argument('<request-id>', 'a request that a recorded run saw')
    .option('--run <id>', 'that run instead of the newest one that knows the request')
    .option('--json', 'print the explanation as one JSON document on stdout')
    .action(async (requestId: string, { run, json }: { run?: string; json?: true }) => {
      const { explainCommand } = await import('./commands/explain.ts');
      await ended(() => explainCommand(context(), requestId, { run: run ?? null, json: json === true }));
    });
  command('backtest')
    .option('--range <length>', 'how far back: hours, days or weeks', '60d')
    .option('--policy <folder>', 'a policy to compare with the present one')
    .option('--explain', 'name the policies that determined each affected request')
    .option('--rescore', 'ask the model again instead of using the recorded ratings')
    .option('--json', 'print the result as one JSON document on stdout')
    .action(async (options: { range: string; policy?: string; explain?: true; rescore?: true; json?: true }) => {
      const { backtestCommand } = await import('./commands/backtest.ts');
      const { range, policy = null, explain, rescore, json } = options;
      const choices = { range, policy, reasons: explain === true, rescore: rescore === true, json: json === true };
      await ended(() => backtestCommand(context(), choices));
    });
  const policies = program.command('policy').description('looks at and tries the policies (see policy --help)');
  const policyCommand = (name: 'policy check' | 'policy test') =>
    policies
      .command(name.replace('policy ', ''))
      .description(plain(COMMANDS[name].about))
      .option('--policy <folder>', 'this folder instead of POLICY_DIR')
      .option('--json', 'print the result as one JSON document on stdout');
  policyCommand('policy check').action(async ({ policy, json }: { policy?: string; json?: true }) => {
    const { policyCheckCommand } = await import('./commands/policy.ts');
    await ended(() => policyCheckCommand(context(), { policy: policy ?? null, json: json === true }));
  });
  policyCommand('policy test')
    .argument('[files...]', 'files of cases (default: tests/*.yml in the policy folder)')
    .action(async (files: string[], { policy, json }: { policy?: string; json?: true }) => {
      const { policyTestCommand } = await import('./commands/policy.ts');
      await ended(() => policyTestCommand(context(), files, { policy: policy ?? null, json: json === true }));
    });
  command('verify')
    .option('--head <entries:seal>', 'the head of the record as a mail or a report shows it')
    .option('--key-file <file>', 'the key of the record from this file instead of the vault or the settings')
    .option('--json', 'print the result as one JSON document on stdout')
    .action(async ({ head, keyFile, json }: { head?: string; keyFile?: string; json?: true }) => {
      const { verifyCommand } = await import('./commands/ledger_verify.ts');
      const choices = { head: head ?? null, keyFile: keyFile ?? null, json: json === true };
      await ended(() => verifyCommand(context(), choices));
    });
  const records = program.command('record').description('hands out the record, and repairs it (see record --help)');
  records
    .command('repair')
    .description(plain(COMMANDS['record repair'].about))
    .requiredOption('--reason <text>', 'what happened, for those who read the record later')
    .option('--by <name>', 'who has it repaired (default: the user who runs this)')
    .option('--key-file <file>', 'the key of the record from this file instead of the vault or the settings')
    .action(async ({ reason, by, keyFile }: { reason: string; by?: string; keyFile?: string }) => {
      const { recordRepairCommand } = await import('./commands/ledger_repair.ts');
      const choices = { reason, by: by ?? null, keyFile: keyFile ?? null };
      await ended(() => recordRepairCommand(context(), choices));
    });
  records
    .command('export')
    .description(plain(COMMANDS['record export'].about))
    .requiredOption('--from <day>', 'first UTC day, or a moment such as 2026-11-01T08:00:00Z')
    .requiredOption('--to <day>', 'last UTC day, or a moment')
    .addOption(new Option('--format <format>', 'how').choices(['csv', 'json']).default('csv'))
    .option('--kind <kinds...>', 'only entries of these kinds')
    .option('--out <file>', 'write it there instead of stdout')
    .option('--key-file <file>', 'the key of the record from this file instead of the vault or the settings')
    .action(async ({ kind = [], out, keyFile, ...rest }: RecordExportOptions) => {
      const { recordExportCommand } = await import('./commands/ledger_export.ts');
      const choices = { ...rest, kinds: kind, out: out ?? null, keyFile: keyFile ?? null };
      await ended(() => recordExportCommand(context(), choices));
    });
  command('demo')
    .option('--out <folder>', 'where report, mail and state go (default: a new temporary folder)')
    .addOption(new Option('--requests <count>', 'requests in the vault').default(240).argParser(wholeNumber))
    .addOption(new Option('--seed <number>', 'another seed, another estate').default(12).argParser(wholeNumber))
    .action(async (options: { out?: string; requests: number; seed: number }) => {
      const { demoCommand } = await import('./commands/demo.ts');
      await ended(() => demoCommand({ home: PACKAGE_ROOT, version }, options));
    });
  command('simulate')
    .addOption(new Option('--requests <count>', 'requests in the vault').default(240).argParser(wholeNumber))
    .addOption(new Option('--seed <number>', 'another seed, another estate').default(12).argParser(wholeNumber))
    .action(async (options: { requests: number; seed: number }) => {
      const { simulateCommand } = await import('./commands/simulate.ts');
      await ended(() => simulateCommand(options));
    });
  await program.parseAsync([...argv]);
}

type RecordExportOptions = {
  readonly from: string;
  readonly to: string;
  readonly format: 'csv' | 'json';
  readonly kind?: readonly string[];
  readonly out?: string;
  readonly keyFile?: string;
};

/** `asked`: the file was named on the command line; the usual one may be missing. @throws {ConfigError} */
function contextOf(settingsFile: string, asked: boolean, version: string): CommandContext {
  let file: Record<string, string> = {};
  try {
    if (asked || existsSync(settingsFile)) file = parse(readFileSync(settingsFile));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    const problem = code === 'ENOENT' ? 'does not exist' : `cannot be read: ${code}`;
    throw new ConfigError([
      { setting: asked ? '--settings' : 'settings file', message: `\`${settingsFile}\` ${problem}` },
    ]);
  }
  const set = Object.entries(process.env).filter(([, value]) => value?.trim() !== '');
  const env: Record<string, string | undefined> = { ...file, ...Object.fromEntries(set) };
  // Started from another folder, the prompts and policies that came with the program serve.
  if ((env.PROMPT_DIR ?? '') === '' && !existsSync('prompts')) env.PROMPT_DIR = join(PACKAGE_ROOT, 'prompts');
  if ((env.POLICY_DIR ?? '') === '' && !existsSync('policy')) env.POLICY_DIR = join(PACKAGE_ROOT, 'policy');
  return { env, fileNames: Object.keys(file), home: PACKAGE_ROOT, version };
}

/** Runs a command and turns what it says or throws into an exit code. A stack is printed for our own faults only. */
async function ended(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.exitCode =
      error instanceof ConfigError
        ? EXITS.usage.code
        : error instanceof LockedError
          ? EXITS.locked.code
          : error instanceof LedgerError
            ? EXITS['ledger-not-trusted'].code
            : EXITS.failed.code;
    const advice = adviceOf(error);
    // Only the problems of settings come in several lines, each made one by its class.
    const says = error instanceof ConfigError ? error.message : terminalLine(describeError(error), 1000);
    tell(`portcullis: ${says}${advice === null ? '' : `\n  ${terminalLine(advice, 1000)}`}\n`);
    if (error instanceof ConfigError) tell('  .env.example explains every setting\n');
    else if (advice === null && !(error instanceof LockedError) && error instanceof Error) {
      tell(`${framesOf(error)}\n`);
    }
  }
}

/** Where it happened. The message has been told, and a line of it could pass for one of ours. */
const framesOf = ({ stack = '' }: Error): string =>
  stack
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .join('\n');

/** The table is written for Markdown; a terminal shows no backticks. */
const plain = (text: string): string => text.replaceAll('`', '');

function wholeNumber(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  tell(`portcullis: \`${terminalLine(text, 60)}\` must be a whole number\n`);
  process.exit(EXITS.usage.code);
}
