import { command } from './command.ts';

export const review = command({
  name: 'review',
  about: 'records that a person looked at a use of break-glass access',
  arguments: { requestId: { shown: '<request-id>', about: 'a request that the last report lists as break-glass' } },
  options: {
    by: { flags: '--by <name>', about: 'who looked at it', required: true },
    note: { flags: '--note <text>', about: 'what they found', required: true },
  },
  async run(context, given) {
    const { reviewCommand } = await import('./handlers/review.ts');
    return reviewCommand(context, given);
  },
});
