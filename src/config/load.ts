import { readFileSync } from 'node:fs';
import { compareRisk } from '../domain/risk.ts';
import { isPlainAddress } from '../text/mail_address.ts';
import { ConfigError, type ConfigProblem } from '../util/errors.ts';
import { certificatesIn } from './authority_file.ts';
import {
  AUTHORITY_FILES,
  type Authorities,
  type Config,
  configOf,
  FALLBACK_SETTINGS,
  fallbackOf,
  mailWanted,
} from './config.ts';
import { INTAKE_CHECKS, readIntakeTls } from './intake.ts';
import { isPlainBeyondThisMachine } from './kinds.ts';
import { SECRET_FILES, secretIn, withoutSecrets } from './secret_files.ts';
import type { Setting } from './setting.ts';
import { SETTINGS, type SettingName, type Values } from './settings.ts';

const names = Object.keys(SETTINGS) as SettingName[];
const readText = (path: string): string => readFileSync(path, 'utf8');

/**
 * Reads the whole configuration from a record of texts (`process.env` and `.env`, put together by the CLI).
 * `readFile` gives the text of the files named in it, in tests; `strange` is what else may be the cause when something is wrong,
 * such as a misspelt name.
 * @throws {ConfigError} listing every problem at once; secrets are never part of the message
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  readFile?: (path: string) => string,
  strange: readonly ConfigProblem[] = [],
): Config {
  const problems: ConfigProblem[] = [];
  const values = {} as Record<SettingName, unknown>;
  for (const name of names) {
    const read = readSetting(name, env[name]);
    // Null: given, though not usable. A check that asks whether something is given has to know.
    values[name] = 'problem' in read ? null : read.value;
    if ('problem' in read) problems.push({ setting: name, message: read.problem });
  }
  const broken = new Set(problems.map((p) => p.setting));
  for (const check of CROSS_CHECKS) {
    if (check.of.some((name) => broken.has(name))) continue;
    const message = check.problem(values as Values);
    if (message !== null) problems.push({ setting: check.of[0], message });
  }
  readSecrets(values, readFile, problems);
  const authorities = readAuthorities(values as Values, readFile ?? readText, problems);
  const intakeTls = readIntakeTls(values as Values, readFile ?? readText, problems);
  if (problems.length > 0) throw new ConfigError([...problems, ...strange]);
  return configOf(values as Values, authorities, intakeTls);
}

/**
 * Some of the settings, for commands that only read files and need neither vault nor model.
 * @throws {ConfigError} about these settings and no others
 */
export function loadSettings<N extends SettingName>(
  env: Readonly<Record<string, string | undefined>>,
  wanted: readonly N[],
): Pick<Values, N> {
  const problems: ConfigProblem[] = [];
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of wanted) {
    const read = readSetting(name, env[name]);
    if ('problem' in read) problems.push({ setting: name, message: read.problem });
    else values[name] = read.value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return values as Pick<Values, N>;
}

/**
 * Where to alert, from settings of which others may be wrong; null when nothing is configured or these are wrong too.
 * Never throws.
 */
export function loadFallback(env: Readonly<Record<string, string | undefined>>): Config['watching']['fallback'] {
  try {
    const values: Record<string, unknown> = { ...loadSettings(env, FALLBACK_SETTINGS) };
    readSecrets(values, undefined, []);
    return fallbackOf(values as Values, readAuthorities(values as Values, readText, []));
  } catch {
    return null;
  }
}

function readSetting(name: SettingName, given: string | undefined): { value: unknown } | { problem: string } {
  const setting: Setting = SETTINGS[name];
  // An empty line in `.env` means "not set", as everywhere.
  const text = given === undefined || given.trim() === '' ? setting.fallback : given;
  const parsed = setting.schema.safeParse(text);
  if (parsed.success) return { value: parsed.data };
  if (text === undefined) return { problem: `is required. ${setting.about}` };
  const allowed = [...new Set(parsed.error.issues.map((issue) => issue.message))].join('; ');
  const shown = setting.secret ? '(hidden)' : `\`${shownValue(text)}\``;
  const fallback = setting.fallback === undefined ? '' : ` (default \`${setting.fallback}\`)`;
  return { problem: `${shown} ${allowed}${fallback}` };
}

