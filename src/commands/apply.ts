import { command } from './command.ts';

export const apply = command({
  name: 'apply',
  about: 'carries out a plan that a person approved, as far as nothing changed since',
  arguments: { file: { shown: '<plan.json>', about: 'a plan that `portcullis plan` wrote' } },
  options: {
    approvedBy: {
      flags: '--approved-by <name>',
      about: 'who approved it; without it `apply` shows the plan and asks, which takes a terminal and no --json',
    },
    json: { flags: '--json', about: 'print the report as one JSON document on stdout' },
  },
  async run(context, given) {
    const { applyCommand } = await import('./handlers/apply.ts');
    return applyCommand(context, given);
  },
});
