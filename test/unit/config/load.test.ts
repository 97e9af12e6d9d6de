import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issue } from '../../../simulator/certificates.ts';
import { loadConfig, loadFallback } from '../../../src/config/load.ts';
import type { Setting } from '../../../src/config/setting.ts';
import { GROUPS, SETTINGS, type SettingName } from '../../../src/config/settings.ts';
import { ConfigError } from '../../../src/util/errors.ts';
import { tempFolder } from '../../helpers/requests.ts';
import { examples } from '../../suite/property_runs.ts';
import { DEFAULTS, MAY_STAY_EMPTY, REQUIRED } from './settings_of_design.ts';

const MINIMAL = { VAULT_URL: 'https://vault.example.com:6443/ztna/acme', VAULT_API_TOKEN: 'eyJh.eyJv.c2ln' };
const MAIL = {
  ALERT_TENANT_ID: 't',
  ALERT_CLIENT_ID: 'c',
  ALERT_SECRET_ASSET_ID: 'asset-1',
  ALERT_SENDER_EMAIL: 'agent@example.com',
  ALERT_RECIPIENT_EMAILS: 'lead@example.com, soc@example.com',
};
const FALLBACK = {
  ALERT_FALLBACK_URL: 'https://hooks.example.com/p4th?key=1',
  ALERT_FALLBACK_SECRET: 'a secret of twenty-four or more',
};
const PEM = oneForm((await issue({ name: 'An authority', authority: true })).cert);
const OTHER_PEM = oneForm((await issue({ name: 'Another one', authority: true })).cert);
const INTAKE = { INTAKE_PORT: '9465', INTAKE_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
const fileWith = (text: string): string => {
  const file = join(tempFolder(), 'secret');
  writeFileSync(file, text);
  return file;
};
const load = (env: Record<string, string | undefined>, readFile?: (path: string) => string) =>
  loadConfig({ ...MINIMAL, ...env }, readFile);

/** The problems by setting; an empty record when there are none. */
function problemsOf(
  env: Record<string, string | undefined>,
  readFile?: (path: string) => string,
): Record<string, string> {
  try {
    load(env, readFile);
    return {};
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return Object.fromEntries(error.problems.map(({ setting, message }) => [setting, message]));
  }
}

describe('The defaults', () => {
  test('are those of the design', () => {
    for (const [name, value] of Object.entries(DEFAULTS)) {
      const { schema, fallback }: Setting = SETTINGS[name as SettingName];
      expect(schema.parse(fallback), name).toEqual(value);
    }
  });

  test('exist for everything but what the design requires or lets stay empty', () => {
    for (const name of [...REQUIRED, ...MAY_STAY_EMPTY])
      expect((SETTINGS[name] as Setting).fallback, name).toBeUndefined();
    for (const name of REQUIRED) expect(Object.keys(problemsOf({ [name]: undefined }))).toEqual([name]);
    for (const name of MAY_STAY_EMPTY) expect(SETTINGS[name].schema.safeParse(undefined).success, name).toBe(true);
  });

  test('let nothing be done without a person', () => {
    expect(load({}).actions).toEqual({
      autonomous: false,
      autoApprove: false,
      autoReject: false,
      autoCloseStale: false,
      autoCloseExpired: false,
      actionAssetId: undefined,
      concurrency: 8,
      planExpiryMs: 60 * 60_000,
      approveUpTo: 'low',
      rejectFrom: 'critical',
      confidenceNeeded: 0.85,
      staleDays: 7,
    });
    expect(load({}).mail).toBeNull();
    expect(load({}).vault.tlsInsecure).toBe(false);
  });

  test.each(['0', '1', '0.85', '0.9', '1.0', ' 0.5 '])('take %j for a confidence', (given) => {
    expect(load({ CONFIDENCE_THRESHOLD: given }).actions.confidenceNeeded).toBe(Number(given));
  });

  test.each(['85', '85%', '0,85', '1.01', '-0.5', '.85', 'NaN', '1e-1', 'off'])(
    'take no %j for a confidence',
    (given) => {
      expect(Object.keys(problemsOf({ CONFIDENCE_THRESHOLD: given }))).toEqual(['CONFIDENCE_THRESHOLD']);
    },
  );

  test('read a million requests, also from a vault that gives fifty at a time and each last one again', () => {
    const { pageSize, maxPages } = load({}).vault;
    expect(Math.min(pageSize, 50 - 1) * maxPages).toBeGreaterThanOrEqual(1_000_000);
  });

  test('stand for a setting that is empty or blank too', () => {
    const names = Object.keys(SETTINGS).filter((name) => !(REQUIRED as readonly string[]).includes(name));
    for (const blank of ['', '  ', '\t']) {
      expect(load(Object.fromEntries(names.map((name) => [name, blank])))).toEqual(load({}));
    }
    expect(problemsOf({ VAULT_API_TOKEN: ' ' }).VAULT_API_TOKEN).toMatch(/^is required/);
  });
});

describe('What is wrong', () => {
  const WRONG = {
    VAULT_URL: 'http://vault.example.com',
    VAULT_API_TOKEN: 'not-a-token-SECRET',
    VAULT_PAGE_SIZE: '0',
    VAULT_TLS_INSECURE: 'maybe',
    OFF_HOURS_TIMEZONE: 'Middle/Earth',
    RISK_THRESHOLD_APPROVE: 'tiny',
    SCHEDULE_CRON: 'now and then',
    ALERT_SENDER_EMAIL: 'nobody',
    VAULT_PATH_LIST: 'list',
    LOG_LEVEL: 'loud',
  };

  test('is listed all at once, each with its name, its value, what is allowed and the default', () => {
    const problems = problemsOf(WRONG);
    // A mail setting that is given, even a wrong one, asks for the others too.
    const missing = ['ALERT_TENANT_ID', 'ALERT_CLIENT_ID', 'ALERT_RECIPIENT_EMAILS', 'ALERT_SECRET_ASSET_ID'];
    expect(Object.keys(problems).sort()).toEqual([...Object.keys(WRONG), ...missing].sort());
    expect(problems.VAULT_PAGE_SIZE).toBe('`0` must be a whole number from 10 to 1000 (default `200`)');
    expect(problems.LOG_LEVEL).toBe(
      '`loud` must be one of `debug`, `info`, `warn`, `error`, `silent` (default `info`)',
    );
  });

  test('is one line each, whatever the value holds', () => {
    const problems = problemsOf({ LOG_LEVEL: 'a\nb\u001b[31m\u202ec', REPORT_DIR: '\u0000' });
    for (const message of Object.values(problems)) expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test('never turns into a default or into anything else', () => {
    const names = Object.keys(SETTINGS) as SettingName[];
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ unit: 'binary', maxLength: 20 }), (name, text) => {
        const { schema }: Setting = SETTINGS[name];
        const wanted = text.trim() === '' ? undefined : schema.safeParse(text);
        const problems = problemsOf({ ...MAIL, [name]: text }, () => PEM);
        if (wanted !== undefined && !wanted.success) expect(problems).toHaveProperty(name);
      }),
      { numRuns: examples(500) },
    );
  });

  test('includes an address that a MIME mail has no way to write, but only for such a mail', () => {
    const addresses = {
      ...MAIL,
      ALERT_SENDER_EMAIL: 'jörg@example.com',
      ALERT_RECIPIENT_EMAILS: 'a@b.example,c(d)@b.example',
    };
    expect(problemsOf(addresses)).toEqual({});
    expect(problemsOf({ ...addresses, ALERT_MAIL_FORMAT: 'mime' })).toEqual({
      ALERT_SENDER_EMAIL: '`jörg@example.com` cannot stand in a MIME mail (ALERT_MAIL_FORMAT)',
      ALERT_RECIPIENT_EMAILS: '`c(d)@b.example` cannot stand in a MIME mail (ALERT_MAIL_FORMAT)',
    });
  });

  test('is never said with a secret in it', () => {
    const secrets = (Object.keys(SETTINGS) as SettingName[]).filter((name) => (SETTINGS[name] as Setting).secret);
    const known = [
      'ALERT_CLIENT_SECRET',
      'ALERT_FALLBACK_SECRET',
      'ALERT_FALLBACK_URL',
      'HEARTBEAT_URL',
      'INTAKE_SECRET',
      'INTAKE_TOKEN',
      'LEDGER_KEY',
      'OPENAI_API_KEY',
      'VAULT_API_TOKEN',
    ];
    // They may hold a user and a password.
    known.push('ALERT_PROXY', 'OPENAI_PROXY', 'VAULT_PROXY');
    expect(secrets.sort()).toEqual(known.sort());
    expect(problemsOf({ LEDGER_KEY: 'SECRET, but short' }).LEDGER_KEY).toBe(
      '(hidden) must be at least 32 characters long',
    );
    expect(problemsOf({ VAULT_API_TOKEN: 'SECRET value' }).VAULT_API_TOKEN).toBe(
      '(hidden) must be a JSON Web Token: three parts joined by dots',
    );
    // A secret in the wrong place is one all the same.
    for (const [name, value] of [
      ['VAULT_URL', 'https://agent:SECRET@vault.example.com'],
      ['VAULT_URL', 'https://:SECRET@vault.example.com'],
      ['VAULT_URL', 'https://agent:a/SECRET@vault.example.com'],
      ['VAULT_URL', 'https://vault.example.com/?token=SECRET'],
      ['VAULT_URL', 'https://vault.example.com/#SECRET'],
      ['OPENAI_BASE_URL', 'http://user:SECRET@llm.example.com'],
      ['VAULT_URL', 'eyJSECRETaaaaaaaaaa.eyJSECRETaaaaaaaaa.SECRET'],
      ['OPENAI_BASE_URL', 'sk-SECRETaaaaaaaaaaaaaaaaaaaa'],
      ['VAULT_PROXY', 'agent:SECRET@proxy.example.com:3128'],
      ['OPENAI_PROXY', 'socks5://agent:SECRET@proxy.example.com'],
      ['ALERT_PROXY', 'http://agent:SECRET%ZZ@proxy.example.com'],
    ] as const) {
      const message = problemsOf({ [name]: value })[name];
      expect(message, value).toBeTruthy();
      expect(message).not.toContain('SECRET');
    }
  });
});

