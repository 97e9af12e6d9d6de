import type { z } from 'zod';

/**
 * One row of the settings: what the text in the environment must look like, its default and what it is for. It feeds the
 * loader, the error messages, `.env.example` and the tables in the docs.
 */
export type Setting = {
  readonly schema: z.ZodType;
  /** The text that stands for "not set"; a setting without one may stay empty. */
  readonly fallback?: string;
  /** Never shown, not even in the message that says what is wrong with it. */
  readonly secret?: true;
  /** It may stay empty, but only where another one takes its place: `.env.example` asks for it. */
  readonly needed?: true;
  readonly about: string;
};
/** The rows of one group by their names in the environment. */
export type Settings = Readonly<Record<string, Setting>>;
