/** `bin/portcullis.js` starts everywhere: plain shells, Windows' shims, old Nodes, packages and checkouts that lack something. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const BIN = join(ROOT, 'bin/portcullis.js');
const NODE = process.execPath;
/** What it starts where there is no source. */
const BUILT = 'dist/src/cli.js';
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

type Facts = { readonly version: string; readonly brought: string | null; readonly canBeBrought: boolean };
type Place = { readonly root: string; readonly installed: boolean; readonly door: string };
const require = createRequire(import.meta.url);
const { oldNode } = require('../../bin/missing.js') as { oldNode: (place: Place, found: Facts) => string };

let scratch = '';
beforeAll(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), 'portcullis-bin-')));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let folders = 0;
function newFolder(...below: string[]): string {
  const folder = join(scratch, `${++folders}`, ...below);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A copy of `bin/`, and of the given parts of the package. */
function copyTo(folder: string, ...parts: string[]): string {
  // The simulator holds what the suite looks for as secrets that were written down.
  const filter = (path: string) => !path.endsWith('/simulator');
  for (const part of ['bin', 'package.json', ...parts]) {
    cpSync(join(ROOT, part), join(folder, part), { recursive: true, filter });
  }
  return join(folder, 'bin/portcullis.js');
}

const checkout = () => copyTo(newFolder('checkout'), 'src');
const installed = (...parts: string[]) => copyTo(newFolder('lib/node_modules/portcullis'), ...parts);

/** Nothing of the environment but where Node is to be found. */
function ended(command: string, args: readonly string[], path = dirname(NODE)) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: scratch,
    encoding: 'utf8',
    env: { PATH: [path, '/usr/bin', '/bin'].join(delimiter), HOME: scratch },
    timeout: 60_000,
  });
  return { status, stdout, stderr, ...(error === undefined ? {} : { error }) };
}
const started = { status: 0, stdout: `${version}\n`, stderr: '' };

/** The commands that a sentence names; every one of them has to work where the sentence is said. */
const commandsIn = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, command]) => command);

describe('any shell', () => {
  test('the first line is one that every system takes: no options, no variables', () => {
    expect(readFileSync(BIN, 'utf8').split('\n')[0]).toBe('#!/usr/bin/env node');
  });

  test.for(['/bin/sh', 'bash', 'busybox'])('%s starts it', (shell, { skip }) => {
    const applet = shell === 'busybox' ? ['sh'] : [];
    if (ended(shell, [...applet, '-c', 'exit 0']).status !== 0) skip(`there is no ${shell} on this machine`);
    expect(ended(shell, [...applet, '-c', '"$0" --version', BIN])).toEqual(started);
  });

  test('busybox has the `env` of the first line too', ({ skip }) => {
    if (ended('busybox', ['true']).status !== 0) skip('there is no busybox on this machine');
    expect(ended('busybox', ['env', 'node', BIN, '--version'])).toEqual(started);
  });

  // What npm installs on Alpine: a Node for another C library, in front of the system's. The system answers `ENOENT`, as here.
  test.for([
    ['the first line', ['-c', '"$0" --version', BIN]] as const,
    ['a script of package.json', ['-c', 'node "$0" --version', BIN]] as const,
  ])('a Node that cannot start on this machine is passed over by busybox: %s', ([, args], { skip }) => {
    if (ended('busybox', ['true']).status !== 0) skip('there is no busybox on this machine');
    const folder = newFolder();
    writeFileSync(join(folder, 'node'), '#!/lib/another-libc.so.1\n');
    chmodSync(join(folder, 'node'), 0o755);
    expect(ended('busybox', ['sh', ...args], [folder, dirname(NODE)].join(delimiter))).toEqual(started);
  });

  test('the scripts of package.json name Node themselves, because Windows starts no file by its first line', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const starting = Object.values(scripts).filter((line) => line.includes('bin/'));
    expect(starting.length).toBeGreaterThan(3);
    for (const line of starting) expect(line).toMatch(/^node bin\/portcullis\.js( |$)/);
  });
});

/** npm's own writer of shims, as it lies in the npm of this machine. */
function cmdShim(): ((from: string, to: string) => Promise<unknown>) | null {
  const { stdout: npm } = ended('/bin/sh', ['-c', 'command -v npm'], process.env.PATH);
  try {
    return createRequire(realpathSync(npm.trim()))('cmd-shim');
  } catch {
    return null;
  }
}