describe('The days that are off-hours as a whole', () => {
  test('are days of the week, in any case and with blanks, and dates of one year or of every year', () => {
    expect(load({ OFF_HOURS_DAYS: 'Sat, SUN', OFF_HOURS_HOLIDAYS: '2026-12-24, 12-25 ,02-29' }).analysis).toMatchObject(
      {
        officeHours: { days: ['sat', 'sun'], holidays: ['2026-12-24', '12-25', '02-29'] },
      },
    );
    expect(load({}).analysis.officeHours).toMatchObject({ days: [], holidays: [] });
  });

  test.each([
    ['OFF_HOURS_DAYS', 'saturday'],
    ['OFF_HOURS_DAYS', 'sat;sun'],
    ['OFF_HOURS_HOLIDAYS', '2026-02-30'],
    ['OFF_HOURS_HOLIDAYS', '2027-02-29'],
    ['OFF_HOURS_HOLIDAYS', '02-30'],
    ['OFF_HOURS_HOLIDAYS', '24.12.2026'],
    ['OFF_HOURS_HOLIDAYS', '12-25,'],
    ['OFF_HOURS_HOLIDAYS', '2026-12'],
    ['MAX_DAYS_AHEAD', '0'],
  ])('%s=%s is an error with its name', (name, value) => {
    expect(Object.keys(problemsOf({ [name]: value }))).toEqual([name]);
  });
});

