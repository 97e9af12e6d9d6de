/** `npm run simulate:faults -- --seeds 1000`: whole runs in one process, on simulated time, network, disk and crashes. */
import { parseArgs } from 'node:util';
import { type NightResult, night } from './night.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    first: { type: 'boolean', default: false },
    twice: { type: 'boolean', default: false },
  },
});

const from = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const began = process.hrtime.bigint();
const cpu = process.cpuUsage();
let failed = 0;
const totals = { lives: 0, crashes: 0, freezes: 0, decisions: 0, mails: 0 };
for (let seed = from; seed < from + count; seed++) {
  const result = await night(seed);
  for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += result.figures[name];
  if (values.twice) {
    const again = await night(seed);
    if (again.digest !== result.digest) {
      const at = result.trace.findIndex((line, i) => line !== again.trace[i]);
      process.stdout.write(
        `seed ${seed} went another way at line ${at}\n- ${result.trace[at]}\n+ ${again.trace[at]}\n`,
      );
      failed++;
    }
  }
  if (result.violation !== null) {
    failed++;
    tell(result);
    if (values.first) break;
  } else if (values.trace) process.stdout.write(`${result.trace.join('\n')}\n`);
}
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
const used = process.cpuUsage(cpu);
process.stdout.write(
  `${count} nights, ${failed} failed; ${JSON.stringify(totals)}; ${seconds.toFixed(1)} s, ${((used.user + used.system) / 1000 / count).toFixed(0)} ms CPU per night\n`,
);
process.exitCode = failed === 0 ? 0 : 1;

function tell({ seed, violation, trace, digest }: NightResult): void {
  const lines = values.trace ? trace : trace.slice(-40);
  process.stdout.write(
    [
      ...lines,
      `seed ${seed} FAILED (trace ${digest}): ${violation?.stack}`,
      `replay: node test/nights/main.ts --seed ${seed} --trace`,
      '',
      '',
    ].join('\n'),
  );
}
