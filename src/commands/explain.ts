import { command } from './command.ts';

export const explain = command({
  name: 'explain',
  about: 'why a request was decided as it was: every check, and what would have had to differ',
  arguments: { requestId: { shown: '<request-id>', about: 'a request that a recorded run saw' } },
  options: {
    run: { flags: '--run <id>', about: 'that run instead of the newest one that knows the request' },
    json: { flags: '--json', about: 'print the explanation as one JSON document on stdout' },
    format: {
      flags: '--format <form>',
      choices: ['agentaz'],
      about: 'print the decision alone, as JSON in the form of the AgentAz blueprint, as the intake answers it',
    },
  },
  async run(context, given) {
    const { explainCommand } = await import('./handlers/explain.ts');
    return explainCommand(context, given);
  },
});
