import { command } from './command.ts';

export const halt = command({
  name: 'halt',
  about: 'nothing in the vault is changed any more, from the next action of a run on; works beside a daemon',
  options: {
    reason: { flags: '--reason <text>', about: 'why; stands in every report and mail until it ends' },
    by: { flags: '--by <name>', about: 'who halts (default: the user who runs this)' },
  },
  async run(context, given) {
    const { haltCommand } = await import('./handlers/halt.ts');
    return haltCommand(context, given);
  },
});

export const resume = command({
  name: 'resume',
  about: 'ends a halt',
  options: { by: { flags: '--by <name>', about: 'who resumes (default: the user who runs this)' } },
  async run(context, given) {
    const { resumeCommand } = await import('./handlers/halt.ts');
    return resumeCommand(context, given);
  },
});
