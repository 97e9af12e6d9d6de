/** The program as its users start it (`portcullis run`), in a process of its own, and what a run of it has cost. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Meter } from '../meter.ts';
import { ROOT } from './machine.ts';

export type Settings = Readonly<Record<string, string>>;

export type Ran = {
  /** From the start of the process to its end, the loading of the program included. */
  readonly wallMs: number;
  /** Null when the process was killed before it could tell, as one is that runs out of memory. */
  readonly cpuMs: number | null;
  readonly peakMb: number | null;
  /** The longest time in which no timer of it ran; the lock on the state folder is given up after thirty seconds. */
  readonly standstillMs: number | null;
  /** By name, as the program logs them. */
  readonly steps: Readonly<Record<string, number>>;
  readonly tokens: { readonly prompt: number; readonly completion: number };
  /** How it ended: its exit code, or the signal that killed it. */
  readonly end: string;
  /** What it complained about, the first few. */
  readonly problems: readonly string[];
  /** Everything that it left in its folder of reports. */
  readonly reportMb: number;
};

/** Whether it came to its end; one that broke off early was cheap for a bad reason. */
export const came = ({ end, cpuMs }: Ran): boolean => cpuMs !== null && (end === '0' || end === '4');

/** One installation: state and reports stay from run to run. */
export type Program = Disposable & {
  run(options?: {
    readonly settings?: Settings;
    readonly shiftMs?: number;
    readonly profiles?: string | null;
  }): Promise<Ran>;
};

const BIN = join(ROOT, 'bin/portcullis.js');

/** Everything on, and no hour of the day is suspicious, so that a result does not depend on when it was measured. */
const EVERYTHING_ON: Settings = {
  AUTONOMOUS_MODE: 'true',
  AUTO_APPROVE_LOW_RISK: 'true',
  AUTO_REJECT_HIGH_RISK: 'true',
  AUTO_CLOSE_STALE: 'true',
  DEEP_ANALYSIS: 'true',
  OFF_HOURS_START: '0',
  OFF_HOURS_END: '0',
};

/** Caps, breaker and ceilings out of the way: what is measured is the work and not where it ends. */
export const UNCAPPED: Settings = {
  CAP_APPROVALS_PER_RUN: '100000',
  CAP_APPROVALS_PER_DAY: '100000',
  CAP_APPROVALS_PER_REQUESTOR_PER_DAY: '100000',
  CAP_APPROVALS_PER_ASSET_PER_DAY: '100000',
  CAP_REJECTIONS_PER_RUN: '100000',
  BREAKER_FACTOR: '0',
};

/** `command` is what Node is told to run: the program itself, or what it is compared with. */
export function openProgram(given: Settings, command: readonly string[] = [BIN, 'run']): Program {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-bench-'));
  const [home, reports, meterFile] = [join(folder, 'home'), join(folder, 'reports'), join(folder, 'meter.json')];
  mkdirSync(home);
  const places = {
    STATE_DIR: join(folder, 'state'),
    REPORT_DIR: reports,
    PROMPT_DIR: join(ROOT, 'prompts'),
    POLICY_DIR: join(ROOT, 'policy'),
  };

  return {
    async run({ settings = {}, shiftMs = 0, profiles = null } = {}) {
      rmSync(reports, { recursive: true, force: true });
      rmSync(meterFile, { force: true });
      const flags = profiles === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, '--cpu-prof-interval=2000'];
      const begun = performance.now();
      const child = spawn(process.execPath, [...flags, '--import', join(ROOT, 'bench/meter.ts'), ...command], {
        cwd: home,
        env: {
          PATH: process.env.PATH ?? '',
          HOME: home,
          BENCH_METER: meterFile,
          BENCH_SHIFT_MS: `${shiftMs}`,
          ...{ ...EVERYTHING_ON, ...given, ...places, ...settings },
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const heard = listen();
      const lines = createInterface(child.stderr);
      lines.on('line', heard.line);
      const end = await new Promise<string>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code, signal) => resolve(signal ?? `${code}`));
      });
      const wallMs = performance.now() - begun;
      const meter = existsSync(meterFile) ? (JSON.parse(readFileSync(meterFile, 'utf8')) as Meter) : null;
      return {
        wallMs,
        cpuMs: meter === null ? null : meter.cpuUs / 1000,
        peakMb: meter === null ? null : meter.peakKb / 1024,
        standstillMs: meter === null ? null : meter.standstillMs,
        ...heard.facts(),
        end,
        reportMb: sizeOf(reports) / 2 ** 20,
      };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const SHOWN = 5;

/** Reads the program's log as it comes: of a large run it is long, and only a few lines of it count here. */
function listen() {
  const steps: Record<string, number> = {};
  const problems: string[] = [];
  let tokens = { prompt: 0, completion: 0 };
  return {
    line(text: string): void {
      if (!text.startsWith('{')) {
        if (/error|portcullis:|killed/i.test(text) && problems.length < SHOWN) problems.push(text.trim());
        return;
      }
      if (!/"msg":"(step\.done|run\.finished|run\.problem)"/.test(text)) return;
      const said = JSON.parse(text) as Record<string, unknown>;
      if (said.msg === 'step.done') steps[String(said.step)] = Number(said.ms);
      else if (said.msg === 'run.finished') {
        tokens = { prompt: Number(said.promptTokens), completion: Number(said.completionTokens) };
      } else if (problems.length < SHOWN) problems.push(`${said.where}: ${said.message}`);
    },
    facts: () => ({ steps, problems, tokens }),
  };
}

function sizeOf(folder: string): number {
  if (!existsSync(folder)) return 0;
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