describe('Settings that have to fit each other', () => {
  test.each<[string, Record<string, string>, string]>([
    ['stale later than the window is long', { STALE_REQUEST_DAYS: '30' }, 'STALE_REQUEST_DAYS'],
    [
      'stale exactly as late as the window is long',
      { STALE_REQUEST_DAYS: '7', REQUEST_LOOKBACK_DAYS: '7' },
      'STALE_REQUEST_DAYS',
    ],
    [
      'approving above rejecting',
      { RISK_THRESHOLD_APPROVE: 'critical', RISK_THRESHOLD_REJECT: 'high' },
      'RISK_THRESHOLD_APPROVE',
    ],
    [
      'a warning that comes behind the ceiling of a run',
      { ALERT_USD_PER_RUN: '5', MAX_USD_PER_RUN: '5' },
      'ALERT_USD_PER_RUN',
    ],
    [
      'a warning that comes behind the ceiling of a day',
      { ALERT_USD_PER_RUN: '5', MAX_USD_PER_DAY: '2' },
      'ALERT_USD_PER_RUN',
    ],
    ['a model on another machine without TLS', { OPENAI_BASE_URL: 'http://10.0.0.1:11434/v1' }, 'OPENAI_BASE_URL'],
    [
      'a model without TLS behind a proxy, allowed or not',
      {
        ...{ OPENAI_BASE_URL: 'http://10.0.0.1:11434/v1', OPENAI_ALLOW_HTTP: 'true' },
        OPENAI_PROXY: 'http://proxy.example.com:3128',
      },
      'OPENAI_BASE_URL',
    ],
    [
      'a model without TLS behind a proxy',
      { OPENAI_BASE_URL: 'http://localhost:11434/v1', OPENAI_PROXY: 'http://proxy.example.com:3128' },
      'OPENAI_BASE_URL',
    ],
    ['mail without a tenant', { ...MAIL, ALERT_TENANT_ID: '' }, 'ALERT_TENANT_ID'],
    ['mail without a client', { ...MAIL, ALERT_CLIENT_ID: '' }, 'ALERT_CLIENT_ID'],
    ['mail without a sender', { ...MAIL, ALERT_SENDER_EMAIL: '' }, 'ALERT_SENDER_EMAIL'],
    ['mail without anybody who gets it', { ...MAIL, ALERT_RECIPIENT_EMAILS: '' }, 'ALERT_RECIPIENT_EMAILS'],
    ['mail without a secret', { ...MAIL, ALERT_SECRET_ASSET_ID: '' }, 'ALERT_SECRET_ASSET_ID'],
  ])('%s is a problem', (_what, env, setting) => {
    expect(Object.keys(problemsOf(env))).toEqual([setting]);
  });

  test('one mail setting alone names all the others that are missing', () => {
    expect(Object.keys(problemsOf({ ALERT_CLIENT_SECRET: 'x' })).sort()).toEqual([
      'ALERT_CLIENT_ID',
      'ALERT_RECIPIENT_EMAILS',
      'ALERT_SENDER_EMAIL',
      'ALERT_TENANT_ID',
    ]);
  });

  test('that fit are taken', () => {
    expect(load({ ALERT_USD_PER_RUN: '1', MAX_USD_PER_RUN: '2', MAX_USD_PER_DAY: '2' }).money.alertPerRun).toBe(1);
    const proxied = { OPENAI_BASE_URL: 'https://localhost:11434/v1', OPENAI_PROXY: 'http://proxy.example.com:3128' };
    expect(load(proxied).model).toMatchObject({ baseUrl: proxied.OPENAI_BASE_URL, proxy: proxied.OPENAI_PROXY });
    const plain = { OPENAI_BASE_URL: 'http://10.0.0.1:11434/v1', OPENAI_ALLOW_HTTP: 'true' };
    expect(load(plain).model.baseUrl).toBe(plain.OPENAI_BASE_URL);
    expect(load({ RISK_THRESHOLD_APPROVE: 'high', RISK_THRESHOLD_REJECT: 'high' }).actions.approveUpTo).toBe('high');
    expect(load({ STALE_REQUEST_DAYS: '29' }).actions.staleDays).toBe(29);
    expect(load(MAIL).mail).toMatchObject({
      tenantId: 't',
      recipients: ['lead@example.com', 'soc@example.com'],
      secretAssetId: 'asset-1',
      clientSecret: undefined,
    });
  });
});

