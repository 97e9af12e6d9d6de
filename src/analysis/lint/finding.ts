import type { Place } from '../../policy/place.ts';

/** What is worth a person's while about a policy folder that loads. */
export type CheckFinding = {
  readonly level: keyof typeof LEVELS;
  /** The name of the check that found it. */
  readonly check: string;
  readonly message: string;
  readonly place: Place | null;
};

/** An error is the exit code; a warning may be meant; a note is only worth knowing. */
export const LEVELS = {
  error: '✗',
  warning: '!',
  note: '·',
} as const satisfies Record<string, string>;
