import { DAY_MS } from '../util/durations.ts';
import { type IntakeTls, intakeOf } from './intake.ts';
import type { Values } from './settings.ts';

/** The settings as the parts of the program take them: grouped, typed, frozen. Times are milliseconds. */
export type Config = ReturnType<typeof configOf>;

/** The settings that name a PEM file; the loader reads them so that a wrong path is one of the problems it lists. */
export const AUTHORITY_FILES = ['VAULT_CA_FILE', 'OPENAI_CA_FILE', 'ALERT_CA_FILE', 'TICKETS_CA_FILE'] as const;
export type Authorities = Readonly<Partial<Record<(typeof AUTHORITY_FILES)[number], string>>>;

const MAIL_SETTINGS = [
  'ALERT_TENANT_ID',
  'ALERT_CLIENT_ID',
  'ALERT_SENDER_EMAIL',
  'ALERT_RECIPIENT_EMAILS',
  'ALERT_SECRET_ASSET_ID',
  'ALERT_CLIENT_SECRET',
] as const;

/** Mail is off as long as none of its own settings is given, and complete as soon as one is. */
export const mailWanted = (v: Values): boolean => MAIL_SETTINGS.some((name) => v[name] !== undefined);

export function configOf(v: Values, authorities: Authorities, intakeTls: IntakeTls | null) {
  return deepFreeze({
    vault: {
      url: v.VAULT_URL,
      // The loader has made sure of it; a file gives another one later on.
      token: v.VAULT_API_TOKEN ?? '',
      tokenFile: v.VAULT_API_TOKEN_FILE,
      /** Why there is no token although there should be: then nothing is asked. Set for a run whose file cannot be used. */
      tokenFault: undefined as string | undefined,
      tokenWarnMs: v.TOKEN_WARN_DAYS * DAY_MS,
      ca: authorities.VAULT_CA_FILE,
      tlsInsecure: v.VAULT_TLS_INSECURE,
      proxy: v.VAULT_PROXY,
      pageSize: v.VAULT_PAGE_SIZE,
      maxPages: v.VAULT_MAX_PAGES,
      concurrency: v.VAULT_CONCURRENCY,
      timeoutMs: v.VAULT_TIMEOUT_SECONDS,
      credentialWaitMs: v.VAULT_CREDENTIAL_WAIT_SECONDS,
      credentialPollMs: v.VAULT_CREDENTIAL_POLL_SECONDS,
      credentialHours: v.VAULT_CREDENTIAL_HOURS,
      credentialActions: v.VAULT_CREDENTIAL_ACTIONS,
      agentUsername: v.AGENT_USERNAME,
      /** From which share on something that could not be read is a problem. */
      sight: {
        records: v.MALFORMED_SHARE,
        assets: v.UNREADABLE_ASSETS_SHARE,
        otherStatuses: v.VAULT_OTHER_STATUSES ?? [],
      },
      paths: {
        list: v.VAULT_PATH_LIST,
        approve: v.VAULT_PATH_APPROVE,
        reject: v.VAULT_PATH_REJECT,
        complete: v.VAULT_PATH_COMPLETE,
        asset: v.VAULT_PATH_ASSET,
        getCredentials: v.VAULT_PATH_GET_CREDENTIALS,
        submitRequest: v.VAULT_PATH_SUBMIT_REQUEST,
        requestStatus: v.VAULT_PATH_REQUEST_STATUS,
        completeRequest: v.VAULT_PATH_COMPLETE_REQUEST,
      },
    },
    model: {
      assetId: v.OPENAI_ASSET_ID,
      apiKey: v.OPENAI_API_KEY,
      baseUrl: v.OPENAI_BASE_URL,
      allowHttp: v.OPENAI_ALLOW_HTTP,
      model: v.OPENAI_MODEL,
      /** For what is settled. */
      sharedModel: v.OPENAI_MODEL_SHARED,
      batchSize: v.OPENAI_ANALYSIS_BATCH_SIZE,
      sharedBatchSize: v.OPENAI_SHARED_BATCH_SIZE,
      concurrency: v.OPENAI_CONCURRENCY,
      timeoutMs: v.OPENAI_TIMEOUT_SECONDS,
      ca: authorities.OPENAI_CA_FILE,
      proxy: v.OPENAI_PROXY,
      remember: v.ASSESSMENTS_REMEMBER,
      rememberDays: v.ASSESSMENTS_KEEP_DAYS,
    },
    /** US dollars; undefined means no ceiling. */
    money: {
      priceFile: v.PRICE_FILE,
      perRun: v.MAX_USD_PER_RUN,
      perDay: v.MAX_USD_PER_DAY,
      alertPerRun: v.ALERT_USD_PER_RUN,
    },
    analysis: {
      lookbackDays: v.REQUEST_LOOKBACK_DAYS,
      officeHours: {
        ...{ start: v.OFF_HOURS_START, end: v.OFF_HOURS_END, timeZone: v.OFF_HOURS_TIMEZONE },
        ...{ days: v.OFF_HOURS_DAYS ?? [], holidays: v.OFF_HOURS_HOLIDAYS ?? [] },
      },
      maxDaysAhead: v.MAX_DAYS_AHEAD,
      deep: v.DEEP_ANALYSIS,
      ticketsCa: authorities.TICKETS_CA_FILE,
    },
    actions: {
      autonomous: v.AUTONOMOUS_MODE,
      autoApprove: v.AUTO_APPROVE_LOW_RISK,
      autoReject: v.AUTO_REJECT_HIGH_RISK,
      autoCloseStale: v.AUTO_CLOSE_STALE,
      autoCloseExpired: v.AUTO_CLOSE_EXPIRED,
      concurrency: v.ACTION_CONCURRENCY,
      actionAssetId: v.VAULT_ACTION_ASSET_ID,
      planExpiryMs: v.PLAN_EXPIRY_MINUTES * 60_000,
      approveUpTo: v.RISK_THRESHOLD_APPROVE,
      rejectFrom: v.RISK_THRESHOLD_REJECT,
      confidenceNeeded: v.CONFIDENCE_THRESHOLD,
      staleDays: v.STALE_REQUEST_DAYS,
    },
    /** Whatever the rest says: this process changes nothing. */
    halt: v.HALT,
    caps: capsOf(v),
    /** From which agreement a class of access is ready, below which it is demoted, and what is left to people; 0 to 1. */
    classes: { promoteAt: v.PROMOTE_AT, demoteBelow: v.DEMOTE_BELOW, controlShare: v.CONTROL_SHARE },
    triggers: {
      onRunSummary: v.ALERT_ON_RUN_SUMMARY,
      onHighRisk: v.ALERT_ON_HIGH_RISK,
      onAnomaly: v.ALERT_ON_ANOMALY,
    },
    /** Null when no mail is configured. */
    mail: mailWanted(v)
      ? {
          // The loader has made sure that these are there; an empty text would be refused by Microsoft, not sent somewhere.
          tenantId: v.ALERT_TENANT_ID ?? '',
          clientId: v.ALERT_CLIENT_ID ?? '',
          secretAssetId: v.ALERT_SECRET_ASSET_ID,
          clientSecret: v.ALERT_CLIENT_SECRET,
          sender: v.ALERT_SENDER_EMAIL ?? '',
          recipients: v.ALERT_RECIPIENT_EMAILS ?? [],
          format: v.ALERT_MAIL_FORMAT,
          authorityHost: v.ALERT_AUTHORITY_HOST,
          graphBaseUrl: v.GRAPH_BASE_URL,
          ca: authorities.ALERT_CA_FILE,
          proxy: v.ALERT_PROXY,
          timeoutMs: v.ALERT_TIMEOUT_SECONDS,
        }
      : null,
    watching: {
      heartbeatUrl: v.HEARTBEAT_URL,
      fallback: fallbackOf(v, authorities),
      health: { port: v.HEALTH_PORT, host: v.HEALTH_HOST, names: v.HEALTH_NAMES ?? [] },
    },
    intake: intakeOf(v, intakeTls),
    ledger: { keyAssetId: v.LEDGER_KEY_ASSET_ID, key: v.LEDGER_KEY },
    schedule: { cron: v.SCHEDULE_CRON, timeZone: v.SCHEDULE_TIMEZONE },
    places: { state: v.STATE_DIR, reports: v.REPORT_DIR, prompts: v.PROMPT_DIR, policy: v.POLICY_DIR },
    historyKeep: v.RUN_HISTORY_KEEP,
    reportDetailLimit: v.REPORT_DETAIL_LIMIT,
    logLevel: v.LOG_LEVEL,
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}

/** What of the settings leads to the receiver of alerts. */
export const FALLBACK_SETTINGS = [
  'ALERT_FALLBACK_URL',
  'ALERT_FALLBACK_SECRET',
  'ALERT_FALLBACK_SECRET_FILE',
  'ALERT_CA_FILE',
  'ALERT_PROXY',
] as const satisfies readonly (keyof Values)[];

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** Where to alert without vault and mailbox; null when nowhere. A receiver on this machine is not behind a proxy. */
export function fallbackOf(v: Pick<Values, (typeof FALLBACK_SETTINGS)[number]>, { ALERT_CA_FILE: ca }: Authorities) {
  const { ALERT_FALLBACK_URL: url, ALERT_FALLBACK_SECRET: secret, ALERT_PROXY } = v;
  if (url === undefined || secret === undefined) return null;
  return { url, secret, ca, proxy: LOOPBACK.includes(new URL(url).hostname) ? undefined : ALERT_PROXY };
}

/** The settings of the caps. */
export const CAP_SETTINGS = [
  'CAP_APPROVALS_PER_RUN',
  'CAP_APPROVALS_PER_DAY',
  'CAP_APPROVALS_PER_REQUESTOR_PER_DAY',
  'CAP_APPROVALS_PER_ASSET_PER_DAY',
  'CAP_REJECTIONS_PER_RUN',
  'BREAKER_FACTOR',
  'BREAKER_MINIMUM',
] as const satisfies readonly (keyof Values)[];

/** Also for commands that read only some of the settings. */
export const capsOf = (v: Pick<Values, (typeof CAP_SETTINGS)[number]>) => ({
  approvalsPerRun: v.CAP_APPROVALS_PER_RUN,
  approvalsPerDay: v.CAP_APPROVALS_PER_DAY,
  approvalsPerRequestorPerDay: v.CAP_APPROVALS_PER_REQUESTOR_PER_DAY,
  approvalsPerAssetPerDay: v.CAP_APPROVALS_PER_ASSET_PER_DAY,
  rejectionsPerRun: v.CAP_REJECTIONS_PER_RUN,
  breakerFactor: v.BREAKER_FACTOR,
  breakerMinimum: v.BREAKER_MINIMUM,
});
