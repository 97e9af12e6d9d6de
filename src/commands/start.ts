import { command } from './command.ts';

export const start = command({
  name: 'start',
  about: 'the daemon: a cycle whenever `SCHEDULE_CRON` says so, until it is stopped',
  options: { now: { flags: '--now', about: 'run the first cycle at once' } },
  async run(context, given) {
    const { startCommand } = await import('./handlers/start.ts');
    return startCommand(context, given);
  },
});
