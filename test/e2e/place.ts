/** One installation of Portcullis beside its own simulated vault, model and mailbox, and what can be proven about it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { type SimulatorOptions, startSimulator } from '../../simulator/simulator.ts';
import type { VaultRequest } from '../../simulator/vault/records.ts';
import type { Ask } from '../../src/act/act.ts';
import { createApp } from '../../src/app.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { RunRecord } from '../../src/domain/run_record.ts';
import { TEXT_FLAG_NAMES } from '../../src/enrich/screening/text_flags.ts';
import { loadPolicy, type Policy } from '../../src/policy/load.ts';
import { exitCodeOf } from '../../src/run/verdict.ts';
import { systemClock } from '../../src/util/clock.ts';
import { createLog } from '../../src/util/log.ts';
import { type Progress, silentProgress } from '../../src/util/progress.ts';
import { formsIn } from '../security/canary/canary.ts';

export const ROOT = join(import.meta.dirname, '../..');
export const DAY = 86_400_000;

export type Settings = Readonly<Record<string, string>>;
/** How a process ended: its exit code as a shell shows it, 128 and the number for one that a signal killed. */
export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string };
export type Started = {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  readonly stderr: () => string;
  readonly stdout: () => string;
};
export type Ran = {
  readonly record: RunRecord;
  readonly code: number;
  readonly log: string;
  readonly report: string;
  readonly json: Record<string, unknown>;
};
type RunOptions = {
  readonly settings?: Settings;
  readonly dryRun?: boolean;
  readonly ask?: Ask;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
  readonly lockHeld?: () => boolean;
};

/** Everything on, short pauses, long patience (the machine may be busy), and no hour of the day is suspicious. */
export const EVERYTHING_ON: Settings = {
  AUTONOMOUS_MODE: 'true',
  // So that there is one action in hand, and an order to be told; tests about several at a time say how many.
  ACTION_CONCURRENCY: '1',
  AUTO_APPROVE_LOW_RISK: 'true',
  AUTO_REJECT_HIGH_RISK: 'true',
  AUTO_CLOSE_STALE: 'true',
  // A sample that is drawn by a secret would leave one in twenty undone, in another test each time.
  CONTROL_SHARE: '0',
  OFF_HOURS_START: '0',
  OFF_HOURS_END: '0',
  VAULT_CREDENTIAL_POLL_SECONDS: '0.05',
  VAULT_CREDENTIAL_WAIT_SECONDS: '30',
  VAULT_TIMEOUT_SECONDS: '20',
  OPENAI_TIMEOUT_SECONDS: '20',
  ALERT_TIMEOUT_SECONDS: '20',
};

export type Place = Awaited<ReturnType<typeof openPlace>>;

const HOLDER = { id: 'u-holder', name: 'hbauer', displayName: 'Hanna Bauer' };

