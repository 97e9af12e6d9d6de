/** What a command is told about the world: put together by the CLI, the only reader of the environment. */
export type CommandContext = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The names that the `.env` file sets. */
  readonly fileNames: readonly string[];
  /** The folder of the package, with the prompts and policies that came with it. */
  readonly home: string;
  readonly version: string;
};
