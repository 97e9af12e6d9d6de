/** The door: help, usage, settings, exit codes; the real program started as a user starts it. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usageOf } from '../../../src/commands/command.ts';
import { COMMAND_GROUPS, COMMANDS } from '../../../src/commands/table.ts';
import { type Ended, listenTo, openPlace, type Place, ROOT } from '../place.ts';
import { byTag } from '../tagged_model.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
/** As a page of help shows it: broken into lines anywhere, without backticks. */
const flat = (text: string): string => text.replaceAll('`', '').replace(/\s+/g, ' ');

let place: Place;
let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'portcullis-cli-'));
  place = await openPlace({ model: { behaviour: byTag } });
});
afterAll(async () => {
  await place[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

let folders = 0;
function emptyFolder(): string {
  const folder = join(scratch, `${++folders}`);
  mkdirSync(folder);
  return folder;
}

/** The program with exactly these variables, in an empty folder of its own unless told. */
function portcullis(args: readonly string[], env: Record<string, string> = {}, cwd = emptyFolder()): Promise<Ended> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/portcullis.js'), ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return listenTo(child).ended;
}

describe.concurrent('help and usage', () => {
  test('--help lists every command and says where to read on', async () => {
    const { code, stdout, stderr } = await portcullis(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    const first = COMMANDS.map(({ name }) => name.split(' ')[0] ?? '');
    for (const word of first) expect(stdout).toMatch(new RegExp(`^  ${word}\\b`, 'm'));
    expect(stdout).toMatch(/--settings[\s\S]*\.env\.example[\s\S]*docs\/reference\.md[\s\S]*demo/);
  });

  test.each(COMMANDS.map((command) => [command.name, command] as const))(
    '%s --help says how it is called, what it does and what each option is for',
    async (name, command) => {
      const words = name.split(' ');
      const { code, stdout, stderr } = await portcullis([...words, '--help']);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout.split('\n')[0]).toBe(`Usage: portcullis ${usageOf(command)}`);
      const page = flat(stdout);
      expect(page).toContain(flat(command.about));
      for (const { about } of Object.values(command.arguments ?? {})) expect(page).toContain(flat(about));
      for (const { flags, about } of Object.values(command.options)) expect(page).toContain(`${flags} ${flat(about)}`);
      expect(page).toContain('--settings <file>');
      expect(await portcullis(['help', ...words])).toEqual({ code, stdout, stderr });
    },
  );

  test('older names are listed as such, and their help leads to the new ones', async () => {
    const older = COMMANDS.flatMap(({ name, olderName }) =>
      olderName === undefined ? [] : [[olderName, name] as const],
    );
    expect(older.map(([name]) => name)).toEqual(['verify', 'record export', 'record repair']);
    const [, list = ''] = (await portcullis(['--help'])).stdout.split(/^Older names, which go on working:$/m);
    expect(list).toMatch(/^ {2}verify .*older name of ledger verify\n {2}record /m);
    for (const [name, now] of older) {
      const { code, stdout } = await portcullis([...name.split(' '), '--help']);
      expect(code).toBe(0);
      expect(flat(stdout)).toContain(`Usage: portcullis ${name} `);
      expect(flat(stdout)).toContain(`This is the older name of portcullis ${now}.`);
    }
  });

  test.each(Object.keys(COMMAND_GROUPS))('%s alone lists its commands on stderr and ends with 2', async (group) => {
    const { code, stdout, stderr } = await portcullis([group]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`Usage: portcullis ${group} [options] [command]`);
    expect((await portcullis([group, '--help'])).stdout).toBe(stderr);
  });

  test('a mistyped command or option is met with the nearest one and the place to look', async () => {
    const hint = async (...args: string[]) => {
      const { code, stderr } = await portcullis(args);
      return [code, stderr];
    };
    expect(await hint('statr')).toEqual([
      2,
      "error: unknown command 'statr'\n(Did you mean start?)\n(portcullis --help lists the commands)\n",
    ]);
    expect(await hint('ledger', 'verfy')).toEqual([
      2,
      "error: unknown command 'verfy'\n(Did you mean verify?)\n(portcullis ledger --help lists the commands)\n",
    ]);
    expect(await hint('run', '--dry-rum')).toEqual([
      2,
      "error: unknown option '--dry-rum'\n(Did you mean --dry-run?)\n(portcullis run --help lists what it takes)\n",
    ]);
    expect(await hint('help', 'ledger', 'nothing')).toEqual([
      2,
      "error: unknown command 'ledger nothing'\n(portcullis --help lists the commands)\n",
    ]);
  });

  test('help loads nothing but the command line: of the packages, commander and dotenv', async () => {
    const hooks = pathToFileURL(join(emptyFolder(), 'hooks.mjs'));
    writeFileSync(
      hooks,
      `import { appendFileSync } from 'node:fs';
       import { registerHooks } from 'node:module';
       registerHooks({ load: (url, context, next) => (appendFileSync(process.env.LOADED, url + '\\n'), next(url, context)) });`,
    );
    for (const args of [['--help'], ['run', '--help'], ['help', 'ledger', 'verify'], ['nothing']]) {
      const loaded = join(emptyFolder(), 'loaded');
      await portcullis(args, { NODE_OPTIONS: `--import=${hooks.href}`, LOADED: loaded });
      const urls = readFileSync(loaded, 'utf8').split('\n');
      const packages = urls.flatMap((url) => /\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []);
      expect([...new Set(packages)].toSorted()).toEqual(['commander', 'dotenv']);
      expect(urls.filter((url) => url.includes('/src/commands/handlers/'))).toEqual([]);
      expect(urls.filter((url) => url.endsWith('/src/cli.ts'))).toHaveLength(1);
    }
  });

  test('--version prints the version of the package and nothing else', async () => {
    expect(await portcullis(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  test.each([
    ['no command', []],
    ['an unknown command', ['approve-everything']],
    ['an unknown option', ['run', '--force']],
    ['a count that is no number', ['demo', '--requests', 'many']],
    ['a negative seed', ['simulate', '--seed', '-1']],
    ['an argument too many', ['run', 'now']],
  ])('%s is told in a line and ends with 2', async (_name, args) => {
    const { code, stdout, stderr } = await portcullis(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe.concurrent('settings at the door', () => {
  const WRONG = {
    VAULT_URL: 'http://vault.example.com',
    VAULT_API_TOKEN: 'hunter2-is-no-jwt',
    REQUEST_LOOKBACK_DAYS: '5',
    STALE_REQUEST_DAYS: '7',
    AUTONOMOUS_MODE: 'yes',
    OFF_HOURS_TIMEZONE: 'Mars/Olympus',
    SCHEDULE_CRON: 'every now and then',
    ALERT_RECIPIENT_EMAILS: 'lead@example.com, not-an-address',
    VAULT_CA_FILE: '/nowhere/ca.pem',
  };

  test.each(['run', 'start'])(
    '%s: bad settings are all listed at once, exit 2, and nothing is created',
    async (command) => {
      const cwd = emptyFolder();
      const { code, stdout, stderr } = await portcullis([command], WRONG, cwd);
      expect([code, stdout]).toEqual([2, '']);
      for (const name of Object.keys(WRONG))
        if (name !== 'REQUEST_LOOKBACK_DAYS') expect(stderr).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
      expect(stderr).not.toContain('hunter2');
      expect(stderr).not.toMatch(/^\s+at /m);
      expect(readdirSync(cwd)).toEqual([]);
    },
  );

  test('without any settings the two that are required are named, and a missing .env is no problem of its own', async () => {
    const { code, stderr } = await portcullis(['run']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/VAULT_URL: is required/);
    expect(stderr).toMatch(/VAULT_API_TOKEN: is required/);
    expect(stderr).not.toMatch(/ENOENT|does not exist/);
  });

  test.each(['mine.env', '.env'])('--settings %s that is not there is said, exit 2', async (file) => {
    for (const args of [
      ['--settings', file, 'run'],
      ['run', `--settings=${file}`],
    ]) {
      const { code, stderr } = await portcullis(args, place.settings);
      expect(code).toBe(2);
      expect(stderr).toContain(`--settings: \`${file}\` does not exist`);
    }
  });

  test('--settings names another file than .env', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'mine.env'), 'VAULT_URL=ftp://mine\n');
    writeFileSync(join(cwd, '.env'), 'VAULT_URL=ftp://usual\n');
    const { code, stderr } = await portcullis(['--settings', 'mine.env', 'run'], {}, cwd);
    expect(code).toBe(2);
    expect(stderr).toContain('`ftp://mine`');
  });

  test.each(['--settings=folder', ''])('a settings file that is a folder is said, exit 2 (%s)', async (option) => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, option === '' ? '.env' : 'folder'));
    const { code, stderr } = await portcullis(['run', ...(option === '' ? [] : [option])], {}, cwd);
    expect(code).toBe(2);
    expect(stderr).toMatch(/(--settings|settings file): `(folder|\.env)` cannot be read: EISDIR/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  test('.env of the folder is used, the real environment wins, and unknown names in it are warned about', async () => {
    const cwd = emptyFolder();
    const lines = Object.entries({ ...place.settings, VAULT_URL: 'https://wrong.invalid', VAULT_TOKN: 'typo' });
    writeFileSync(join(cwd, '.env'), lines.map(([name, value]) => `${name}=${value}`).join('\n'));
    const env = { VAULT_URL: place.settings.VAULT_URL ?? '', STATE_DIR: 'here/state', REPORT_DIR: 'here/reports' };
    const { code, stderr, stdout } = await portcullis(['run', '--dry-run'], env, cwd);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/config\.unknown/);
    expect(stderr).toContain('VAULT_TOKN');
    expect(stdout).toMatch(/report: here\/reports\//);
    const report = readdirSync(join(cwd, 'here/reports')).find((name) => name.endsWith('.md')) ?? '';
    expect(readFileSync(join(cwd, 'here/reports', report), 'utf8')).toMatch(
      /^- \*\*To look at:\*\* VAULT.{1,3}TOKN: no setting has this name.*did you mean/m,
    );
    expect(stdout).toMatch(/^! VAULT_TOKN: no setting has this name.*did you mean `VAULT_API_TOKEN`\?/m);
  });

  test('a misspelt name stands in the list when others are wrong, also one of the environment', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, '.env'), 'VAULT_ULR=https://vault.example.com\n');
    const { code, stderr } = await portcullis(['run'], { VAULT_API_TOKENS: 'eyJ.eyJ.x' }, cwd);
    expect(code).toBe(2);
    expect(stderr).toMatch(/VAULT_URL: is required/);
    expect(stderr).toMatch(/VAULT_ULR: .*the settings file.*did you mean `VAULT_URL`\?/);
    expect(stderr).toMatch(/VAULT_API_TOKENS: .*the environment.*did you mean `VAULT_API_TOKEN`\?/);
  });

  test('what a `#` cuts, a wrong value and a misspelt name are told at once', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, '.env'), 'LEDGER_KEY=abc#def\nDEEP_ANALYSIS=perhaps\nAUTO_APROVE_LOW_RISK=true\n');
    const { code, stderr } = await portcullis(['run'], {}, cwd);
    expect(code).toBe(2);
    expect(stderr).toMatch(/LEDGER_KEY: line 1/);
    expect(stderr).toMatch(/DEEP_ANALYSIS: `perhaps`/);
    expect(stderr).toMatch(/AUTO_APROVE_LOW_RISK: .*did you mean `AUTO_APPROVE_LOW_RISK`/);
  });

  test.each([
    ['a value that a `#` cuts', 'LEDGER_KEY=abc#def', /LEDGER_KEY: line 2 of `\.env`: a `#` ends the value/],
    ['UTF-16', '\u0000', /settings file: `\.env` is UTF-16/],
    ['a setting without `=`', 'AUTONOMOUS_MODE true', /AUTONOMOUS_MODE: line 2 of `\.env`: it sets nothing/],
  ])('%s in .env is refused by its line, exit 2, and nothing is created', async (_what, line, says) => {
    const cwd = emptyFolder();
    const text = `VAULT_URL=${place.settings.VAULT_URL}\n${line}\n`;
    writeFileSync(join(cwd, '.env'), line === '\u0000' ? Buffer.from(text, 'utf16le') : text);
    const { code, stdout, stderr } = await portcullis(['run'], place.settings, cwd);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/abc|def/);
    expect(readdirSync(cwd)).toEqual(['.env']);
  });

  test('an empty variable of the environment counts as not set and does not hide the one in .env', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, '.env'), 'VAULT_URL=ftp://mine\n');
    const { stderr } = await portcullis(['run'], { VAULT_URL: '' }, cwd);
    expect(stderr).toContain('VAULT_URL: `ftp://mine`');
  });

  test('a token that names nobody needs AGENT_USERNAME, which is said before anything is done', async () => {
    const cwd = emptyFolder();
    const VAULT_API_TOKEN = place.sim.vault.issueToken({ user: null });
    const { code, stderr } = await portcullis(['run'], { ...place.settings, VAULT_API_TOKEN, STATE_DIR: 's' }, cwd);
    expect(code).toBe(2);
    expect(stderr).toMatch(/AGENT_USERNAME: is required/);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('a folder without prompts is said, exit 2', async () => {
    const { code, stderr } = await portcullis(['run'], { ...place.settings, PROMPT_DIR: 'nowhere' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/PROMPT_DIR/);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe.concurrent('folders that cannot be used', () => {
  test('a state folder below a file: one clear line, exit 1, nothing done and nobody asked', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'file'), '');
    const { code, stderr, stdout } = await portcullis(['run'], { ...place.settings, STATE_DIR: 'file/state' }, cwd);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^portcullis: could not (create|lock) `file\/state`: (ENOTDIR|EEXIST)$/m);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

const old = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path));
describe.skipIf(old === undefined)('another Node on this machine', () => {
  test('one that is too old is told in one line, exit 2', async ({ skip }) => {
    const run = (args: readonly string[]) =>
      listenTo(spawn(old ?? '', [...args], { stdio: ['ignore', 'pipe', 'pipe'] })).ended;
    const { stdout } = await run(['--version']);
    if (Number(/^v(\d+)/.exec(stdout)?.[1]) >= 24) skip(`${old} is ${stdout.trim()}, which is new enough`);
    const { code, stderr } = await run([join(ROOT, 'bin/portcullis.js'), '--help']);
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/needs Node 24 or newer and this is v\d+/);
  });
});
