/** Every command: how it is called and what it does. Feeds `--help` and the README. */
export const COMMANDS = {
  run: { usage: 'run [--dry-run] [--json]', about: 'one cycle: fetch, enrich, score, decide, act, report, alert' },
  start: {
    usage: 'start [--now]',
    about: 'the daemon: a cycle whenever `SCHEDULE_CRON` says so, until it is stopped',
  },
  demo: {
    usage: 'demo [--out <folder>] [--requests <count>] [--seed <number>]',
    about: 'a whole cycle against an embedded vault, model and mailbox; nothing to configure',
  },
  simulate: {
    usage: 'simulate [--requests <count>] [--seed <number>]',
    about: 'the embedded vault, model and mailbox alone; prints the settings that point at them',
  },
} as const satisfies Record<string, { usage: string; about: string }>;
export type CommandName = keyof typeof COMMANDS;
