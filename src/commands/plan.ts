import { command } from './command.ts';

export const plan = command({
  name: 'plan',
  about: 'everything but the writes and the mail: shows what would be done and writes it down as a plan',
  options: {
    out: { flags: '--out <file>', about: 'where the plan goes', default: 'plan.json' },
    revert: {
      flags: '--revert <run>',
      about: 'a plan that closes what that run approved and is still open, and does nothing else',
    },
    json: { flags: '--json', about: 'print the plan on stdout too' },
  },
  async run(context, given) {
    const { planCommand } = await import('./handlers/plan.ts');
    return planCommand(context, given);
  },
});
