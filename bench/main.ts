/**
 * The benchmarks that can be compared from one commit to the next. Without a name all of them run, one after the other.
 * Progress goes to stderr, results to stdout.
 */
import { Argument, Option } from 'commander';
import { share, trialCommand, wholeNumber } from '../scripts/trial_command.ts';
import { again } from './again.ts';
import type { Benchmark, Extent, Result } from './benchmark.ts';
import { growth } from './growth.ts';
import { parts } from './parts.ts';
import { recipe } from './recipe.ts';
import { inWords, machineFacts } from './stage/machine.ts';
import { tokens } from './tokens.ts';
import { wall } from './wall.ts';
import { type Shares, USUAL_SHARES } from './window/shares.ts';

const BENCHMARKS: Readonly<Record<string, Benchmark>> = { recipe, wall, again, growth, tokens, parts };

type Choices = Shares & {
  readonly json?: true;
  readonly quick?: true;
  readonly full?: true;
  readonly sizes?: readonly number[];
  readonly profiles?: string;
  readonly vaultMs: number;
  readonly modelMs: number;
  readonly atOnce?: number;
  readonly deep: boolean;
  readonly lookUps: 'asset' | 'request';
};

const command = trialCommand('bench', 'Measures the program; what each figure means stands in bench/README.md.')
  .addArgument(new Argument('[names...]', 'without any, all of them').choices(Object.keys(BENCHMARKS)))
  .option('--json', 'one document instead of tables')
  .addOption(new Option('--quick', 'a smoke test').conflicts('full'))
  .option('--full', 'also the sizes that take hours')
  .option('--sizes <counts>', 'these counts of requests instead, such as 100,1000', counts)
  .option('--profiles <folder>', 'keep CPU profiles of the measured runs there')
  .option('--active <share>', 'of the busy window: how many wait', share, USUAL_SHARES.active)
  .option('--approvable <share>', 'of those: how many nothing stands in the way of', share, USUAL_SHARES.approvable)
  .option('--alarming <share>', 'of those: how many ask for the most without a reason', share, USUAL_SHARES.alarming)
  .option('--hostile <share>', 'of the window: texts that speak to the reviewer', share, USUAL_SHARES.hostile)
  .option('--people <count>', 'for each thousand requests', wholeNumber(1), USUAL_SHARES.people)
  .option('--assets <count>', 'for each thousand requests', wholeNumber(1), USUAL_SHARES.assets)
  .option('--vault-ms <ms>', 'what an answer of the vault takes (recipe)', wholeNumber(0), 20)
  .option('--model-ms <ms>', 'what an answer of the model takes (recipe)', wholeNumber(0), 1500)
  .option(
    '--at-once <count>',
    'questions of the program at the same time (recipe); its own setting if left out',
    wholeNumber(1),
  )
  .option('--no-deep', 'without deep analysis (recipe)')
  .addOption(
    new Option('--look-ups <each>', 'the recipe reads an asset once, or again for each request')
      .choices(['asset', 'request'])
      .default('asset'),
  )
  .addHelpText('after', () => {
    const lines = Object.entries(BENCHMARKS).map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`);
    return `\nBenchmarks:\n${lines.join('\n')}`;
  })
  .parse();
const { json, quick, full, sizes = null, profiles = null, ...chosen } = command.opts<Choices>();
const {
  active,
  approvable,
  alarming,
  hostile,
  people,
  assets,
  vaultMs,
  modelMs,
  atOnce = null,
  deep,
  lookUps,
} = chosen;
const shares = { active, approvable, alarming, hostile, people, assets };
const extent: Extent = quick ? 'quick' : full ? 'full' : 'usual';

const machine = machineFacts();
const results: Record<string, Result> = {};
for (const name of command.args.length > 0 ? command.args : Object.keys(BENCHMARKS)) {
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined) continue;
  results[name] = await benchmark.run({
    ...{ extent, sizes, profiles, window: { shares, vaultMs, modelMs, atOnce, deep, lookUps } },
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