/** A wrong value as one line, and without what looks like a secret: people paste tokens into the wrong line. */
function shownValue(text: string): string {
  const address = /:\/\//.test(text) ? withoutUser(text).replace(/[?#].*/s, '…') : text;
  return withoutSecrets(address, 100);
}

function withoutUser(address: string): string {
  const [from, to] = [address.indexOf('//'), address.lastIndexOf('@')];
  return to > from ? `${address.slice(0, from)}//(hidden)${address.slice(to)}` : address;
}

type CrossCheck = {
  readonly of: readonly [SettingName, ...SettingName[]];
  readonly problem: (values: Values) => string | null;
};

const CROSS_CHECKS: readonly CrossCheck[] = [
  ...Object.entries(SECRET_FILES).map(([secret, file]): CrossCheck => {
    const [name, fileName] = [secret as keyof typeof SECRET_FILES, file];
    return {
      of: [name, fileName],
      problem: (v) =>
        v[name] !== undefined && v[fileName] !== undefined
          ? `and ${fileName} are both given: take out one of them`
          : null,
    };
  }),
  {
    of: ['VAULT_API_TOKEN', 'VAULT_API_TOKEN_FILE'],
    problem: (v) =>
      v.VAULT_API_TOKEN === undefined && v.VAULT_API_TOKEN_FILE === undefined
        ? 'is required, or VAULT_API_TOKEN_FILE. Bearer token of the user the agent acts as.'
        : null,
  },
  {
    of: ['ALERT_FALLBACK_SECRET', 'ALERT_FALLBACK_SECRET_FILE', 'ALERT_FALLBACK_URL'],
    problem: (v) => {
      const signed = v.ALERT_FALLBACK_SECRET !== undefined || v.ALERT_FALLBACK_SECRET_FILE !== undefined;
      if (signed === (v.ALERT_FALLBACK_URL !== undefined)) return null;
      return signed
        ? 'is given without ALERT_FALLBACK_URL: nothing would be sent'
        : 'is required with ALERT_FALLBACK_URL, or ALERT_FALLBACK_SECRET_FILE: nobody could tell who sent a message';
    },
  },
  {
    of: ['STALE_REQUEST_DAYS', 'REQUEST_LOOKBACK_DAYS'],
    problem: (v) =>
      v.STALE_REQUEST_DAYS < v.REQUEST_LOOKBACK_DAYS
        ? null
        : `\`${v.STALE_REQUEST_DAYS}\` must be below REQUEST_LOOKBACK_DAYS (\`${v.REQUEST_LOOKBACK_DAYS}\`), or stale requests are never seen`,
  },
  {
    of: ['RISK_THRESHOLD_APPROVE', 'RISK_THRESHOLD_REJECT'],
    problem: (v) =>
      compareRisk(v.RISK_THRESHOLD_APPROVE, v.RISK_THRESHOLD_REJECT) <= 0
        ? null
        : `\`${v.RISK_THRESHOLD_APPROVE}\` must not be above RISK_THRESHOLD_REJECT (\`${v.RISK_THRESHOLD_REJECT}\`)`,
  },
  {
    of: ['OPENAI_BASE_URL', 'OPENAI_ALLOW_HTTP'],
    problem: ({ OPENAI_BASE_URL: url, OPENAI_ALLOW_HTTP: allowed }) =>
      url === undefined || allowed || !isPlainBeyondThisMachine(url)
        ? null
        : `\`${shownValue(url)}\` may be plain http on this machine only; elsewhere it must be https, or OPENAI_ALLOW_HTTP=true says that everybody on the way may read the key`,
  },
  {
    // To a model on this machine plain http is fine; to a proxy the key would travel in the clear.
    of: ['OPENAI_BASE_URL', 'OPENAI_PROXY'],
    problem: (v) =>
      v.OPENAI_PROXY !== undefined && v.OPENAI_BASE_URL?.startsWith('https:') === false
        ? `\`${v.OPENAI_BASE_URL}\` must be https when OPENAI_PROXY is set, or the key would travel to the proxy in the clear`
        : null,
  },
  ...(['MAX_USD_PER_RUN', 'MAX_USD_PER_DAY'] as const).map(
    (ceiling): CrossCheck => ({
      of: ['ALERT_USD_PER_RUN', ceiling],
      problem: (v) =>
        v.ALERT_USD_PER_RUN === undefined || v.ALERT_USD_PER_RUN < (v[ceiling] ?? Number.POSITIVE_INFINITY)
          ? null
          : `\`${v.ALERT_USD_PER_RUN}\` must be below ${ceiling} (\`${v[ceiling]}\`), or nobody is warned before the ceiling`,
    }),
  ),
  ...(['ALERT_TENANT_ID', 'ALERT_CLIENT_ID', 'ALERT_SENDER_EMAIL', 'ALERT_RECIPIENT_EMAILS'] as const).map(
    (name): CrossCheck => ({
      of: [name],
      problem: (v) =>
        mailWanted(v) && v[name] === undefined ? 'is required as soon as one of the mail settings is given' : null,
    }),
  ),
  {
    of: ['ALERT_SECRET_ASSET_ID', 'ALERT_CLIENT_SECRET'],
    problem: (v) =>
      mailWanted(v) && v.ALERT_SECRET_ASSET_ID === undefined && v.ALERT_CLIENT_SECRET === undefined
        ? 'is required as soon as one of the mail settings is given (or, for trials, ALERT_CLIENT_SECRET)'
        : null,
  },
  ...(['ALERT_SENDER_EMAIL', 'ALERT_RECIPIENT_EMAILS'] as const).map(
    (name): CrossCheck => ({
      of: [name, 'ALERT_MAIL_FORMAT'],
      problem: (v) => {
        const odd =
          v.ALERT_MAIL_FORMAT === 'mime' ? [v[name] ?? []].flat().find((one) => !isPlainAddress(one)) : undefined;
        return odd === undefined ? null : `\`${shownValue(odd)}\` cannot stand in a MIME mail (ALERT_MAIL_FORMAT)`;
      },
    }),
  ),
  ...INTAKE_CHECKS,
];

/** Puts what the files hold in the place of the settings that they stand for. */
function readSecrets(
  values: Partial<Record<SettingName, unknown>>,
  readFile: ((path: string) => string) | undefined,
  problems: ConfigProblem[],
): void {
  for (const [secret, file] of Object.entries(SECRET_FILES)) {
    const [name, fileName] = [secret as keyof typeof SECRET_FILES, file];
    const path = values[fileName];
    if (typeof path !== 'string' || values[name] !== undefined) continue;
    const read = secretIn(path, SETTINGS[name], readFile);
    if ('value' in read) values[name] = read.value;
    else problems.push({ setting: fileName, message: read.problem });
  }
}

function readAuthorities(values: Values, readFile: (path: string) => string, problems: ConfigProblem[]): Authorities {
  const texts: { -readonly [N in keyof Authorities]: string } = {};
  for (const name of AUTHORITY_FILES) {
    const path = values[name];
    if (!path) continue;
    try {
      const read = certificatesIn(readFile(path));
      if ('pem' in read) texts[name] = read.pem;
      else problems.push({ setting: name, message: `\`${path}\` ${read.problem}` });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
      problems.push({ setting: name, message: `\`${path}\` cannot be read: ${code}` });
    }
  }
  return texts;
}
