/**
 * explain, backtest and policy as a user starts them: exit codes, what goes where, and that nobody is asked. Each command is
 * started as a process of its own at least once; other cases are called in this process, where Cedar is loaded and warm.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { addCommand } from '../../../src/commands/command_line.ts';
import { contextOf } from '../../../src/commands/context/command_context.ts';
import { ended } from '../../../src/commands/context/ended.ts';
import { COMMANDS } from '../../../src/commands/table.ts';
import { AgentazForm } from '../../../src/report/agentaz_form.ts';
import { type Ended, listenTo, openPlace, type Place, type Ran, ROOT } from '../place.ts';

/** As JSON has it: tagged, with its name and its sentence. */
const A_RULE = expect.objectContaining({
  ...{ kind: expect.any(String), rule: expect.any(String), says: expect.any(String) },
});

const POLICY = join(ROOT, 'policy');
let place: Place;
let scratch: string;
let ran: Ran;
/** Only where the files are: no vault, no token, no model. */
let files: Record<string, string>;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'portcullis-policy-cli-'));
  place = await openPlace(
    { data: 'realistic', requests: 60, seed: 12 },
    { POLICY_DIR: POLICY, DEEP_ANALYSIS: 'true', LOG_LEVEL: 'warn' },
  );
  ran = await place.run();
  files = { STATE_DIR: place.state, POLICY_DIR: POLICY };
});
afterAll(async () => {
  await place[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

function started(args: readonly string[], env: Record<string, string> = files, cwd = scratch): Promise<Ended> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/portcullis.js'), ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: scratch, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return listenTo(child).ended;
}
/** The same command in this process: arguments, settings, output and exit code are taken as `src/cli.ts` takes them. */
async function portcullis(args: readonly string[], env: Record<string, string> = files): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += text;
      return true;
    }),
  );
  let code = Number.NaN;
  const program = new Command('portcullis').exitOverride();
  for (const command of COMMANDS) {
    addCommand(program, command, async (given) => {
      code = await ended(async () => {
        const context = await contextOf({ env, file: join(scratch, '.env'), asked: false, version: '0' });
        return command.run(context, given);
      });
    });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { code, ...written };
}
/** Every file of the state folder and what is in it. */
const stateNow = (): string[] =>
  readdirSync(place.state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.name} ${readFileSync(join(entry.parentPath, entry.name)).toString('base64')}`);
const anId = (): string =>
  ran.record.reviewed.find(({ decision }) => decision.verdict !== 'hold')?.dossier.request.id ?? '';
let folders = 0;
function policyCopy(
  change: (read: (name: string) => string, write: (name: string, text: string) => void) => void,
): string {
  const folder = join(scratch, `policy-${++folders}`);
  cpSync(POLICY, folder, { recursive: true });
  change(
    (name) => readFileSync(join(folder, name), 'utf8'),
    (name, text) => writeFileSync(join(folder, name), text),
  );
  return folder;
}

describe('explain', () => {
  test('explains without vault or model settings, and changes nothing in the state', async () => {
    const before = stateNow();
    const { code, stdout, stderr } = await portcullis(['explain', anId()]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(anId());
    expect(stdout).toMatch(/What the run decided[\s\S]*Every check[\s\S]*Where it stands in the ledger/);
    expect(stateNow()).toEqual(before);
  });

  test('also while a run holds the lock', async () => {
    const { takeLock } = await import('../../../src/store/lock.ts');
    const { systemClock } = await import('../../../src/util/clock.ts');
    const lock = await takeLock(place.state, systemClock);
    try {
      expect((await started(['explain', anId()])).code).toBe(0);
      expect((await started(['backtest'])).code).toBe(0);
    } finally {
      await lock.release();
    }
  });

  test('--json is one document, --run names the run', async () => {
    const { code, stdout } = await portcullis(['explain', anId(), '--json', '--run', ran.record.runId]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      run: { runId: ran.record.runId },
      replayed: true,
      policy: { same: true },
      reviewed: { decision: { rules: expect.arrayContaining([A_RULE]) } },
      today: { rules: expect.arrayContaining([A_RULE]) },
    });
  });

  test('--format agentaz prints the decision in the form of the blueprint', async () => {
    const { code, stdout, stderr } = await portcullis(['explain', anId(), '--format', 'agentaz']);
    expect([code, stderr]).toEqual([0, '']);
    expect(AgentazForm.parse(JSON.parse(stdout))).toMatchObject({ request_id: anId() });
  });

  test.each([
    ['an id nobody knows', ['explain', 'nobody-knows'], /no archived run knows a request `nobody-knows`[\s\S]*one run/],
    ['a run nobody knows', ['explain', 'x', '--run', '2020'], /run `2020` is not in the archive/],
  ])('%s ends with 1 and a sentence', async (_name, args, words) => {
    const { code, stdout, stderr } = await portcullis(args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe('policy check and policy test', () => {
  test('the shipped folder passes both, also with no settings and from another folder', async () => {
    for (const [call, env] of [
      [portcullis, files],
      [started, {}],
    ] as const) {
      const checked = await call(['policy', 'check'], env);
      expect([checked.code, checked.stderr]).toEqual([0, '']);
      expect(checked.stdout).toMatch(/✓ no errors, /);
      const tested = await call(['policy', 'test'], env);
      expect([tested.code, tested.stderr]).toEqual([0, '']);
      expect(tested.stdout).toMatch(/✓ \d+ cases, all as expected/);
    }
  });

  test('a folder that opens the gate ends with 1, one that does not load with 2 and the place', async () => {
    const open = policyCopy((_read, write) => write('entitlements.cedar', '// nothing\n'));
    const bad = await started(['policy', 'check', '--policy', open]);
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatch(/✗ error: `approve-low-risk` lets the agent approve/);
    const broken = policyCopy((read, write) =>
      write('approve.cedar', read('approve.cedar').replace('context.approveUpTo', 'context.aproveUpTo')),
    );
    const { code, stdout, stderr } = await portcullis(['policy', 'check', '--policy', broken]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/approve\.cedar:\d+:\d+: .*aproveUpTo/);
  });

  test('a case that fails ends with 1, a mistyped one with 2; files can be named', async () => {
    const failing = join(scratch, 'failing.yml');
    writeFileSync(failing, 'version: 1\ncases:\n  - name: x\n    expect: { verdict: reject }\n');
    const failed = await portcullis(['policy', 'test', failing]);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toMatch(/✗ x .*failing\.yml:3:11\)\n {4}verdict: expected reject, got approve/);
    writeFileSync(failing, 'version: 1\ncases:\n  - name: x\n    expect: { verdikt: reject }\n');
    const mistyped = await portcullis(['policy', 'test', failing]);
    expect([mistyped.code, mistyped.stdout]).toEqual([2, '']);
    expect(mistyped.stderr).toMatch(/failing\.yml:4:\d+: unknown key `verdikt`/);
  });

  test('--json prints one document', async () => {
    const checked = JSON.parse((await portcullis(['policy', 'check', '--json'])).stdout);
    expect(checked).toMatchObject({ findings: expect.any(Array), archive: { runs: 1 } });
    const tested = JSON.parse((await portcullis(['policy', 'test', '--json'])).stdout);
    expect(tested.results.length).toBeGreaterThan(40);
    expect(tested.results[0].decision.rules[0]).toEqual(A_RULE);
  });
});

describe('backtest', () => {
  test('replays the archive without the vault; --json is one document', async () => {
    const before = stateNow();
    const { code, stdout, stderr } = await portcullis(['backtest', '--range', '60d', '--explain']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/nobody was asked anything[\s\S]*✓ Nothing privileged and nothing in conflict/);
    expect(stateNow()).toEqual(before);
    const json = JSON.parse((await portcullis(['backtest', '--json'])).stdout);
    expect(json).toMatchObject({ measures: { dangerous: [] }, history: { runs: [ran.record.runId] } });
  });

  test('a policy that would approve privileged access ends with 1 and is named', async () => {
    const open = policyCopy((read, write) => {
      write('entitlements.cedar', '// nothing\n');
      write('approve.cedar', read('approve.cedar').replace('<= context.approveUpTo', '<= 2'));
    });
    const { code, stdout } = await portcullis(['backtest', '--policy', open]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ \d+ privileged or conflicting would have been approved:/);
    expect(stdout).toMatch(/\d+ requests? (is|are) affected/);
    expect(stdout).toMatch(/hold → approve, still needs a confirmation/);
  });

  test('without an archive, and with a range that is none, it is said', async () => {
    const empty = join(scratch, 'empty');
    mkdirSync(empty, { recursive: true });
    const none = await portcullis(['backtest'], { ...files, STATE_DIR: empty });
    expect([none.code, none.stdout]).toEqual([1, '']);
    expect(none.stderr).toMatch(/no run is archived in `.*empty` yet/);
    const wrong = await portcullis(['backtest', '--range', 'two months']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/--range: `two months` must be a number of hours, days or weeks/);
  });

  test('--rescore asks the model as a run does, gives its credentials back, and writes nothing to any request', async () => {
    const [acts, calls] = [place.acts().length, place.sim.model.calls.length];
    const { code, stdout } = await place.start(['backtest', '--rescore']).ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/asked anew of sim-reviewer-1: \d+ questions/);
    expect(place.sim.model.calls.length).toBeGreaterThan(calls);
    expect(place.acts()).toHaveLength(acts);
    expect(place.openCredentials()).toEqual([]);
  });

  test('--rescore without a vault is a configuration error, not a fall-back', async () => {
    const { code, stderr } = await portcullis(['backtest', '--rescore']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/VAULT_URL: is required/);
  });
});
