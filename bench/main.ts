/**
 * The benchmarks that can be compared from one commit to the next. Without a name all of them run, one after the other.
 * Progress goes to stderr, results to stdout.
 */
import { Argument, Option } from 'commander';
import { trialCommand, wholeNumber } from '../scripts/trial_command.ts';
import { again } from './again.ts';
import type { Benchmark, Extent, Result } from './benchmark.ts';
import { growth } from './growth.ts';
import { parts } from './parts.ts';
import { inWords, machineFacts } from './stage/machine.ts';
import { tokens } from './tokens.ts';
import { wall } from './wall.ts';

const BENCHMARKS: Readonly<Record<string, Benchmark>> = { wall, again, growth, tokens, parts };

type Choices = {
  readonly json?: true;
  readonly quick?: true;
  readonly full?: true;
  readonly sizes?: readonly number[];
  readonly profiles?: string;
};

const command = trialCommand('bench', 'Measures the program; what each figure means stands in bench/README.md.')
  .addArgument(new Argument('[names...]', 'without any, all of them').choices(Object.keys(BENCHMARKS)))
  .option('--json', 'one document instead of tables')
  .addOption(new Option('--quick', 'a smoke test').conflicts('full'))
  .option('--full', 'also the sizes that take hours')
  .option('--sizes <counts>', 'these counts of requests instead, such as 100,1000', counts)
  .option('--profiles <folder>', 'keep CPU profiles of the measured runs there')
  .addHelpText('after', () => {
    const lines = Object.entries(BENCHMARKS).map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`);
    return `\nBenchmarks:\n${lines.join('\n')}`;
  })
  .parse();
const { json, quick, full, sizes = null, profiles = null } = command.opts<Choices>();
const extent: Extent = quick ? 'quick' : full ? 'full' : 'usual';

const machine = machineFacts();
const results: Record<string, Result> = {};
for (const name of command.args.length > 0 ? command.args : Object.keys(BENCHMARKS)) {
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined) continue;
  results[name] = await benchmark.run({
    ...{ extent, sizes, profiles },
    say: (line) => process.stderr.write(`${line}\n`),
  });
}

const figures = Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result.figures]));
const texts = Object.entries(results).map(([name, { text }]) => `## ${name}: ${BENCHMARKS[name]?.about}\n\n${text}`);
process.stdout.write(
  json
    ? `${JSON.stringify({ ...machine, extent, results: figures }, null, 2)}\n`
    : `${[inWords(machine), ...texts].join('\n\n')}\n`,
);

function counts(text: string): number[] {
  return text.split(',').map(wholeNumber(1));
}
