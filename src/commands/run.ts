import { command } from './command.ts';

export const run = command({
  name: 'run',
  about: 'one cycle: fetch, enrich, score, decide, confirm, act, report, alert',
  options: {
    dryRun: { flags: '--dry-run', about: 'everything but actions and mail' },
    json: { flags: '--json', about: 'print the report as one JSON document on stdout' },
  },
  async run(context, given) {
    const { runCommand } = await import('./handlers/run.ts');
    return runCommand(context, given);
  },
});
