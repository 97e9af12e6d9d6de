/** `npm run simulate:faults -- --seeds 1000`: whole runs on simulated time, network, disk and crashes. */
import { spawn } from 'node:child_process';
import { Option } from 'commander';
import { trialCommand, wholeNumber } from '../../scripts/trial_command.ts';
import { type Figures, type NightResult, night } from './scenario.ts';

type Values = {
  readonly seeds: number;
  readonly from: number;
  readonly seed?: number;
  readonly workers: number;
} & Readonly<Partial<Record<'trace' | 'first' | 'twice' | 'sums', true>>>;

const values = trialCommand('simulate:faults', 'Whole runs on simulated time, network and disk, with crashes.')
  .option('--seeds <count>', 'how many nights', wholeNumber(1), 200)
  .option('--from <seed>', 'the first seed', wholeNumber(0), 1)
  .option('--seed <seed>', 'this night alone', wholeNumber(0))
  .option('--workers <count>', 'in so many processes at the same time', wholeNumber(1), 1)
  .option('--trace', 'tell the whole story of each night')
  .option('--first', 'end at the first night that fails')
  .option('--twice', 'play each night twice: the stories have to be the same')
  .addOption(new Option('--sums', 'for the processes that --workers starts').hideHelp())
  .parse()
  .opts<Values>();

/** Begins the line with which a process hands its sums to the one that started it. */
const MARK = 'SUMS ';

type Sums = Figures & { nights: number; failed: number; cpuMs: number };

const from = values.seed ?? values.from;
const seeds = values.seed === undefined ? values.seeds : 1;
const workers = Math.min(values.workers, seeds);
const began = process.hrtime.bigint();
const sums = workers > 1 ? await together(workers) : await alone();
if (values.sums) process.stdout.write(`${MARK}${JSON.stringify(sums)}\n`);
else process.stdout.write(`${wordsOf(sums)}\n`);
process.exitCode = sums.failed === 0 ? 0 : 1;

async function alone(): Promise<Sums> {
  const all = noSums();
  const cpu = process.cpuUsage();
  for (let seed = from; seed < from + seeds && !(values.first && all.failed > 0); seed++) {
    const result = await night(seed);
    add(all, { ...result.figures, nights: 1 });
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
  const share = Math.ceil(seeds / processes);
  const passed = (['trace', 'first', 'twice'] as const).filter((name) => values[name]).map((name) => `--${name}`);
  await Promise.all(
    Array.from({ length: processes }, async (_, n) => {
      const [first, count] = [from + n * share, Math.min(share, seeds - n * share)];
      if (count <= 0) return;
      const args = ['--sums', '--from', `${first}`, '--seeds', `${count}`, ...passed];
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

async function differs(result: NightResult): Promise<number> {
  const again = await night(result.seed);
  if (again.digest === result.digest) return 0;
  const at = result.trace.findIndex((line, i) => line !== again.trace[i]);
  const lines = [`seed ${result.seed} FAILED: it went another way at line ${at}`, result.trace[at], again.trace[at]];
  process.stdout.write(`${lines.join('\n')}\n`);
  return 1;
}

function tell({ seed, violation, trace, digest }: NightResult): void {
  const lines = [
    ...(values.trace ? trace : trace.slice(-40)),
    `seed ${seed} FAILED (trace ${digest}): ${violation?.stack}`,
    `replay it: npm run simulate:faults -- --seed ${seed} --trace`,
  ];
  process.stdout.write(`${lines.join('\n')}\n\n`);
}

function wordsOf({ nights, failed, cpuMs, ...figures }: Sums): string {
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const told = Object.entries(figures).map(([what, n]) => `${n} ${what}`);
  const each = `${(cpuMs / nights).toFixed(0)} ms CPU per night`;
  return `${nights} nights, ${failed} failed; ${told.join(', ')}; ${seconds.toFixed(0)} s, ${each}`;
}

function noSums(): Sums {
  return { nights: 0, failed: 0, cpuMs: 0, lives: 0, crashes: 0, freezes: 0, decisions: 0, mails: 0 };
}

function add(all: Sums, more: Partial<Sums>): void {
  for (const name of Object.keys(more) as (keyof Sums)[]) all[name] += more[name] ?? 0;
}
