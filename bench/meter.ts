/**
 * Loaded into the measured program before anything else (`node --import bench/meter.ts bin/portcullis.js …`): writes what
 * the process has cost to the file BENCH_METER when it ends, and can put its clock forward by BENCH_SHIFT_MS.
 */
import { writeFileSync } from 'node:fs';

const file = process.env.BENCH_METER;
const shift = Number(process.env.BENCH_SHIFT_MS ?? 0);

export type Meter = {
  /** Processor time of the whole process, garbage collection and threads included, microseconds. */
  readonly cpuUs: number;
  /** The largest resident set, kibibytes. */
  readonly peakKb: number;
};

if (file !== undefined) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const meter: Meter = { cpuUs: userCPUTime + systemCPUTime, peakKb: maxRSS };
    writeFileSync(file, JSON.stringify(meter));
  });
}

if (shift !== 0) {
  const now = Date.now.bind(Date);
  Date.now = () => now() + shift;
}
