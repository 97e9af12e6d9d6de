/** `npm run test:long`: what does not fit into the check, with other seeds each time; for the night. */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, InvalidArgumentError, Option } from 'commander';
import { trialCommand, wholeNumber } from './trial_command.ts';

const ROOT = join(import.meta.dirname, '..');

type Size = { readonly seed: number; readonly scale: number; readonly workers: number };
type Part = {
  readonly about: string;
  /** On two cores, at scale 1. */
  readonly minutes: number;
  readonly command: (size: Size) => readonly string[];
  readonly env?: (size: Size) => Readonly<Record<string, string>>;
};

const scaled = (usual: number, scale: number): string => `${Math.max(1, Math.round(usual * scale))}`;
/** On the disk, where the check may write to memory. */
const DISK = { TMPDIR: process.env.TMPDIR || tmpdir() };

const PARTS = {
  properties: {
    about: 'the property tests with ten times the examples',
    minutes: 10,
    command: () => ['vitest', 'run', ...filesWithProperties()],
    env: ({ seed, scale }) => ({ ...DISK, PROPERTY_RUNS: `${Math.max(1, 10 * scale)}`, PROPERTY_SEED: `${seed}` }),
  },
  acceptance: {
    about: 'the independent vault in all its variants, and in 24 drawn ones',
    minutes: 4,
    command: () => ['vitest', 'run', 'test/e2e/acceptance'],
    env: ({ seed, scale }) => ({ ...DISK, ACCEPTANCE: scaled(24, scale), PROPERTY_SEED: `${seed}` }),
  },
  programs: {
    about: 'the end-to-end tests with every signal, key and file, where the check takes one of a kind',
    minutes: 6,
    command: () => ['vitest', 'run', 'test/e2e', 'test/unit/terminal'],
    env: () => ({ ...DISK, LONG_CHECK: '1' }),
  },
  scenarios: {
    about: '2,000 scenarios of the fault simulation',
    minutes: 12,
    command: ({ seed, scale, workers }) => [
      ...['node', 'test/simulation/main.ts', '--known', '--from', `${seed}`],
      ...['--seeds', scaled(2000, scale), '--workers', `${workers}`],
    ],
  },
  mutants: {
    about: 'every mutant, with up to 300 scenarios for each',
    minutes: 10,
    command: ({ seed, scale, workers }) => [
      ...['node', 'test/simulation/mutants.ts', '--from', `${seed}`],
      ...['--seeds', scaled(300, scale), '--workers', `${workers}`],
    ],
  },
  crashes: {
    about: '100 kills of the real program',
    minutes: 20,
    command: ({ seed, scale }) => ['node', 'test/crash/main.ts', '--times', scaled(100, scale), '--seed', `${seed}`],
  },
} as const satisfies Readonly<Record<string, Part>>;

type PartName = keyof typeof PARTS;
const NAMES = Object.keys(PARTS) as PartName[];

const command = trialCommand('test:long', 'What does not fit into the check, with other seeds each time.')
  .addArgument(new Argument('[parts...]', 'these alone').choices(NAMES))
  .addOption(new Option('--seed <seed>', 'repeats a run').argParser(wholeNumber(1)).env('SEED'))
  .option('--scale <factor>', 'how much of everything', positive, 1)
  .option('--minutes <count>', 'as much of everything as takes about so long on two cores', positive)
  .option('--workers <count>', 'processes at the same time', wholeNumber(1), Math.min(8, availableParallelism()))
  .addHelpText('after', `\nParts:\n${NAMES.map((name) => `  ${name.padEnd(12)}${PARTS[name].about}`).join('\n')}`)
  .parse();
const options = command.opts<{ seed?: number; scale: number; minutes?: number; workers: number }>();
const chosen = command.args.length > 0 ? NAMES.filter((name) => command.args.includes(name)) : NAMES;
const usual = chosen.reduce((sum, name) => sum + PARTS[name].minutes, 0);
const size: Size = {
  // Room above it for the seeds that a part counts through.
  seed: options.seed ?? randomInt(1, 900_000_000),
  scale: options.minutes === undefined ? options.scale : options.minutes / usual,
  workers: options.workers,
};

const done: { name: PartName; seconds: number; failed: boolean; replays: readonly string[] }[] = [];
for (const name of chosen) {
  process.stdout.write(`\n== ${name}: ${PARTS[name].about} (seed ${size.seed}, scale ${size.scale.toFixed(2)})\n`);
  const began = performance.now();
  const { code, replays } = await run(PARTS[name]);
  const again = `npm run test:long -- ${name} --seed ${size.seed} --scale ${size.scale}`;
  done.push({
    ...{ name, seconds: (performance.now() - began) / 1000, failed: code !== 0 },
    replays: replays.length > 0 ? replays : [again],
  });
}

const failures = done.filter(({ failed }) => failed);
const rows = done.map(
  ({ name, seconds, failed }) =>
    `${name.padEnd(12)}${seconds.toFixed(0).padStart(7)} s  ${failed ? 'FAILED' : 'passed'}`,
);
process.stdout.write(`\n${rows.join('\n')}\n`);
for (const { replays } of failures) process.stdout.write(`${replays.map((line) => `replay: ${line}`).join('\n')}\n`);
process.stdout.write(`${done.length - failures.length} parts passed, ${failures.length} failed, seed ${size.seed}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** Shows what the part says, and keeps the commands with which it says that a failure can be repeated. */
function run(part: Part): Promise<{ code: number | null; replays: string[] }> {
  const [program = '', ...args] = part.command(size);
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, ...part.env?.(size) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    said += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, replays: [...said.matchAll(/^replay: (.*)$/gm)].map(([, line = '']) => line) });
    });
  });
}

function filesWithProperties(): string[] {
  return readdirSync(join(ROOT, 'test/unit'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join('test/unit', name))
    .filter((name) => readFileSync(join(ROOT, name), 'utf8').includes("from 'fast-check'"));
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new InvalidArgumentError('It must be a number above 0.');
}
