/**
 * Loaded into the measured program before anything else (`node --import bench/meter.ts bin/portcullis.js …`): writes what
 * the process has cost to the file BENCH_METER when it ends, and can put its clock forward by BENCH_SHIFT_MS.
 */
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const file = process.env.BENCH_METER;
const shift = Number(process.env.BENCH_SHIFT_MS ?? 0);

export type Meter = {
  /** Processor time of the whole process, garbage collection and threads included, microseconds. */
  readonly cpuUs: number;
  /** The largest resident set, kibibytes. */
  readonly peakKb: number;
  /** The longest time in which nothing else of the program got its turn: no timer, no signal, no renewal of the lock. */
  readonly standstillMs: number;
};

if (file !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const standstillMs = Math.round(delay.max / 1e6);
    const meter: Meter = { cpuUs: userCPUTime + systemCPUTime, peakKb: maxRSS, standstillMs };
    writeFileSync(file, JSON.stringify(meter));
  });
}

if (shift !== 0) {
  const now = Date.now.bind(Date);
  Date.now = () => now() + shift;
}
