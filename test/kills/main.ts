/**
 * Kills the real program at random moments under load and looks at what the vault saw:
 * `node test/kills/main.ts [--times 100] [--seed 1] [--pairs 2] [--requests 150]`. Ends with 1 when something was found.
 */
import { parseArgs } from 'node:util';
import { sentenceOf, tableOf } from './table.ts';
import { killAgainAndAgain } from './trial.ts';

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    pairs: { type: 'string', default: '2' },
    requests: { type: 'string', default: '150' },
  },
});
const [times, seed, pairs, requests] = [values.times, values.seed, values.pairs, values.requests].map(Number) as [
  number,
  number,
  number,
  number,
];
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
process.exitCode = findings.length === 0 ? 0 : 1;
