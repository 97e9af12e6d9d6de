import { Argument, type Command as Commander, Option } from 'commander';
import { type AnyCommand, usageOf } from './command.ts';
import { COMMAND_GROUPS } from './table.ts';

type Values = Readonly<Record<string, unknown>>;

/** Teaches the command line one of our commands, under its name and under the one it had before. */
export function addCommand(program: Commander, command: AnyCommand, run: (given: Values) => Promise<void>): void {
  const { name, olderName, about } = command;
  addNamed(program, name, command, run).description(plain(about));
  if (olderName === undefined) return;
  addNamed(program, olderName, command, run)
    .summary(`older name of ${name}`)
    .description(`${plain(about)}\n\nThis is the older name of portcullis ${name}.`)
    .helpGroup(OLDER_NAMES);
}

const OLDER_NAMES = 'Older names, which go on working:';

function addNamed(program: Commander, name: string, command: AnyCommand, run: (given: Values) => Promise<void>) {
  const words = name.split(' ');
  const parent = words.length === 1 ? program : groupOf(program, words[0] ?? '');
  const made = parent
    .command(words.at(-1) ?? '')
    .usage(usageOf(command).slice(command.name.length + 1))
    .showHelpAfterError(`(portcullis ${name} --help lists what it takes)`);
  const operands = Object.entries(command.arguments ?? {});
  for (const [, { shown, about }] of operands) made.addArgument(new Argument(shown, plain(about)));
  const options = Object.entries(command.options).map(([key, row]) => [key, optionOf(row)] as const);
  for (const [, option] of options) made.addOption(option);
  return made.action(() => {
    const typed = operands.map(([key], at) => [key, made.processedArgs[at] ?? null] as const);
    const chosen = options.map(([key, option]) => [key, made.getOptionValue(option.attributeName()) ?? unset(option)]);
    return run(Object.fromEntries([...typed, ...chosen]));
  });
}

function groupOf(program: Commander, name: string): Commander {
  const there = program.commands.find((one) => one.name() === name);
  if (there !== undefined) return there;
  const { about = '', older = false } = COMMAND_GROUPS[name] ?? {};
  const group = program.command(name).summary(`${about} (see ${name} --help)`).description(about);
  if (older) group.helpGroup(OLDER_NAMES);
  return group.showHelpAfterError(`(portcullis ${name} --help lists the commands)`);
}

function optionOf({
  flags,
  about,
  default: fallback,
  choices,
  required,
  parser,
}: AnyCommand['options'][string]): Option {
  const option = new Option(flags, plain(about)).makeOptionMandatory(required === true);
  if (choices !== undefined) option.choices(choices);
  if (parser !== undefined) option.argParser(parser);
  return fallback === undefined ? option : option.default(parser?.(fallback) ?? fallback, fallback);
}

/** What stands for an option that was not given. */
const unset = (option: Option): unknown => (option.isBoolean() ? false : option.variadic ? [] : null);

/** `help ledger verify` and `ledger verify --help` are the same. */
export function addHelp(program: Commander): void {
  program
    .helpCommand(false)
    .command('help')
    .argument('[command...]')
    .description('the help of a command')
    .action((words: readonly string[]) => {
      const found = words.reduce<Commander | undefined>(
        (at, word) => at?.commands.find((one) => one.name() === word),
        program,
      );
      if (found === undefined) program.error(`error: unknown command '${words.join(' ')}'`);
      else found.help();
    });
}

/** The texts are written for Markdown; a terminal shows no backticks. */
const plain = (text: string): string => text.replaceAll('`', '');
