import { command } from './command.ts';

export const backtest = command({
  name: 'backtest',
  about: 'what a policy would have done with the recorded runs, and how that compares with what people did',
  options: {
    range: { flags: '--range <length>', about: 'how far back: hours, days or weeks', default: '60d' },
    policy: { flags: '--policy <folder>', about: 'a policy to compare with the present one' },
    reasons: { flags: '--explain', about: 'name the policies that determined each affected request' },
    rescore: { flags: '--rescore', about: 'ask the model again instead of using the recorded ratings' },
    json: { flags: '--json', about: 'print the result as one JSON document on stdout' },
  },
  async run(context, given) {
    const { backtestCommand } = await import('./handlers/backtest.ts');
    return backtestCommand(context, given);
  },
});
