import type { SettingName } from '../config/settings.ts';
import { adviceOf, ConfigError, describeError } from '../util/errors.ts';
import type { World } from './world.ts';

/** `fail`: a run would not do its work. `warn`: it would, and somebody should know something. */
export type State = 'ok' | 'warn' | 'fail';

/** What a check came to: one sentence, and what to do about it where something is to be done. */
export type Found = { readonly state: State; readonly says: string; readonly todo: string | null };

/** One row of the table. */
export type Check = {
  readonly name: string;
  /** What it looks at. */
  readonly about: string;
  /** While one of these settings cannot be used there is nothing to look at. */
  readonly needs?: readonly SettingName[];
  readonly look: (world: World) => Promise<Found> | Found;
};

export const ok = (says: string): Found => ({ state: 'ok', says, todo: null });
export const warn = (says: string, todo: string | null): Found => ({ state: 'warn', says, todo });
export const fail = (says: string, todo: string | null): Found => ({ state: 'fail', says, todo });

/** INVARIANT: what was not looked at is never told as being well. */
export const notLooked = (why: string, todo: string | null = null): Found => warn(`not looked at: ${why}`, todo);

/** A secret of the vault that nobody said may be asked for. */
export const notAsked = (setting: SettingName): Found =>
  notLooked(
    `the secret is in the vault (${setting})`,
    '`portcullis doctor --ask` fetches it, as a run does: somebody may have to grant the request for it',
  );

/** What an error says and advises. A list of settings is one sentence here. */
export function faultOf(error: unknown): Found {
  if (error instanceof ConfigError) return fail(problemWords(error.problems), null);
  return fail(describeError(error), adviceOf(error));
}

/** At most so many problems of one kind are told; the command that is named beside them tells all. */
const MOST_TOLD = 6;

export function problemWords(problems: ConfigError['problems']): string {
  const told = problems.slice(0, MOST_TOLD).map(({ setting, message }) => `${setting}: ${message}`);
  const further = problems.length - told.length;
  return [...told, ...(further > 0 ? [`and ${further} more`] : [])].join('; ');
}
