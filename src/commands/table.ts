/** Every command: how it is called and what it does. Feeds `--help` and the README. */
export const COMMANDS = {
  run: { usage: 'run [--dry-run] [--json]', about: 'one cycle: fetch, enrich, score, decide, act, report, alert' },
  start: {
    usage: 'start [--now]',
    about: 'the daemon: a cycle whenever `SCHEDULE_CRON` says so, until it is stopped',
  },
  plan: {
    usage: 'plan [--out <file>] [--json]',
    about: 'everything but the writes and the mail: shows what would be done and writes it down as a plan',
  },
  apply: {
    usage: 'apply <plan.json> [--approved-by <name>] [--json]',
    about: 'carries out a plan that a person approved, as far as nothing changed since',
  },
  halt: {
    usage: 'halt [--reason <text>] [--by <name>]',
    about: 'nothing in the vault is changed any more, from the next action of a run on; works beside a daemon',
  },
  resume: { usage: 'resume [--by <name>]', about: 'ends a halt' },
  review: {
    usage: 'review <request-id> --by <name> --note <text>',
    about: 'records that a person looked at a use of break-glass access',
  },
  explain: {
    usage: 'explain <request-id> [--run <id>] [--json]',
    about: 'why a request was decided as it was: every check, and what would have had to differ',
  },
  backtest: {
    usage: 'backtest [--range <length>] [--policy <folder>] [--explain] [--rescore] [--json]',
    about: 'what a policy would have done with the recorded runs, and how that compares with what people did',
  },
  'policy check': {
    usage: 'policy check [--policy <folder>] [--json]',
    about: 'looks for rules that never decide, that decide too much, and for gaps in `access.yml`',
  },
  'policy test': {
    usage: 'policy test [--policy <folder>] [--json] [<file>...]',
    about: 'decides the cases beside the policies and says what came out otherwise than expected',
  },
  verify: {
    usage: 'verify [--head <entries>:<seal>] [--key-file <file>] [--json]',
    about:
      'reads the whole record and names the first entry that was altered, reordered or doubled, is missing or cut off',
  },
  'record export': {
    usage:
      'record export --from <day> --to <day> [--format csv|json] [--kind <kind>...] [--out <file>] [--key-file <file>]',
    about:
      'a part of the record for auditors, after a look at all of it; a range that is over gives the same bytes each time',
  },
  'record repair': {
    usage: 'record repair --reason <text> [--by <name>] [--key-file <file>]',
    about:
      'puts a broken record or a damaged snapshot aside and goes on with all that either still tells as acted on; nothing is thrown away. Or seals a record that began without a key with a new one',
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
