import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { addCommand, addHelp } from './commands/command_line.ts';
import { contextOf, contextWithoutSettings } from './commands/context/command_context.ts';
import { ended } from './commands/context/ended.ts';
import { COMMANDS } from './commands/table.ts';
import { EXITS } from './run/exit_codes.ts';
import { say, tell } from './terminal/say.ts';
import { outliveOutputs } from './terminal/streams.ts';
import { PACKAGE_ROOT } from './util/package_root.ts';

/** From the arguments to a command. A command loads what it needs only when it is called, so that `--help` is instant. */
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
      `\nSettings: .env.example lists them all. Exit codes and errors: docs/reference.md.\nTry it with nothing to configure: portcullis demo`,
    )
    .configureHelp({ showGlobalOptions: true })
    // What was typed may have been pasted from anywhere.
    .configureOutput({ writeOut: say, writeErr: tell })
    .showHelpAfterError('(portcullis --help lists the commands)')
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : EXITS.usage.code);
    });
  for (const command of COMMANDS) {
    addCommand(program, command, async (given) => {
      process.exitCode = await ended(async () => command.run(await context(command.readsSettings !== false), given));
    });
  }
  addHelp(program);
  await program.parseAsync([...argv]);

  async function context(readsSettings: boolean) {
    if (!readsSettings) return contextWithoutSettings(version, process.env);
    const { settings: file } = program.opts<{ settings: string }>();
    const asked = program.getOptionValueSource('settings') === 'cli';
    return contextOf({ env: process.env, file, asked, version });
  }
}
