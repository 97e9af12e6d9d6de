/** What every benchmark of this folder is: something that runs for a while and then has figures and a table. */

import type { Shares } from './window/shares.ts';

/** `quick` is a smoke test of a minute or two; `full` also holds the sizes that take hours. */
export type Extent = 'quick' | 'usual' | 'full';

/** The window of `recipe` and `wall`, and the upstreams around it. */
export type WindowOptions = {
  readonly shares: Shares;
  readonly vaultMs: number;
  readonly modelMs: number;
  /** Questions of the program at the same time; null for its own setting. */
  readonly atOnce: number | null;
  readonly deep: boolean;
  /** Whether the recipe reads an asset once, or again for every request about it. */
  readonly lookUps: 'asset' | 'request';
};

export type How = {
  readonly extent: Extent;
  /** Numbers of requests in place of the usual ones; null for those. */
  readonly sizes: readonly number[] | null;
  /** Folder for the CPU profiles of the measured runs; null for none. */
  readonly profiles: string | null;
  readonly window: WindowOptions;
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