export async function openPlace(options: SimulatorOptions = {}, changes: Settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-e2e-'));
  const [home, state, reports] = [join(folder, 'home'), join(folder, 'state'), join(folder, 'reports')];
  mkdirSync(home);
  /** Added to the clock of vault and program alike. */
  let shift = 0;
  const now = () => Date.now() + shift;
  const sim = await startSimulator({
    data: 'none',
    now,
    ...options,
    vault: { credentialApproval: { polls: 1 }, ...options.vault },
  });
  const settings: Settings = {
    ...sim.settings,
    ...EVERYTHING_ON,
    STATE_DIR: state,
    REPORT_DIR: reports,
    ...changes,
  };
  const titles = new Map<string, string>();
  const children = new Set<ChildProcess>();
  const said: string[] = [];

  /** A request with a name for the test; `risk` is what `byTag` gives it. */
  function request(title: string, risk: string, partial: Partial<VaultRequest> = {}): VaultRequest {
    const added = sim.vault.add({
      message: `[${risk}] Replace the toner, change CHG0041234`,
      created: now() - 3_600_000,
      // Who has an asset for weeks would have it for longer than its class allows with each new window: another person has.
      ...(partial.status === 'Approved' && { requestor: HOLDER }),
      ...partial,
    });
    titles.set(added.id, title);
    return added;
  }

  // So that no vault holds a single request by accident: that is a case of its own.
  if (options.data === undefined) {
    for (const days of [1, 2]) {
      const window = { requestedFrom: now(), requestedTo: now() + 4 * 3_600_000 };
      request(`a bystander of ${days} days`, 'medium', { created: now() - days * DAY, ...window });
    }
  }

  async function run(how: RunOptions = {}): Promise<Ran> {
    const { settings: more = {}, dryRun = false, ask, progress = silentProgress, signal, lockHeld } = how;
    const output = new PassThrough();
    const lines: string[] = [];
    output.on('data', (chunk: Buffer) => lines.push(chunk.toString('utf8')));
    const config = loadConfig({ PROMPT_DIR: join(ROOT, 'prompts'), ...settings, ...more });
    const clock = { now, sleep: (ms: number, until?: AbortSignal) => systemClock.sleep(ms / 20, until) };
    const log = createLog('debug', false, output, silentProgress);
    const policy = await shippedPolicy(config);
    const app = await createApp({ config, clock, log, progress, version: '0.0.0', ...policy });
    const { record, files } = await app.runOnce({
      dryRun,
      ask: ask ?? null,
      signal: signal ?? new AbortController().signal,
      lockHeld: lockHeld ?? (() => true),
    });
    const text = lines.join('');
    said.push(text);
    return {
      record,
      code: exitCodeOf(record.verdict, null),
      log: text,
      report: files === null ? '' : readFileSync(files.markdown, 'utf8'),
      json: files === null ? {} : (JSON.parse(readFileSync(files.json, 'utf8')) as Record<string, unknown>),
    };
  }

  /** The real program in a folder of its own; nothing of the environment of the tests but what it needs to start. */
  function start(
    args: readonly string[],
    more: Settings = {},
    { cwd = home, node = process.execPath, patienceMs = PATIENCE_MS } = {},
  ): Started {
    const own = { PATH: process.env.PATH ?? '', HOME: home };
    const env = Object.entries({ ...own, ...settings, ...more });
    const child = spawn(node, [join(ROOT, 'bin/portcullis.js'), ...args], {
      cwd,
      env: Object.fromEntries(env.filter(([, value]) => value !== '')),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.add(child);
    const started = listenTo(child, patienceMs);
    void started.ended.then(({ stdout, stderr }) => {
      children.delete(child);
      // What `simulate` prints are settings, a secret among them: that is what it is for.
      said.push(args.includes('simulate') ? '' : stdout, stderr);
    });
    return started;
  }

  /** What was done to requests, in order: `approve a low one`. Refused calls count too. */
  function acts(): string[] {
    return sim.journal.of('approve', 'reject', 'complete').map(({ what, id }) => `${what} ${titles.get(id) ?? id}`);
  }

  /** The agent's credential requests that somebody would still have to end. */
  function openCredentials(): string[] {
    return sim.vault
      .all()
      .filter(({ form, requestor }) => form.id === sim.vault.keyForm.id && requestor.name === sim.vault.agent.name)
      .filter(({ status }) => status === 'Active' || status === 'Approved')
      .map(({ entityName, status }) => `${entityName} ${status}`);
  }

  /** Everything the program wrote anywhere, by place. */
  function written(): Map<string, string> {
    const all = new Map<string, string>();
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder, name);
      if (statSync(path).isFile() && !name.endsWith('.env')) all.set(name, readFileSync(path, 'utf8'));
    }
    said.forEach((text, n) => void all.set(`output ${n}`, text));
    sim.model.calls.forEach(({ body }, n) => void all.set(`question ${n}`, JSON.stringify(body)));
    sim.mailbox.mails.forEach(({ raw }, n) => void all.set(`mail ${n}`, raw));
    for (const what of ['approve', 'reject', 'complete', 'submit'] as const) {
      sim.journal.of(what).forEach(({ body }, n) => void all.set(`${what} ${n}`, body));
    }
    return all;
  }

  /** Where a secret can be read although it should be nowhere. */
  function leaks(): string[] {
    const tokens = sim.mailbox.mails.map(({ token }) => token);
    const secrets = [...sim.secrets, ...tokens];
    const leaked = (text: string) =>
      secrets.some((secret) => text.includes(secret)) || formsIn(Buffer.from(text)).length > 0;
    return [...written()].flatMap(([place, text]) => (leaked(text) ? [place] : []));
  }

  const names = (dir: string, ending: string): string[] => {
    try {
      return readdirSync(dir).filter((name) => name.endsWith(ending));
    } catch {
      return [];
    }
  };

  return {
    folder,
    home,
    state,
    reports,
    sim,
    settings,
    request,
    run,
    start,
    acts,
    openCredentials,
    written,
    leaks,
    now,
    /** Lets time pass for vault and program. */
    later: (ms: number) => {
      shift += ms;
    },
    reportFiles: () => names(reports, '.md').sort(),
    outbox: () => names(join(state, 'outbox'), '.json'),
    /** How many credential requests the program itself knows to be waiting. */
    pending: () => {
      const file = join(state, '.pending_request.json');
      return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { requests: unknown[] }).requests.length : 0;
    },
    statusOf: (id: string) => sim.vault.get(id)?.status,
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL');
      await sim.close();
      const leaked = leaks();
      rmSync(folder, { recursive: true, force: true });
      // Asked after every test, whatever else it is about: also what was sent to the model, the vault and the mailbox.
      if (leaked.length > 0) throw new Error(`a secret can be read in: ${leaked.join(', ')}`);
    },
  };
}

let shipped: Promise<Policy> | undefined;

/** The policy of the repository, read once for all runs in this process; nothing when another one is to be read. */
export async function shippedPolicy({ places }: Config): Promise<{ policy?: Policy }> {
  if (resolve(places.policy) !== join(ROOT, 'policy')) return {};
  shipped ??= loadPolicy(places.policy, { textFlags: TEXT_FLAG_NAMES });
  return { policy: await shipped };
}

const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };

/** A process that takes longer is killed. */
const PATIENCE_MS = 100_000;

export function listenTo(child: ChildProcess, patienceMs = PATIENCE_MS): Started {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const tooLong = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(tooLong);
      resolve({ code: code ?? 128 + (SIGNALS[signal ?? ''] ?? 0), stdout, stderr });
    });
  });
  return { child, ended, stderr: () => stderr, stdout: () => stdout };
}

/** Whatever acts on a terminal or turns a text round; a line break does not count. */
export const ACTING = /[[\p{Cc}\p{Cf}]--[\n]]/v;

/** Resolves as soon as `holds`; fails with `what` after a hundred seconds. */
export async function until(holds: () => boolean, what: string | (() => string)): Promise<void> {
  const deadline = Date.now() + 100_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}
