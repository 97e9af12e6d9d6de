/** What every benchmark of this folder is: something that runs for a while and then has figures and a table. */

/** `quick` is a smoke test of a minute or two; `full` also holds the sizes that take hours. */
export type Extent = 'quick' | 'usual' | 'full';

export type How = {
  readonly extent: Extent;
  /** Numbers of requests in place of the usual ones; null for those. */
  readonly sizes: readonly number[] | null;
  /** Folder for the CPU profiles of the measured runs; null for none. */
  readonly profiles: string | null;
  /** Tells whoever waits what is going on. */
  readonly say: (line: string) => void;
};

export type Result = {
  /** Goes into the JSON document as it is. */
  readonly figures: Readonly<Record<string, unknown>>;
  /** The same for people: Markdown. */
  readonly text: string;
};

export type Benchmark = { readonly about: string; run(how: How): Promise<Result> };
