/**
 * The benchmarks that can be compared from one commit to the next:
 *
 *     node bench/main.ts [name...] [--json] [--quick | --full] [--sizes 100,1000] [--profiles folder]
 *
 * Without a name all of them run, one after the other. Progress goes to stderr, results to stdout.
 */
import { parseArgs } from 'node:util';
import { again } from './again.ts';
import type { Benchmark, Extent, Result } from './benchmark.ts';
import { growth } from './growth.ts';
import { parts } from './parts.ts';
import { inWords, surroundings } from './stage/machine.ts';
import { tokens } from './tokens.ts';
import { wall } from './wall.ts';

const BENCHMARKS: Readonly<Record<string, Benchmark>> = { wall, again, growth, tokens, parts };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    sizes: { type: 'string' },
    profiles: { type: 'string' },
  },
});
const extent: Extent = values.quick ? 'quick' : values.full ? 'full' : 'usual';
const sizes = values.sizes?.split(',').map(Number) ?? null;
const strange = [
  ...positionals.filter((name) => !Object.hasOwn(BENCHMARKS, name)),
  ...(sizes?.some((size) => !Number.isSafeInteger(size) || size < 1) ? [values.sizes] : []),
];
if (strange.length > 0) {
  const known = Object.entries(BENCHMARKS).map(([name, { about }]) => `  ${name.padEnd(8)} ${about}`);
  process.stderr.write(`what is \`${strange.join(' ')}\`? There are:\n${known.join('\n')}\n`);
  process.exit(2);
}

const machine = surroundings();
const results: Record<string, Result> = {};
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)) {
  const benchmark = BENCHMARKS[name];
  if (benchmark === undefined) continue;
  results[name] = await benchmark.run({
    ...{ extent, sizes, profiles: values.profiles ?? null },
    say: (line) => process.stderr.write(`${line}\n`),
  });
}

const figures = Object.fromEntries(Object.entries(results).map(([name, result]) => [name, result.figures]));
const texts = Object.entries(results).map(([name, { text }]) => `## ${name}: ${BENCHMARKS[name]?.about}\n\n${text}`);
process.stdout.write(
  values.json
    ? `${JSON.stringify({ ...machine, extent, results: figures }, null, 2)}\n`
    : `${[inWords(machine), ...texts].join('\n\n')}\n`,
);