describe('A file of a private authority', () => {
  test('is read, and its text is what counts', () => {
    const file = join(tempFolder(), 'ca.pem');
    writeFileSync(file, PEM);
    expect(load({ VAULT_CA_FILE: file }).vault.ca).toBe(PEM);
  });

  test.each([
    ['one after the other', () => `${PEM}${OTHER_PEM}`],
    ['joined without a line break', () => `${PEM.trim()}${OTHER_PEM.trim()}`],
    ['with line ends of Windows', () => `${PEM}${OTHER_PEM}`.replaceAll('\n', '\r\n')],
    [
      'with what `openssl x509 -text` writes, and a mark of the byte order',
      () => `\ufeffCertificate:\n  Data: 1\n${PEM}\nroot\n${OTHER_PEM}`,
    ],
  ])('may hold several: %s', (_how, text) => {
    const file = join(tempFolder(), 'bundle.pem');
    writeFileSync(file, text());
    expect(load({ VAULT_CA_FILE: file }).vault.ca).toBe(`${PEM}${OTHER_PEM}`);
  });

  test.each([
    [
      'cut in the middle',
      () => `${PEM}${OTHER_PEM.slice(0, 200)}`,
      /holds as number 2 of 2 a certificate without an end/,
    ],
    [
      'damaged',
      () => PEM.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA'),
      /holds a certificate that cannot be read: copy it anew$/,
    ],
    [
      'of DER',
      () => Buffer.from(PEM.split('\n').slice(1, -2).join(''), 'base64'),
      /looks binary: `openssl x509 -inform der/,
    ],
    [
      'of a key',
      () => '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n',
      /holds a key and no PEM certificate$/,
    ],
  ])('%s is refused, with the reason', (_what, text, reason) => {
    const file = join(tempFolder(), 'ca.pem');
    writeFileSync(file, text());
    expect(problemsOf({ VAULT_CA_FILE: file }).VAULT_CA_FILE).toMatch(reason);
  });

  test('that is missing or holds something else is one of the problems', () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'empty.pem'), '');
    const problems = problemsOf({
      VAULT_CA_FILE: join(folder, 'nothing.pem'),
      OPENAI_CA_FILE: join(folder, 'empty.pem'),
      ALERT_CA_FILE: folder,
      LOG_LEVEL: 'loud',
    });
    expect(problems.VAULT_CA_FILE).toMatch(/cannot be read: ENOENT$/);
    expect(problems.OPENAI_CA_FILE).toMatch(/holds no PEM certificate$/);
    expect(problems.ALERT_CA_FILE).toMatch(/cannot be read: EISDIR$/);
    expect(problems.LOG_LEVEL).toBeTruthy();
  });
});

describe('A secret in a file', () => {
  const FROM_FILE = { VAULT_API_TOKEN: undefined };

  test.each(['a.b.c', 'a.b.c\n', ' a.b.c\r\n', '\ufeffa.b.c\n'])(
    '%j is the token, without what stands around it',
    (text) => {
      const file = fileWith(text);
      expect(load({ ...FROM_FILE, VAULT_API_TOKEN_FILE: file }).vault).toMatchObject({
        token: 'a.b.c',
        tokenFile: file,
      });
    },
  );

  test('is the one of the receiver of alerts, too', () => {
    const file = fileWith('a secret of twenty-four or more\n');
    const { watching } = load({ ALERT_FALLBACK_URL: FALLBACK.ALERT_FALLBACK_URL, ALERT_FALLBACK_SECRET_FILE: file });
    expect(watching.fallback).toMatchObject({
      url: FALLBACK.ALERT_FALLBACK_URL,
      secret: 'a secret of twenty-four or more',
    });
  });

  test.each<[string, () => string, RegExp]>([
    ['is missing', () => join(tempFolder(), 'nothing'), /does not exist$/],
    ['is empty', () => fileWith(' \n'), /is empty$/],
    ['is a folder', () => tempFolder(), /cannot be read: EISDIR$/],
    ['is a device that never ends', () => '/dev/zero', /is not a small regular file$/],
    ['holds something else', () => fileWith('SECRET but no token'), /must be a JSON Web Token/],
    ['holds two lines', () => fileWith('a.b.c\nd.e.f\n'), /must be a JSON Web Token/],
    ['is the token itself', () => 'eyJSECRETaaaaaaaaaa.eyJSECRETaaaaaaaaa.SECRET', /`\(hidden\)` does not exist$/],
  ])('that %s is a problem of its setting, which holds nothing of it', (_, file, says) => {
    const problems = problemsOf({ ...FROM_FILE, VAULT_API_TOKEN_FILE: file(), LOG_LEVEL: 'loud' });
    expect(Object.keys(problems).toSorted()).toEqual(['LOG_LEVEL', 'VAULT_API_TOKEN_FILE']);
    expect(problems.VAULT_API_TOKEN_FILE).toMatch(says);
    expect(problems.VAULT_API_TOKEN_FILE).not.toContain('SECRET');
  });

  test('and in the setting as well is one too many', () => {
    expect(problemsOf({ VAULT_API_TOKEN_FILE: fileWith('a.b.c') })).toEqual({
      VAULT_API_TOKEN: 'and VAULT_API_TOKEN_FILE are both given: take out one of them',
    });
    const both = { ...FALLBACK, ALERT_FALLBACK_SECRET_FILE: fileWith(FALLBACK.ALERT_FALLBACK_SECRET) };
    expect(problemsOf(both)).toEqual({
      ALERT_FALLBACK_SECRET: 'and ALERT_FALLBACK_SECRET_FILE are both given: take out one of them',
    });
  });
});

describe('Where to alert without vault and mailbox', () => {
  test('is given with a secret, or not at all', () => {
    expect(load({}).watching.fallback).toBeNull();
    const { ALERT_FALLBACK_URL, ALERT_FALLBACK_SECRET } = FALLBACK;
    expect(problemsOf({ ALERT_FALLBACK_URL }).ALERT_FALLBACK_SECRET).toMatch(/^is required with ALERT_FALLBACK_URL/);
    expect(problemsOf({ ALERT_FALLBACK_SECRET }).ALERT_FALLBACK_SECRET).toMatch(/without ALERT_FALLBACK_URL/);
  });

  test('goes through the proxy of the mail, unless it is on this machine', () => {
    const ALERT_PROXY = 'http://proxy.example.com:3128';
    expect(load({ ...FALLBACK, ALERT_PROXY }).watching.fallback?.proxy).toBe(ALERT_PROXY);
    const here = { ...FALLBACK, ALERT_FALLBACK_URL: 'http://127.0.0.1:8080/hook', ALERT_PROXY };
    expect(load(here).watching.fallback?.proxy).toBeUndefined();
  });

  test('is found also where other settings are wrong, and never throws', () => {
    expect(loadFallback({ ...FALLBACK, LOG_LEVEL: 'loud' })).toMatchObject({ url: FALLBACK.ALERT_FALLBACK_URL });
    expect(loadFallback({})).toBeNull();
    expect(loadFallback({ ...FALLBACK, ALERT_FALLBACK_URL: 'ftp://x' })).toBeNull();
    expect(loadFallback({ ...FALLBACK, ALERT_CA_FILE: '/nowhere' })).toMatchObject({ ca: undefined });
  });
});

/** A valid value for every setting that is not its default. */
const OTHER: Record<SettingName, string> = {
  ...(Object.fromEntries(
    Object.keys(SETTINGS)
      .filter((name) => name.startsWith('VAULT_PATH_'))
      .map((name) => [name, '/other/{id}{assetId}{action}{requestId}']),
  ) as Record<SettingName, string>),
  PRICE_FILE: '/etc/portcullis/prices.yml',
  MAX_USD_PER_RUN: '2.5',
  MAX_USD_PER_DAY: '10',
  ALERT_USD_PER_RUN: '0.5',
  ASSESSMENTS_REMEMBER: 'false',
  ASSESSMENTS_KEEP_DAYS: '14',
  VAULT_URL: 'https://other.example.com',
  VAULT_API_TOKEN: 'o.t.her',
  VAULT_CA_FILE: 'vault.pem',
  VAULT_TLS_INSECURE: 'true',
  VAULT_PAGE_SIZE: '11',
  VAULT_MAX_PAGES: '12',
  VAULT_CONCURRENCY: '13',
  VAULT_TIMEOUT_SECONDS: '14',
  VAULT_CREDENTIAL_WAIT_SECONDS: '15',
  VAULT_CREDENTIAL_POLL_SECONDS: '16',
  VAULT_CREDENTIAL_HOURS: '17',
  VAULT_CREDENTIAL_ACTIONS: 'Other',
  VAULT_OTHER_STATUSES: 'Other',
  MALFORMED_SHARE: '0.5',
  UNREADABLE_ASSETS_SHARE: '0.5',
  AGENT_USERNAME: 'other',
  OPENAI_ASSET_ID: 'other',
  OPENAI_API_KEY: 'other',
  OPENAI_BASE_URL: 'https://other.example.com',
  OPENAI_ALLOW_HTTP: 'true',
  OPENAI_MODEL: 'other',
  OPENAI_MODEL_SHARED: 'cheaper',
  OPENAI_ANALYSIS_BATCH_SIZE: '18',
  OPENAI_SHARED_BATCH_SIZE: '41',
  OPENAI_CONCURRENCY: '19',
  OPENAI_TIMEOUT_SECONDS: '20',
  OPENAI_CA_FILE: 'model.pem',
  VAULT_PROXY: 'http://proxy.example.com:3128',
  OPENAI_PROXY: 'https://user:password@proxy.example.com',
  ALERT_PROXY: 'http://127.0.0.1:3128',
  REQUEST_LOOKBACK_DAYS: '21',
  OFF_HOURS_START: '22',
  OFF_HOURS_END: '23',
  OFF_HOURS_TIMEZONE: 'Europe/Berlin',
  OFF_HOURS_DAYS: 'sat',
  OFF_HOURS_HOLIDAYS: '12-25',
  MAX_DAYS_AHEAD: '34',
  DEEP_ANALYSIS: 'true',
  AUTONOMOUS_MODE: 'true',
  AUTO_APPROVE_LOW_RISK: 'true',
  AUTO_REJECT_HIGH_RISK: 'true',
  AUTO_CLOSE_STALE: 'true',
  AUTO_CLOSE_EXPIRED: 'true',
  ACTION_CONCURRENCY: '33',
  VAULT_ACTION_ASSET_ID: 'other',
  RISK_THRESHOLD_APPROVE: 'medium',
  RISK_THRESHOLD_REJECT: 'high',
  CONFIDENCE_THRESHOLD: '0.91',
  STALE_REQUEST_DAYS: '9',
  HALT: 'true',
  PLAN_EXPIRY_MINUTES: '25',
  CAP_APPROVALS_PER_RUN: '26',
  CAP_APPROVALS_PER_DAY: '27',
  CAP_APPROVALS_PER_REQUESTOR_PER_DAY: '28',
  CAP_APPROVALS_PER_ASSET_PER_DAY: '29',
  CAP_REJECTIONS_PER_RUN: '30',
  BREAKER_FACTOR: '31',
  BREAKER_MINIMUM: '32',
  ALERT_ON_RUN_SUMMARY: 'false',
  ALERT_ON_HIGH_RISK: 'false',
  ALERT_ON_ANOMALY: 'false',
  ALERT_TENANT_ID: 'other',
  ALERT_CLIENT_ID: 'other',
  ALERT_SECRET_ASSET_ID: 'other',
  ALERT_CLIENT_SECRET: 'other',
  ALERT_SENDER_EMAIL: 'other@example.com',
  ALERT_RECIPIENT_EMAILS: 'other@example.com',
  ALERT_MAIL_FORMAT: 'mime',
  ALERT_AUTHORITY_HOST: 'https://other.example.com',
  GRAPH_BASE_URL: 'https://other.example.com',
  ALERT_CA_FILE: 'mail.pem',
  TICKETS_CA_FILE: 'tickets.pem',
  ALERT_TIMEOUT_SECONDS: '24',
  SCHEDULE_CRON: '1 1 * * *',
  SCHEDULE_TIMEZONE: 'Europe/Berlin',
  STATE_DIR: 'other',
  REPORT_DIR: 'other',
  PROMPT_DIR: 'other',
  POLICY_DIR: 'other',
  PROMOTE_AT: '0.8',
  CONTROL_SHARE: '0.1',
  DEMOTE_BELOW: '0.7',
  RUN_HISTORY_KEEP: '33',
  REPORT_DETAIL_LIMIT: '500',
  LOG_LEVEL: 'warn',
  HEARTBEAT_URL: 'https://hc.example.com/ping/other',
  HEALTH_PORT: '33',
  HEALTH_HOST: '::1',
  HEALTH_NAMES: 'other.example.com',
  TOKEN_WARN_DAYS: '36',
  VAULT_API_TOKEN_FILE: 'token',
  ALERT_FALLBACK_URL: 'https://other.example.com/hook',
  ALERT_FALLBACK_SECRET: 'another secret of a receiver',
  ALERT_FALLBACK_SECRET_FILE: 'secret',
  INTAKE_PORT: '34',
  INTAKE_HOST: '127.0.0.2',
  INTAKE_NAMES: 'intake.example.com',
  INTAKE_SECRET: 'another-secret-of-an-intake',
  INTAKE_SECRET_FILE: 'secret',
  INTAKE_TOKEN: 'another_token_of_an_intake_which_is_long',
  INTAKE_TOKEN_FILE: 'token',
  INTAKE_TLS_CERT: 'other.pem',
  INTAKE_TLS_KEY: 'other.key',
  INTAKE_BEHIND_PROXY: 'true',
  INTAKE_REQUESTS_PER_MINUTE: '37',
  LEDGER_KEY_ASSET_ID: 'other',
  LEDGER_KEY: 'another key of thirty-two characters',
};

/** The leaves of a configuration by their path. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, JSON.stringify(value) ?? '']];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

test('Every setting reaches one place of the configuration, and each its own', async () => {
  const { cert, private: key } = await issue({ name: 'intake' });
  const pair = () => `${cert}\n${key}`;
  const intake = { ...MAIL, ...INTAKE, INTAKE_TLS_CERT: 'cert.pem', INTAKE_TLS_KEY: 'cert.key' };
  // What stands for another one leads to the place of that one; see "A secret in a file".
  const alone = (Object.keys(SETTINGS) as SettingName[]).filter((name) => !/(TOKEN|SECRET)_FILE$/.test(name));
  const places = alone.map((name) => {
    const base = name.startsWith('INTAKE')
      ? intake
      : name.startsWith('ALERT_FALLBACK')
        ? { ...MAIL, ...FALLBACK }
        : MAIL;
    const before = new Map(leaves(load(base, pair)));
    const changed = leaves(load({ ...base, [name]: OTHER[name] }, pair)).filter(([path, v]) => before.get(path) !== v);
    expect(changed, name).toHaveLength(1);
    return changed[0]?.[0];
  });
  expect(new Set(places).size).toBe(places.length);
});

describe('Who may ask for a decision', () => {
  test('is nobody without a port, and whoever knows a secret with one', () => {
    expect(load({ INTAKE_SECRET: INTAKE.INTAKE_SECRET }).intake).toBeNull();
    expect(load(INTAKE).intake).toEqual({
      ...{ port: 9465, host: '127.0.0.1', names: [], tls: null, secrets: [INTAKE.INTAKE_SECRET] },
      ...{ token: undefined, behindProxy: false, perMinute: 60 },
    });
    expect(problemsOf({ INTAKE_PORT: '9465' })).toEqual({
      INTAKE_SECRET: 'is required with INTAKE_PORT, or INTAKE_SECRET_FILE: anybody could ask for runs',
    });
  });

  test('is told by two secrets while one is replaced, in two lines of a file as well, and by no third', () => {
    const both = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'a-text-of-24-characters!'];
    expect(load({ ...INTAKE, INTAKE_SECRET: both.join(' ') }).intake?.secrets).toEqual(both);
    const INTAKE_SECRET_FILE = fileWith(`${both.join('\n')}\n`);
    expect(load({ INTAKE_PORT: '9465', INTAKE_SECRET_FILE }).intake?.secrets).toEqual(both);
    for (const wrong of [[...both, ...both].join(' '), 'SECRET but short', 'whsec_SECRET']) {
      expect(problemsOf({ ...INTAKE, INTAKE_SECRET: wrong }).INTAKE_SECRET).toMatch(/^\(hidden\) must be one or two/);
    }
  });

  test('reads with a token that nobody guesses, from a file as well', () => {
    const token = '0123456789abcdef0123456789abcdef';
    expect(load({ ...INTAKE, INTAKE_TOKEN: token }).intake?.token).toBe(token);
    expect(load({ ...INTAKE, INTAKE_TOKEN_FILE: fileWith(`${token}\n`) }).intake?.token).toBe(token);
    expect(problemsOf({ ...INTAKE, INTAKE_TOKEN: 'SECRET short' }).INTAKE_TOKEN).toMatch(/^\(hidden\) must be 32/);
  });

  test('comes from other machines only by TLS, or by a proxy that somebody says is there', async () => {
    const beyond = { ...INTAKE, INTAKE_HOST: '0.0.0.0' };
    expect(problemsOf(beyond).INTAKE_HOST).toMatch(/^`0\.0\.0\.0` can be reached from other machines/);
    expect(problemsOf({ ...beyond, INTAKE_HOST: '::' }).INTAKE_HOST).toBeTruthy();
    expect(problemsOf({ ...INTAKE, INTAKE_HOST: '::1' })).toEqual({});
    expect(load({ ...beyond, INTAKE_BEHIND_PROXY: 'true' }).intake?.host).toBe('0.0.0.0');
    const { cert, private: key } = await issue({ name: 'intake' });
    const pair = { INTAKE_TLS_CERT: fileWith(cert), INTAKE_TLS_KEY: fileWith(key) };
    expect(load({ ...beyond, ...pair }).intake?.tls).toMatchObject({ cert, key });
    const { private: another } = await issue({ name: 'another' });
    expect(problemsOf({ ...beyond, ...pair, INTAKE_TLS_KEY: fileWith(another) })).toEqual({
      INTAKE_TLS_CERT: expect.stringMatching(/^and INTAKE_TLS_KEY hold no pair in PEM: \w+$/),
    });
    expect(problemsOf({ ...beyond, INTAKE_TLS_CERT: pair.INTAKE_TLS_CERT }).INTAKE_TLS_CERT).toMatch(/one of them/);
    expect(problemsOf({ ...beyond, ...pair, INTAKE_TLS_KEY: '/nowhere' }).INTAKE_TLS_KEY).toMatch(/ENOENT$/);
  });

  test('and who watches have a port each', () => {
    expect(problemsOf({ ...INTAKE, INTAKE_PORT: '9464' }).INTAKE_PORT).toMatch(/is HEALTH_PORT as well/);
  });
});

test('The configuration cannot be changed by anything', () => {
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(frozen));
  expect(frozen(load(MAIL))).toBe(true);
});

test('What else may be the cause stands in the list when something is wrong, and alone it stops nothing', () => {
  const strange = [{ setting: 'VAULT_ULR', message: 'no setting has this name' }];
  expect(loadConfig(MINIMAL, undefined, strange)).toEqual(load({}));
  const { VAULT_URL: _, ...without } = MINIMAL;
  expect(() => loadConfig(without, undefined, strange)).toThrow(/VAULT_URL: is required[\s\S]*VAULT_ULR: no setting/);
});

test('The environment is only read, and other names in it do not matter', () => {
  const env = Object.freeze({ ...MINIMAL, PATH: '/bin', __proto__: null });
  expect(loadConfig(env as unknown as Record<string, string>)).toEqual(load({}));
});

test('Every setting stands in one group and is explained in one sentence', () => {
  const grouped = Object.values(GROUPS).flatMap(({ settings }) => Object.keys(settings));
  expect(grouped.toSorted()).toEqual(Object.keys(SETTINGS).toSorted());
  for (const [name, { about }] of Object.entries(SETTINGS)) expect(about, name).toMatch(/^[A-Z].*[.]$/);
});

/** The form in which certificates are handed to TLS: 64 characters a line. */
function oneForm(pem: string): string {
  const body = pem.replaceAll(/-----[A-Z ]+-----|\s/g, '').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...body, '-----END CERTIFICATE-----', ''].join('\n');
}
