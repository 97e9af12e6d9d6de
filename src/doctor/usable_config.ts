import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { GROUPS, type SettingName } from '../config/settings.ts';
import { ConfigError, type ConfigProblem } from '../util/errors.ts';

/** The settings as far as they can be used. */
export type UsableConfig = {
  /** With the default, or nothing, in the place of what is wrong. */
  readonly config: Config;
  /** What a run would refuse to start with. */
  readonly problems: readonly ConfigProblem[];
  /** The settings whose value here is not the one that was meant. */
  readonly broken: ReadonlySet<string>;
};

type Env = Readonly<Record<string, string | undefined>>;

/** In the place of what is required. No check uses them: each names the settings that it needs. */
const STAND_INS: Readonly<Record<string, string>> = {
  VAULT_URL: 'https://vault.invalid',
  VAULT_API_TOKEN: 'none.none.none',
};

/** Each time more is left out; in the end nothing is given. */
const MOST_TRIES = 8;

/**
 * Reads the settings as a run does, and when some are wrong once more without these, so that one mistake does not hide
 * what else there is to find. A group of which something is still missing then is left out as a whole.
 * @throws {ConfigError} never, as long as the defaults fit together
 */
export function usableConfig(env: Env): UsableConfig {
  const broken = new Set<string>();
  let problems: readonly ConfigProblem[] = [];
  for (let tries = 1; ; tries++) {
    try {
      const given = { ...env, ...Object.fromEntries([...broken].map((name) => [name, STAND_INS[name]])) };
      return { config: loadConfig(given), problems, broken };
    } catch (error) {
      if (!(error instanceof ConfigError) || tries === MOST_TRIES) throw error;
      if (tries === 1) problems = error.problems;
      for (const { setting } of error.problems) {
        if (broken.has(setting)) for (const name of groupOf(setting)) broken.add(name);
        broken.add(setting);
      }
    }
  }
}

const groupOf = (setting: string): readonly string[] =>
  Object.values(GROUPS)
    .map(({ settings }) => Object.keys(settings))
    .find((names) => names.includes(setting as SettingName)) ?? [];
