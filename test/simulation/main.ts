/** `npm run simulate:faults -- --seeds 1000`: whole runs on simulated time, network, disk and crashes. */
import { spawn } from 'node:child_process';
import { Option } from 'commander';
import { trialCommand, wholeNumber } from '../../scripts/trial_command.ts';
import { KNOWN_SEEDS } from './known_seeds.ts';
import { type Figures, runScenario, type ScenarioResult } from './scenario.ts';

type Values = {
  readonly seeds: number;
  readonly from: number;
  readonly seed?: number;
  readonly workers: number;
  readonly these?: readonly number[];
} & Readonly<Partial<Record<'known' | 'trace' | 'first' | 'twice' | 'sums', true>>>;

const values = trialCommand('simulate:faults', 'Whole runs on simulated time, network and disk, with crashes.')
  .option('--seeds <count>', 'how many scenarios', wholeNumber(1), 200)
  .option('--from <seed>', 'the first seed', wholeNumber(0), 1)
  .option('--seed <seed>', 'this scenario alone', wholeNumber(0))
  .option('--known', 'also the scenarios that once found something')
  .option('--workers <count>', 'in so many processes at the same time', wholeNumber(1), 1)
  .option('--trace', 'print the whole story of each scenario')
  .option('--first', 'end at the first scenario that fails')
  .option('--twice', 'run each scenario twice: the stories have to be the same')
  .addOption(new Option('--these <seeds>', 'for the processes that --workers starts').argParser(listed).hideHelp())
  .addOption(new Option('--sums', 'for the processes that --workers starts').hideHelp())
  .parse()
  .opts<Values>();

/** Begins the line with which a process hands its sums to the one that started it. */
const MARK = 'SUMS ';

type Sums = Figures & { scenarios: number; failed: number; cpuMs: number };

const seeds = seedsOf(values);
const workers = Math.min(values.workers, seeds.length);
const began = process.hrtime.bigint();
const sums = workers > 1 ? await together(workers) : await alone();
if (values.sums) process.stdout.write(`${MARK}${JSON.stringify(sums)}\n`);
else process.stdout.write(`${wordsOf(sums)}\n`);
process.exitCode = sums.failed === 0 ? 0 : 1;

async function alone(): Promise<Sums> {
  const all = noSums();
  const cpu = process.cpuUsage();
  for (const seed of seeds) {
    if (values.first && all.failed > 0) break;
    const result = await runScenario(seed);
    add(all, { ...result.figures, scenarios: 1 });
    if (result.violation !== null) {
      all.failed++;
      tell(result);
    } else if (values.trace) process.stdout.write(`${result.trace.join('\n')}\n`);
    if (values.twice) all.failed += await differs(result);
  }
  const { user, system } = process.cpuUsage(cpu);
  return { ...all, cpuMs: (user + system) / 1000 };
}

/** The same in several processes, each with its share of the seeds. */
async function together(processes: number): Promise<Sums> {
  const all = noSums();
  const passed = (['trace', 'first', 'twice'] as const).filter((name) => values[name]).map((name) => `--${name}`);
  await Promise.all(
    Array.from({ length: processes }, async (_, n) => {
      const share = seeds.filter((_seed, i) => i % processes === n);
      const args = ['--sums', '--these', share.join(), ...passed];
      const child = spawn(process.execPath, [...process.execArgv, import.meta.filename, ...args], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let rest = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        const lines = `${rest}${text}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          if (line.startsWith(MARK)) add(all, JSON.parse(line.slice(MARK.length)) as Sums);
          else process.stdout.write(`${line}\n`);
        }
      });
      const code = await new Promise((resolve) => child.on('close', resolve));
      if (code !== 0 && all.failed === 0) all.failed++;
    }),
  );
  return all;
}

async function differs(result: ScenarioResult): Promise<number> {
  const again = await runScenario(result.seed);
  if (again.digest === result.digest) return 0;
  const at = result.trace.findIndex((line, i) => line !== again.trace[i]);
  const lines = [`seed ${result.seed} FAILED: it went another way at line ${at}`, result.trace[at], again.trace[at]];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 1;
}

function tell({ seed, violation, trace, digest }: ScenarioResult): void {
  const lines = [
    ...(values.trace ? trace : trace.slice(-40)),
    `seed ${seed} FAILED (trace ${digest}): ${violation?.stack}`,
    `replay: npm run simulate:faults -- --seed ${seed} --trace`,
  ];
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

function wordsOf({ scenarios, failed, cpuMs, ...figures }: Sums): string {
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const told = Object.entries(figures).map(([what, n]) => `${n} ${what}`);
  const each = `${(cpuMs / scenarios).toFixed(0)} ms CPU per scenario`;
  return `${scenarios} scenarios, ${failed} failed; ${told.join(', ')}; ${seconds.toFixed(0)} s, ${each}`;
}

function seedsOf({ seed, from, seeds: count, known, these }: Values): readonly number[] {
  if (these !== undefined) return these;
  if (seed !== undefined) return [seed];
  const counted = Array.from({ length: count }, (_, n) => from + n);
  return known ? [...new Set([...KNOWN_SEEDS, ...counted])] : counted;
}

function listed(text: string): number[] {
  return text.split(',').map(wholeNumber(0));
}

function noSums(): Sums {
  return { scenarios: 0, failed: 0, cpuMs: 0, lives: 0, crashes: 0, freezes: 0, decisions: 0, mails: 0 };
}

function add(all: Sums, more: Partial<Sums>): void {
  for (const name of Object.keys(more) as (keyof Sums)[]) all[name] += more[name] ?? 0;
}
