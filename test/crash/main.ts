/** `npm run simulate:crashes -- --times 100`: kills the real program under load and looks at what the vault saw. */
import { trialCommand, wholeNumber } from '../../scripts/trial_command.ts';
import { sentenceOf, tableOf } from './table.ts';
import { killAgainAndAgain } from './trial.ts';

const { times, seed, pairs, requests } = trialCommand(
  'simulate:crashes',
  'Kills the real program at random moments under load and looks at what the vault saw.',
)
  .option('--times <count>', 'how many kills', wholeNumber(1), 100)
  .option('--seed <seed>', 'of the first pair; the others follow it', wholeNumber(0), 1)
  .option('--pairs <count>', 'vaults with a program each, at the same time', wholeNumber(1), 2)
  .option('--requests <count>', 'in each vault at the start', wholeNumber(1), 150)
  .parse()
  .opts<Readonly<Record<'times' | 'seed' | 'pairs' | 'requests', number>>>();
const begun = Date.now();
let met = 0;
const trials = await Promise.all(
  Array.from({ length: pairs }, (_, n) =>
    killAgainAndAgain({
      times: Math.floor(times / pairs) + (n < times % pairs ? 1 : 0),
      seed: seed + n,
      requests,
      onKill: () => process.stderr.write(`\rkill ${++met} of ${times}`),
    }),
  ),
);
process.stderr.write('\r');
process.stdout.write(`${tableOf(trials.flatMap(({ kills }) => kills))}\n\n${sentenceOf(trials)}\n`);
process.stdout.write(`${Math.round((Date.now() - begun) / 1000)} s, seeds ${seed} to ${seed + pairs - 1}\n`);
const findings = trials.flatMap((trial) => trial.findings);
for (const finding of findings) process.stdout.write(`${finding}\n`);
// Its own moments are drawn again; when the calls arrive is up to the machine.
if (findings.length > 0)
  process.stdout.write(`replay: npm run simulate:crashes -- --times ${times} --pairs ${pairs} --seed ${seed}\n`);
process.exitCode = findings.length === 0 ? 0 : 1;