describe('what npm writes on Windows', () => {
  test('three shims that call Node with `bin/portcullis.js`, without options and variables', async ({ skip }) => {
    const write = cmdShim() ?? skip('the npm of this machine does not show its cmd-shim');
    const folder = newFolder('node_modules');
    const shim = join(folder, '.bin/portcullis');
    await write(copyTo(join(folder, 'portcullis')), shim);
    const [sh, cmd, ps1] = [shim, `${shim}.cmd`, `${shim}.ps1`].map((file) => readFileSync(file, 'utf8'));
    expect(sh).toMatch(/^ {2}exec node {2}"\$basedir\/\.\.\/portcullis\/bin\/portcullis\.js" "\$@"$/m);
    expect(cmd).toMatch(/"%_prog%" {2}"%dp0%\\\.\.\\portcullis\\bin\\portcullis\.js" %\*\r\n$/);
    expect([...(cmd ?? '').matchAll(/^\s*@?SET (.*)\r$/gim)].map(([, set]) => set)).toEqual([
      'dp0=%~dp0',
      '"_prog=%dp0%\\node.exe"',
      '"_prog=node"',
      'PATHEXT=%PATHEXT:;.JS;=;%',
    ]);
    expect(ps1).toContain('& "node$exe"  "$basedir/../portcullis/bin/portcullis.js" $args');
  });

  test.for(['/bin/sh', 'busybox'])('the one for shells such as Git Bash starts it: %s', async (shell, { skip }) => {
    const write = cmdShim() ?? skip('the npm of this machine does not show its cmd-shim');
    const applet = shell === 'busybox' ? ['sh'] : [];
    if (ended(shell, [...applet, '-c', 'exit 0']).status !== 0) skip(`there is no ${shell} on this machine`);
    const shim = join(newFolder(), 'portcullis');
    await write(BIN, shim);
    expect(ended(shell, [...applet, shim, '--version'])).toEqual(started);
  });
});

/** A Node of this machine that is too old. */
const old = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']
  .map((folder) => join(folder, 'node'))
  .find((path) => {
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    return /^v\d/.test(stdout ?? '') && Number.parseInt(stdout.slice(1), 10) < 24;
  });
const NO_OLD_NODE = 'every Node on this machine is new enough';

describe('a Node that is too old', () => {
  const door = '/opt/portcullis/bin/portcullis.js';
  const of = (installed: boolean, found: Partial<Facts>) =>
    oldNode(
      { root: '/opt/portcullis', installed, door },
      { version: 'v20.1.0', brought: null, canBeBrought: false, ...found },
    );

  test('a checkout where npm brought a Node names the way that uses it', () => {
    expect(of(false, { brought: '/opt/node', canBeBrought: true })).toBe(
      'portcullis needs Node 24 or newer and this is v20.1.0: start it with `npm run portcullis --` in /opt/portcullis, which uses the one that npm brought',
    );
  });

  test('a checkout where npm would bring one says `npm ci` first', () => {
    expect(commandsIn(of(false, { canBeBrought: true }))).toEqual(['npm ci', 'npm run portcullis --']);
  });

  test.each([
    ['a checkout where npm has none (macOS, Windows, Alpine)', false, {}],
    ['an installed package without one (global on macOS, npx)', true, {}],
    ['an installed package on Linux where npm could bring one', true, { canBeBrought: true }],
  ])('%s is told where Node comes from, and no command that would not work', (_name, isInstalled, found) => {
    const said = of(isInstalled, found);
    expect(commandsIn(said)).toEqual([]);
    expect(said).toMatch(
      /: install one \(https:\/\/nodejs\.org, a version manager .*, or the packages of your system\)$/,
    );
  });

  test('an installed package with the one that came along names it, quoted for a shell', () => {
    const said = of(true, { brought: "/home/o'hara/my node/bin/node" });
    expect(commandsIn(said)).toEqual([`'/home/o'\\''hara/my node/bin/node' ${door}`]);
  });

  test('in this checkout, the old Node of this machine says what works: it is tried', ({ skip }) => {
    const node = old ?? skip(NO_OLD_NODE);
    const { status, stdout, stderr } = ended(node, [BIN, '--help']);
    expect([status, stdout, stderr.split('\n').length]).toEqual([2, '', 2]);
    expect(stderr).toMatch(/^portcullis needs Node 24 or newer and this is v\d+\.\d+\.\d+: /);
    const [command = ''] = commandsIn(stderr);
    expect(command).toBe('npm run portcullis --');
    const tried = spawnSync('/bin/sh', ['-c', `${command} --version`], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { PATH: [dirname(node), '/usr/bin', '/bin'].join(delimiter), HOME: scratch },
    });
    expect([tried.status, tried.stdout.trim().split('\n').at(-1)]).toEqual([0, version]);
  });

  test('in a checkout without packages too', ({ skip }) => {
    const node = old ?? skip(NO_OLD_NODE);
    const { status, stderr } = ended(node, [checkout(), '--help']);
    expect([status, stderr.split('\n').length]).toEqual([2, 2]);
    expect(stderr).toMatch(/`npm ci` brings one|install one \(/);
  });

  test('in an installed package without a Node, and with one, which is tried', ({ skip }) => {
    const node = old ?? skip(NO_OLD_NODE);
    const program = installed();
    const without = ended(node, [program, '--help']);
    expect([without.status, without.stderr.split('\n').length, commandsIn(without.stderr)]).toEqual([2, 2, []]);

    const came = `node-${process.platform}-${process.arch}`;
    if (!existsSync(join(ROOT, 'node_modules', came))) skip('npm brings no Node for this machine');
    const root = dirname(dirname(program));
    mkdirSync(join(root, 'node_modules'));
    symlinkSync(join(ROOT, 'node_modules', came), join(root, 'node_modules', came));
    built(root, 'export const main = async (argv) => void process.stdout.write(argv[2]);');
    const [command = ''] = commandsIn(ended(node, [program, '--help']).stderr);
    expect(ended('/bin/sh', ['-c', `${command} opened`], dirname(node))).toEqual({ ...started, stdout: 'opened' });
  });
});

