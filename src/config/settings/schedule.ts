import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** When runs begin, where files lie, and how much is kept and told. */
export const SCHEDULE = {
  SCHEDULE_CRON: {
    schema: kind.cron,
    fallback: '0 */4 * * *',
    about: 'When `start` runs a cycle: five cron fields, or six with seconds first.',
  },
  SCHEDULE_TIMEZONE: {
    schema: kind.timeZone,
    fallback: 'UTC',
    about: 'IANA zone of the schedule.',
  },
  STATE_DIR: {
    schema: kind.text,
    fallback: 'state',
    about: 'Folder of the ledger and other state; one process at a time.',
  },
  REPORT_DIR: {
    schema: kind.text,
    fallback: 'reports',
    about: 'Folder of the reports.',
  },
  PROMPT_DIR: {
    schema: kind.text,
    fallback: 'prompts',
    about: 'Folder of the prompts and the mail template.',
  },
  POLICY_DIR: {
    schema: kind.text,
    fallback: 'policy',
    about: 'Folder of the policies: `access.yml` and the Cedar files.',
  },
  RUN_HISTORY_KEEP: {
    schema: kind.wholeNumber(1, 10_000),
    fallback: '180',
    about: 'Records of runs kept in the state folder, for `explain` and `backtest`.',
  },
  REPORT_DETAIL_LIMIT: {
    schema: kind.wholeNumber(10, 100_000),
    fallback: '1000',
    about:
      'Requests told in full in one report. In a larger window those that need a person, were acted on or are high or critical, the most pressing first; a `.csv` beside it lists all.',
  },
  LOG_LEVEL: {
    schema: kind.oneOf(['debug', 'info', 'warn', 'error', 'silent']),
    fallback: 'info',
    about: 'How much is logged.',
  },
} as const satisfies Settings;
