import { isLoopback } from '../http/own_host.ts';
import type { ConfigProblem } from '../util/errors.ts';
import { withoutSecrets } from './secret_files.ts';
import type { INTAKE } from './settings/intake.ts';
import type { SettingName, Values } from './settings.ts';

type IntakeValues = Pick<Values, keyof typeof INTAKE>;

/** What is shown to whoever connects, as PEM. */
export type IntakeTls = {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
};

/** Null when nobody may ask. */
export const intakeOf = (v: IntakeValues, tls: IntakeTls | null) =>
  v.INTAKE_PORT === 0
    ? null
    : {
        ...{ port: v.INTAKE_PORT, host: v.INTAKE_HOST, names: v.INTAKE_NAMES ?? [], tls },
        /** One, or two while it is replaced. */
        secrets: v.INTAKE_SECRET?.split(' ') ?? [],
        token: v.INTAKE_TOKEN,
        behindProxy: v.INTAKE_BEHIND_PROXY,
        perMinute: v.INTAKE_REQUESTS_PER_MINUTE,
      };

type IntakeCheck = {
  readonly of: readonly [SettingName, ...SettingName[]];
  readonly problem: (v: Values) => string | null;
};

export const INTAKE_CHECKS: readonly IntakeCheck[] = [
  {
    of: ['INTAKE_SECRET', 'INTAKE_SECRET_FILE', 'INTAKE_PORT'],
    problem: (v) =>
      v.INTAKE_PORT !== 0 && v.INTAKE_SECRET === undefined && v.INTAKE_SECRET_FILE === undefined
        ? 'is required with INTAKE_PORT, or INTAKE_SECRET_FILE: anybody could ask for runs'
        : null,
  },
  {
    of: ['INTAKE_TLS_CERT', 'INTAKE_TLS_KEY'],
    problem: (v) =>
      (v.INTAKE_TLS_CERT === undefined) === (v.INTAKE_TLS_KEY === undefined)
        ? null
        : 'and INTAKE_TLS_KEY belong together: one of them is missing',
  },
  {
    // INVARIANT: neither the token nor a decision travels in the clear beyond this machine, unless somebody says who ends TLS.
    of: ['INTAKE_HOST', 'INTAKE_PORT', 'INTAKE_TLS_CERT', 'INTAKE_BEHIND_PROXY'],
    problem: (v) =>
      v.INTAKE_PORT === 0 || isLoopback(v.INTAKE_HOST) || v.INTAKE_TLS_CERT !== undefined || v.INTAKE_BEHIND_PROXY
        ? null
        : `\`${v.INTAKE_HOST}\` can be reached from other machines: set INTAKE_TLS_CERT and INTAKE_TLS_KEY, or INTAKE_BEHIND_PROXY=true where a proxy ends TLS`,
  },
  {
    of: ['INTAKE_PORT', 'HEALTH_PORT'],
    problem: (v) =>
      v.INTAKE_PORT !== 0 && v.INTAKE_PORT === v.HEALTH_PORT
        ? `\`${v.INTAKE_PORT}\` is HEALTH_PORT as well: each needs its own`
        : null,
  },
];

/** The two files, when both are named and are a pair. */
export function readIntakeTls(
  { INTAKE_TLS_CERT: certFile, INTAKE_TLS_KEY: keyFile }: Partial<IntakeValues>,
  readFile: (path: string) => string,
  problems: ConfigProblem[],
): IntakeTls | null {
  if (!certFile || !keyFile) return null;
  const read = (setting: SettingName, path: string): string | null => {
    try {
      return readFile(path);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
      problems.push({ setting, message: `\`${withoutSecrets(path, 200)}\` cannot be read: ${code}` });
      return null;
    }
  };
  const [cert, key] = [read('INTAKE_TLS_CERT', certFile), read('INTAKE_TLS_KEY', keyFile)];
  if (cert === null || key === null) return null;
  try {
    // Loaded here, because most commands read settings and speak to nobody.
    process.getBuiltinModule('node:tls').createSecureContext({ cert, key });
    return { certFile, keyFile, cert, key };
  } catch (error) {
    // Its message may quote the file.
    const { code = 'unusable' } = error as NodeJS.ErrnoException;
    problems.push({ setting: 'INTAKE_TLS_CERT', message: `and INTAKE_TLS_KEY hold no pair in PEM: ${code}` });
    return null;
  }
}