/** A program of a few lines, in the place of what is built. */
function built(root: string, code: string): string {
  mkdirSync(dirname(join(root, BUILT)), { recursive: true });
  writeFileSync(join(root, BUILT), code);
  return join(root, 'bin/portcullis.js');
}
const installedWith = (code: string) => built(dirname(dirname(installed())), code);

describe('something else is missing', () => {
  test.each([
    ['a package that was not built', () => installed()],
    ['the same with its source, which Node does not run below node_modules', () => installed('src/cli.ts')],
    ['the same unpacked elsewhere', () => copyTo(newFolder('portcullis'))],
  ])('%s says so and ends with 2', (_name, make) => {
    const program = make();
    const { status, stdout, stderr } = ended(NODE, [program, '--help']);
    expect([status, stdout]).toEqual([2, '']);
    const wanted = join(dirname(dirname(program)), BUILT);
    expect(stderr).toBe(
      `portcullis was not built before it was packed, there is no ${wanted}: \`npm run release\` in a checkout makes a complete package\n`,
    );
  });

  test('a checkout without its packages says `npm ci` and ends with 2, without a stack', () => {
    const program = checkout();
    const { status, stdout, stderr } = ended(NODE, [program, '--help']);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^portcullis cannot start without the package `[\w@/-]+`, which is not there: run `npm ci` in .*\/checkout\n$/,
    );
  });

  test.each([
    ['at once', "import 'not-there'; export const main = () => {};"],
    ['in a command', "export const main = () => import('not-there');"],
  ])('an installed package without another one that it needs %s has to be installed again', (_when, code) => {
    expect(ended(NODE, [installedWith(code)])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'portcullis cannot start without the package `not-there`, which is not there: install portcullis again\n',
    });
  });

  test.each([
    ['a fault of our own', "export const main = async () => { throw new Error('a fault'); };", 'Error: a fault'],
    ['a file of our own', "export const main = () => import('./not_there.js');", 'Cannot find module'],
  ])('%s is not taken for a missing package: it shows where, and ends with 1', (_name, code, said) => {
    const { status, stderr } = ended(NODE, [installedWith(code)]);
    expect(status).toBe(1);
    expect(stderr).toContain(said);
    expect(stderr).toMatch(/^ {4}at /m);
  });

  test('a program that waits for nothing any more before it is done has failed', () => {
    expect(ended(NODE, [installedWith('export const main = () => new Promise(() => {});')])).toEqual({
      status: 1,
      stdout: '',
      stderr: 'portcullis: it ended before it was done\n',
    });
  });

  test('the package holds every file of `bin/`', () => {
    const { stdout } = ended('npm', ['pack', ROOT, '--dry-run', '--json', '--ignore-scripts'], process.env.PATH);
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const bin = files.map(({ path }) => path).filter((path) => path.startsWith('bin/'));
    expect(bin.sort()).toEqual(
      readdirSync(join(ROOT, 'bin'), 'utf8')
        .map((name) => `bin/${name}`)
        .sort(),
    );
    expect(bin.length).toBeGreaterThan(2);
  });
});
