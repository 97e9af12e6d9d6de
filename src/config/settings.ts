import type { z } from 'zod';
import { RISKS } from '../domain/risk.ts';
import * as kind from './kinds.ts';

/**
 * Every setting: its name in the environment, what it must look like, its default and what it is for. One row feeds the
 * loader, the error messages, `.env.example` and the tables in the docs.
 */
export type Setting<S extends z.ZodType = z.ZodType> = {
  readonly group: Group;
  readonly schema: S;
  /** The text that stands for "not set"; a setting without one may stay empty. */
  readonly fallback?: string;
  /** Never shown, not even in the message that says what is wrong with it. */
  readonly secret?: true;
  readonly about: string;
};

export const GROUPS = {
  vault: 'The vault',
  model: 'The model',
  analysis: 'What is looked at',
  actions: 'What may be done without a person',
  caps: 'How much may be done without a person',
  alerts: 'The mail',
  schedule: 'When and where',
  watching: 'Who watches it',
  record: 'The key of the record',
  paths: 'Assumed paths of the vault, for the day when yours differs',
} as const;
type Group = keyof typeof GROUPS;

const row = <S extends z.ZodType>(setting: Setting<S>): Setting<S> => setting;

export const SETTINGS = {
  VAULT_URL: row({
    group: 'vault',
    schema: kind.httpsUrl,
    about: 'Address with the tenant, such as `https://vault.example.com:6443/ztna/acme`. https only.',
  }),
  VAULT_API_TOKEN: row({
    group: 'vault',
    schema: kind.jwt,
    secret: true,
    about: 'Bearer token of the user the agent acts as.',
  }),
  VAULT_CA_FILE: row({
    group: 'vault',
    schema: kind.text.optional(),
    about: 'PEM file of a private certificate authority to trust for the vault.',
  }),
  VAULT_TLS_INSECURE: row({
    group: 'vault',
    schema: kind.flag,
    fallback: 'false',
    about: 'Trust any certificate. For a lab only: it warns on every run and is named in the report.',
  }),
  VAULT_PAGE_SIZE: row({
    group: 'vault',
    schema: kind.wholeNumber(10, 1000),
    fallback: '200',
    about: 'Requests asked for per page. The vault may give fewer.',
  }),
  VAULT_MAX_PAGES: row({
    group: 'vault',
    schema: kind.wholeNumber(1, 100_000),
    fallback: '25000',
    about: 'A list longer than this many pages is taken for a broken server, and the run fails.',
  }),
  VAULT_CONCURRENCY: row({
    group: 'vault',
    schema: kind.wholeNumber(1, 64),
    fallback: '8',
    about: 'Calls to the vault at the same time.',
  }),
  VAULT_TIMEOUT_SECONDS: row({
    group: 'vault',
    schema: kind.seconds(0.1, 600),
    fallback: '30',
    about: 'Longest wait for one answer of the vault.',
  }),
  VAULT_CREDENTIAL_WAIT_SECONDS: row({
    group: 'vault',
    schema: kind.seconds(0, 86_400),
    fallback: '600',
    about: 'Longest wait for a person to grant a credential request of the agent. The next run goes on waiting.',
  }),
  VAULT_CREDENTIAL_POLL_SECONDS: row({
    group: 'vault',
    schema: kind.seconds(0.05, 3600),
    fallback: '5',
    about: 'Pause between two looks at a credential request that is not granted yet.',
  }),
  VAULT_CREDENTIAL_HOURS: row({
    group: 'vault',
    schema: kind.wholeNumber(1, 24),
    fallback: '4',
    about: 'Length of the access that a credential request asks for.',
  }),
  VAULT_CREDENTIAL_ACTIONS: row({
    group: 'vault',
    schema: kind.list(kind.word),
    fallback: 'AssetUnlock,AssetView,AssetConnect,AssetEdit',
    about: 'Action types under which a credential request may be found; the first one is asked for.',
  }),
  AGENT_USERNAME: row({
    group: 'vault',
    schema: kind.text.optional(),
    about: "The agent's own user name. Needed only if the token carries no `ousr` claim.",
  }),

  OPENAI_ASSET_ID: row({
    group: 'model',
    schema: kind.text.optional(),
    about: 'Vault asset that holds the model key; fetched at run time, given back at the end.',
  }),
  OPENAI_API_KEY: row({
    group: 'model',
    schema: kind.text.optional(),
    secret: true,
    about: 'The key itself, for trials. Used only when no asset id is set.',
  }),
  OPENAI_BASE_URL: row({
    group: 'model',
    schema: kind.httpUrlForKeys.optional(),
    about: 'Any OpenAI-compatible endpoint, such as `https://llm.example.com/v1`. Empty: the public one.',
  }),
  OPENAI_MODEL: row({
    group: 'model',
    schema: kind.text,
    fallback: 'gpt-4.1-mini',
    about: 'Model name as the endpoint knows it.',
  }),
  OPENAI_ANALYSIS_BATCH_SIZE: row({
    group: 'model',
    schema: kind.wholeNumber(1, 100),
    fallback: '25',
    about: 'Requests per question.',
  }),
  OPENAI_CONCURRENCY: row({
    group: 'model',
    schema: kind.wholeNumber(1, 64),
    fallback: '4',
    about: 'Questions at the same time.',
  }),
  OPENAI_TIMEOUT_SECONDS: row({
    group: 'model',
    schema: kind.seconds(0.1, 1800),
    fallback: '120',
    about: 'Longest wait for one answer of the model.',
  }),
  OPENAI_CA_FILE: row({
    group: 'model',
    schema: kind.text.optional(),
    about: 'PEM file of a private certificate authority to trust for the model.',
  }),
  ASSESSMENTS_REMEMBER: row({
    group: 'model',
    schema: kind.flag,
    fallback: 'true',
    about:
      'Do not ask again about a request when nothing has changed that the model would see. The second look always asks.',
  }),
  ASSESSMENTS_KEEP_DAYS: row({
    group: 'model',
    schema: kind.wholeNumber(0, 365),
    fallback: '3',
    about: 'How long an assessment is remembered that no run has used any more.',
  }),
  PRICE_FILE: row({
    group: 'model',
    schema: kind.text.optional(),
    about: 'Your own table of prices, in the form of `prices.yml`. Empty: that file, whose prices you should check.',
  }),
  MAX_USD_PER_RUN: row({
    group: 'model',
    schema: kind.usd.optional(),
    about:
      'US dollars that the model may cost in one run; beyond, the rest is unscored and not acted on. Empty: no ceiling.',
  }),
  MAX_USD_PER_DAY: row({
    group: 'model',
    schema: kind.usd.optional(),
    about: 'The same for all runs of a UTC day, by `spend.json` in the state folder. Empty: no ceiling.',
  }),
  ALERT_USD_PER_RUN: row({
    group: 'model',
    schema: kind.usd.optional(),
    about: 'A run that cost as much says so in report, mail and log. Empty: none does.',
  }),

  REQUEST_LOOKBACK_DAYS: row({
    group: 'analysis',
    schema: kind.wholeNumber(1, 3650),
    fallback: '30',
    about: 'Length of the window: requests created in the last so many days.',
  }),
  OFF_HOURS_START: row({
    group: 'analysis',
    schema: kind.wholeNumber(0, 24),
    fallback: '18',
    about: 'Hour at which off-hours begin.',
  }),
  OFF_HOURS_END: row({
    group: 'analysis',
    schema: kind.wholeNumber(0, 24),
    fallback: '8',
    about: 'Hour at which off-hours end; may lie past midnight. The same as the start: no off-hours.',
  }),
  OFF_HOURS_TIMEZONE: row({
    group: 'analysis',
    schema: kind.timeZone,
    fallback: 'UTC',
    about: 'IANA zone of those hours, such as `Europe/Berlin`.',
  }),
  DEEP_ANALYSIS: row({
    group: 'analysis',
    schema: kind.flag,
    fallback: 'false',
    about: 'Also read type, container path and tags of every asset asked for.',
  }),

  AUTONOMOUS_MODE: row({
    group: 'actions',
    schema: kind.flag,
    fallback: 'false',
    about: 'Act without asking. Otherwise a person at the terminal is asked, and without a terminal nothing is done.',
  }),
  AUTO_APPROVE_LOW_RISK: row({
    group: 'actions',
    schema: kind.flag,
    fallback: 'false',
    about: 'Approve Active requests up to `RISK_THRESHOLD_APPROVE`.',
  }),
  AUTO_REJECT_HIGH_RISK: row({
    group: 'actions',
    schema: kind.flag,
    fallback: 'false',
    about: 'Reject Active requests from `RISK_THRESHOLD_REJECT` up.',
  }),
  AUTO_CLOSE_STALE: row({
    group: 'actions',
    schema: kind.flag,
    fallback: 'false',
    about: 'Close Approved requests that were approved `STALE_REQUEST_DAYS` ago or earlier.',
  }),
  RISK_THRESHOLD_APPROVE: row({
    group: 'actions',
    schema: kind.oneOf(RISKS),
    fallback: 'low',
    about: 'Highest risk that may be approved.',
  }),
  RISK_THRESHOLD_REJECT: row({
    group: 'actions',
    schema: kind.oneOf(RISKS),
    fallback: 'critical',
    about: 'Lowest risk that may be rejected. Asked before approving.',
  }),
  STALE_REQUEST_DAYS: row({
    group: 'actions',
    schema: kind.wholeNumber(1, 3650),
    fallback: '7',
    about: 'Days since approval after which access counts as stale. Below the look-back.',
  }),

  AUTO_CLOSE_EXPIRED: row({
    group: 'actions',
    schema: kind.flag,
    fallback: 'false',
    about: 'Close granted access that has been open for longer than its class in `policy/access.yml` allows.',
  }),
  ACTION_CONCURRENCY: row({
    group: 'actions',
    schema: kind.wholeNumber(1, 64),
    fallback: '4',
    about:
      'Actions at the same time, each over another request, and never more than `VAULT_CONCURRENCY`; 1 does one after the other. A person at the terminal is always asked about one at a time.',
  }),
  VAULT_ACTION_ASSET_ID: row({
    group: 'actions',
    schema: kind.text.optional(),
    about:
      "Vault asset that holds the token of another user, the approver. Fetched only when there is something to do, used for the writes alone, given back right after. Empty: the agent's own token writes.",
  }),
  PLAN_EXPIRY_MINUTES: row({
    group: 'actions',
    schema: kind.wholeNumber(1, 10_080),
    fallback: '60',
    about: 'How long a plan that `plan` wrote can be carried out with `apply`.',
  }),
  HALT: row({
    group: 'actions',
    schema: kind.flag,
    fallback: 'false',
    about:
      'Change nothing, whatever else is set: every run only observes. `portcullis halt` does the same without a restart.',
  }),
  CAP_APPROVALS_PER_RUN: row({
    group: 'caps',
    schema: kind.wholeNumber(0, 100_000),
    fallback: '50',
    about: 'Approvals in one run.',
  }),
  CAP_APPROVALS_PER_DAY: row({
    group: 'caps',
    schema: kind.wholeNumber(0, 100_000),
    fallback: '200',
    about: 'Approvals in 24 hours.',
  }),
  CAP_APPROVALS_PER_REQUESTOR_PER_DAY: row({
    group: 'caps',
    schema: kind.wholeNumber(0, 100_000),
    fallback: '10',
    about: 'Approvals for one requestor in 24 hours.',
  }),
  CAP_APPROVALS_PER_ASSET_PER_DAY: row({
    group: 'caps',
    schema: kind.wholeNumber(0, 100_000),
    fallback: '10',
    about: 'Approvals for one asset in 24 hours.',
  }),
  CAP_REJECTIONS_PER_RUN: row({
    group: 'caps',
    schema: kind.wholeNumber(0, 100_000),
    fallback: '50',
    about: 'Rejections in one run.',
  }),
  BREAKER_FACTOR: row({
    group: 'caps',
    schema: kind.wholeNumber(0, 1000),
    fallback: '3',
    about:
      'A run that would approve, reject or find suspicious texts this many times more often than the median of the last runs does none of it. 0: off.',
  }),
  BREAKER_MINIMUM: row({
    group: 'caps',
    schema: kind.wholeNumber(1, 100_000),
    fallback: '10',
    about: 'Below this many, nothing counts as unusual.',
  }),

  ALERT_ON_RUN_SUMMARY: row({
    group: 'alerts',
    schema: kind.flag,
    fallback: 'true',
    about:
      'Mail after every run, also one with nothing to tell. `false`: only what the next two name, a run that broke off or met a limit of its cost, or a halt.',
  }),
  ALERT_ON_HIGH_RISK: row({
    group: 'alerts',
    schema: kind.flag,
    fallback: 'true',
    about: 'Mail when a request is rated high or critical.',
  }),
  ALERT_ON_ANOMALY: row({
    group: 'alerts',
    schema: kind.flag,
    fallback: 'true',
    about: 'Mail when the model flagged an anomaly.',
  }),
  ALERT_TENANT_ID: row({ group: 'alerts', schema: kind.text.optional(), about: 'Microsoft Entra tenant.' }),
  ALERT_CLIENT_ID: row({
    group: 'alerts',
    schema: kind.text.optional(),
    about: 'App registration with the permission `Mail.Send`.',
  }),
  ALERT_SECRET_ASSET_ID: row({
    group: 'alerts',
    schema: kind.text.optional(),
    about: 'Vault asset that holds the client secret.',
  }),
  ALERT_CLIENT_SECRET: row({
    group: 'alerts',
    schema: kind.text.optional(),
    secret: true,
    about: 'The secret itself, for trials. Used only when no asset id is set.',
  }),
  ALERT_SENDER_EMAIL: row({ group: 'alerts', schema: kind.email.optional(), about: 'Mailbox the mail is sent from.' }),
  ALERT_RECIPIENT_EMAILS: row({
    group: 'alerts',
    schema: kind.list(kind.email).optional(),
    about: 'Who gets it, separated by commas.',
  }),
  ALERT_MAIL_FORMAT: row({
    group: 'alerts',
    schema: kind.oneOf(['html', 'mime']),
    fallback: 'html',
    about:
      'How it is handed to Graph: `html` as JSON, or `mime` with a plain-text part; Graph keeps a copy of the latter in Sent Items.',
  }),
  ALERT_AUTHORITY_HOST: row({
    group: 'alerts',
    schema: kind.httpsUrl,
    fallback: 'https://login.microsoftonline.com',
    about: 'Sign-in address; differs in national clouds.',
  }),
  GRAPH_BASE_URL: row({
    group: 'alerts',
    schema: kind.httpsUrl,
    fallback: 'https://graph.microsoft.com',
    about: 'Graph address; differs in national clouds.',
  }),
  ALERT_CA_FILE: row({
    group: 'alerts',
    schema: kind.text.optional(),
    about: 'PEM file of a private certificate authority to trust for sign-in and Graph.',
  }),
  ALERT_TIMEOUT_SECONDS: row({
    group: 'alerts',
    schema: kind.seconds(0.1, 600),
    fallback: '30',
    about: 'Longest wait for one answer of sign-in or Graph.',
  }),

  SCHEDULE_CRON: row({
    group: 'schedule',
    schema: kind.cron,
    fallback: '0 */4 * * *',
    about: 'When `start` runs a cycle: five cron fields, or six with seconds first.',
  }),
  SCHEDULE_TIMEZONE: row({
    group: 'schedule',
    schema: kind.timeZone,
    fallback: 'UTC',
    about: 'IANA zone of the schedule.',
  }),
  STATE_DIR: row({
    group: 'schedule',
    schema: kind.text,
    fallback: 'state',
    about: 'Folder of the memory; one process at a time.',
  }),
  REPORT_DIR: row({ group: 'schedule', schema: kind.text, fallback: 'reports', about: 'Folder of the reports.' }),
  PROMPT_DIR: row({
    group: 'schedule',
    schema: kind.text,
    fallback: 'prompts',
    about: 'Folder of the prompts and the mail template.',
  }),
  POLICY_DIR: row({
    group: 'schedule',
    schema: kind.text,
    fallback: 'policy',
    about: 'Folder of the policies: `access.yml` and the Cedar files.',
  }),
  RUN_HISTORY_KEEP: row({
    group: 'schedule',
    schema: kind.wholeNumber(1, 10_000),
    fallback: '180',
    about: 'Records of runs kept in the state folder, for `explain` and `backtest`.',
  }),
  REPORT_DETAIL_LIMIT: row({
    group: 'schedule',
    schema: kind.wholeNumber(10, 100_000),
    fallback: '1000',
    about:
      'Requests told in full in one report. In a larger window those that need a person, were acted on or are high or critical, the most pressing first; a `.csv` beside it lists all.',
  }),
  LOG_LEVEL: row({
    group: 'schedule',
    schema: kind.oneOf(['debug', 'info', 'warn', 'error', 'silent']),
    fallback: 'info',
    about: 'How much is logged.',
  }),

  HEARTBEAT_URL: row({
    group: 'watching',
    schema: kind.httpUrlForKeys.optional(),
    secret: true,
    about:
      'Ping address of a monitor that raises the alarm when it hears nothing, in the way of healthchecks.io: `/start` and `/fail` are appended. Its path is a secret.',
  }),
  HEALTH_PORT: row({
    group: 'watching',
    schema: kind.wholeNumber(0, 65_535),
    fallback: '9464',
    about: 'Port on which `start` answers `/healthz` and `/metrics`. 0: off.',
  }),
  HEALTH_HOST: row({
    group: 'watching',
    schema: kind.ownAddress,
    fallback: '127.0.0.1',
    about: 'Address of this machine that it answers on. Whoever reaches it reads the numbers without a password.',
  }),

  LEDGER_KEY_ASSET_ID: row({
    group: 'record',
    schema: kind.text.optional(),
    about:
      'Vault asset that holds the key of the record, which must stay the same; fetched by every run, given back at the end. Without a key, whoever can write to the state folder can rewrite the record as a whole.',
  }),
  LEDGER_KEY: row({
    group: 'record',
    schema: kind.key.optional(),
    secret: true,
    about: 'The key itself, for trials. Used only when no asset id is set.',
  }),

  VAULT_PATH_LIST: row({
    group: 'paths',
    schema: kind.path(),
    fallback: '/api/request/auditor-requests',
    about: 'Lists requests.',
  }),
  VAULT_PATH_APPROVE: row({
    group: 'paths',
    schema: kind.path('{id}'),
    fallback: '/api/request/approve/{id}',
    about: 'Approves.',
  }),
  VAULT_PATH_REJECT: row({
    group: 'paths',
    schema: kind.path('{id}'),
    fallback: '/api/request/reject/{id}',
    about: 'Rejects.',
  }),
  VAULT_PATH_COMPLETE: row({
    group: 'paths',
    schema: kind.path('{id}'),
    fallback: '/api/request/complete/{id}',
    about: 'Closes.',
  }),
  VAULT_PATH_ASSET: row({
    group: 'paths',
    schema: kind.path('{id}'),
    fallback: '/api/asset/asset/{id}',
    about: 'Reads one asset.',
  }),
  VAULT_PATH_GET_CREDENTIALS: row({
    group: 'paths',
    schema: kind.path('{assetId}'),
    fallback: '/api/mcp/get-asset-credentials/{assetId}',
    about: 'Fetches a credential, when discovery does not say.',
  }),
  VAULT_PATH_SUBMIT_REQUEST: row({
    group: 'paths',
    schema: kind.path(),
    fallback: '/api/mcp/submit-request',
    about: 'Asks for a credential, when discovery does not say.',
  }),
  VAULT_PATH_REQUEST_STATUS: row({
    group: 'paths',
    schema: kind.path('{action}'),
    fallback: '/api/mcp/get-request-status/{action}',
    about: 'Looks at a credential request, when discovery does not say.',
  }),
  VAULT_PATH_COMPLETE_REQUEST: row({
    group: 'paths',
    schema: kind.path('{requestId}'),
    fallback: '/api/mcp/complete-request/{requestId}',
    about: 'Gives a credential back, when discovery does not say.',
  }),
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof SETTINGS;
export type Values = { readonly [N in SettingName]: z.output<(typeof SETTINGS)[N]['schema']> };
