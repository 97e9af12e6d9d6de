import type { CommandContext } from './context/command_context.ts';

/**
 * What a command is. Its object is light and says how the command is called; `--help`, the reading of arguments and the
 * table in README.md are made from it. What it does stands in `handlers/` and is loaded when `run` is called.
 */
export type Command<A extends Arguments = Arguments, O extends Options = Options> = {
  /** One word, or two: `ledger verify` stands in the group `ledger`. */
  readonly name: string;
  readonly about: string;
  /** What it was called before. It can still be called so. */
  readonly olderName?: string;
  /** A command that has to work without any settings is not given any. */
  readonly readsSettings?: false;
  readonly arguments?: A;
  readonly options: O;
  /** Gives the exit code. */
  readonly run: (context: CommandContext, given: Given<A, O>) => Promise<number>;
};

/** An argument is shown as `<request-id>` (has to be given), `[file]` (may be) or `[files...]` (any number). */
type ArgumentRow = { readonly shown: `<${string}>` | `[${string}]`; readonly about: string };
type Arguments = Readonly<Record<string, ArgumentRow>>;

/** The key of a row is what the code calls the option, `flags` is how it is typed. */
type OptionRow = {
  /** `--json` is a switch, `--out <file>` takes a text, `--kind <kinds...>` takes several. */
  readonly flags: `--${string}`;
  readonly about: string;
  /** As it would be typed. */
  readonly default?: string;
  readonly choices?: readonly string[];
  readonly required?: true;
  /** @throws {InvalidArgumentError} of commander, in a sentence that says what is allowed */
  readonly parser?: (text: string) => unknown;
};
type Options = Readonly<Record<string, OptionRow>>;

type ArgumentValue<A extends ArgumentRow> = A['shown'] extends `[${string}...]`
  ? readonly string[]
  : A['shown'] extends `<${string}>`
    ? string
    : string | null;

type Typed<O extends OptionRow> = O extends { parser: (text: string) => infer T }
  ? T
  : O extends { choices: readonly (infer Choice)[] }
    ? Choice
    : string;

type OptionValue<O extends OptionRow> = O['flags'] extends `${string}...>`
  ? readonly Typed<O>[]
  : O['flags'] extends `${string}>`
    ? O extends { required: true } | { default: string }
      ? Typed<O>
      : Typed<O> | null
    : boolean;

/** What was typed, by the keys of the rows. What was left out is null, false or an empty list. */
export type Given<A extends Arguments, O extends Options> = { readonly [K in keyof A]: ArgumentValue<A[K]> } & {
  readonly [K in keyof O]: OptionValue<O[K]>;
};

/** Any of the commands. `run` is a method here, so that commands with different options fit into one list. */
export type AnyCommand = Omit<Command, 'run'> & {
  run(context: CommandContext, given: Readonly<Record<string, unknown>>): Promise<number>;
};

/** Takes the rows as they are written, so that `run` knows what it is given. */
export const command = <const O extends Options, const A extends Arguments = Record<never, never>>(
  made: Command<A, O>,
): Command<A, O> => made;

/** How it is called, such as `explain <request-id> [--run <id>] [--json]`. */
export function usageOf({ name, options, arguments: operands = {} }: AnyCommand): string {
  const shown = Object.values(operands).map((row) => row.shown);
  const typed = Object.values(options).map(({ flags, choices, required }) => {
    const text = choices === undefined ? flags : flags.replace(/<[^<>]{1,40}>/, choices.join('|'));
    return required === true ? text : `[${text}]`;
  });
  const [needed, further] = [
    shown.filter((text) => text.startsWith('<')),
    shown.filter((text) => text.startsWith('[')),
  ];
  return [name, ...needed, ...typed, ...further].join(' ');
}
