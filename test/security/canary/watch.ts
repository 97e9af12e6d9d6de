/**
 * Runs before every file of tests. What a test or the program throws away is looked at before it is gone, and so is what
 * processes print; the rest lies in the folder of the suite and is looked at when all is over (`suite.ts`).
 */
import child from 'node:child_process';
import fs, { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { expect } from 'vitest';
import { formsIn, leaksBelow } from './canary.ts';
import { notesIn, suiteFolder } from './suite.ts';

const folder = suiteFolder();

/** Takes a leak down for the end of the suite, with the test that it happened in. */
function report(leaks: readonly string[]): void {
  const { currentTestName, testPath } = expect.getState();
  for (const leak of leaks) appendFileSync(notesIn(folder), `${leak} (${testPath} ${currentTestName ?? ''})\n`);
}

const isOurs = (path: unknown): path is string => typeof path === 'string' && path.startsWith(folder);
const look = (path: unknown): void => {
  if (isOurs(path)) report(leaksBelow(path));
};

type Api = Record<string, (...given: never[]) => unknown>;

/** Looks at what stands at the path which an operation is about to make disappear. */
function lookingFirst(api: Api, names: readonly string[], at: number): void {
  for (const name of names) {
    const real = api[name] as (...given: unknown[]) => unknown;
    api[name] = function (this: unknown, ...given: unknown[]) {
      look(given[at]);
      return real.apply(this, given);
    } as never;
  }
}

function watchFiles(): void {
  for (const api of [fs, fs.promises] as unknown as Api[]) {
    const sync = api === (fs as unknown as Api) ? ['rmSync', 'unlinkSync'] : [];
    lookingFirst(api, ['rm', 'unlink', ...sync], 0);
    lookingFirst(api, ['rename', ...(sync.length > 0 ? ['renameSync'] : [])], 1);
  }
}

/** The one command whose result is settings with a secret in them. */
const PRINTS_SETTINGS = 'simulate';

function watchChildren(): void {
  const { spawn } = child;
  child.spawn = function (this: unknown, ...given: Parameters<typeof spawn>) {
    const [command, args, options] = given as unknown as [
      string,
      readonly string[],
      { env?: NodeJS.ProcessEnv } | undefined,
    ];
    // Also one that gets an environment of its own writes into the folder of the suite.
    const here = options?.env === undefined ? options : { ...options, env: { TMPDIR: folder, ...options.env } };
    const started = Reflect.apply(spawn, this, [command, args, here]) as ReturnType<typeof spawn>;
    if (Array.isArray(args) && args.includes(PRINTS_SETTINGS)) return started;
    for (const stream of [started.stdout, started.stderr]) {
      const parts: Buffer[] = [];
      stream?.on('data', (part: Buffer | string) => parts.push(Buffer.from(part)));
      stream?.on('close', () => report(formsIn(Buffer.concat(parts)).map((form) => `the output of ${args}: ${form}`)));
    }
    return started;
  } as typeof spawn;
}

function watchOwnOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream) as (...given: unknown[]) => boolean;
    stream.write = ((part: Buffer | string, ...more: unknown[]) => {
      report(formsIn(Buffer.from(part)).map((form) => `printed by a test: ${form}`));
      return write(part, ...more);
    }) as typeof stream.write;
  }
}

const WATCHED = Symbol.for('portcullis.canary.watched');
// Many files of tests share a process, and each of them loads this one: what is watched twice would be noted twice.
if (!Reflect.has(globalThis, WATCHED)) {
  Reflect.set(globalThis, WATCHED, true);
  watchFiles();
  watchChildren();
  watchOwnOutput();
  syncBuiltinESMExports();
}
