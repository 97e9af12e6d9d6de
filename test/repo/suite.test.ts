/** How the tests themselves run: none is left out, properties draw from the common seed, scripts end as they should. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import config from '../../vitest.config.ts';
import { SECONDS } from '../suite/longest_first.ts';

const ROOT = join(import.meta.dirname, '../..');
const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => `test/${name}`);
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** A folder in which each of these commands is a script that says what it was called with, and ends with the given code. */
function commands(codes: Readonly<Record<string, number>>, says = ''): string {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-commands-'));
  for (const [name, code] of Object.entries(codes)) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*"\n${says}\nexit ${code}\n`);
    chmodSync(join(folder, name), 0o700);
  }
  return folder;
}
function script(name: string, args: readonly string[], path: string) {
  return spawnSync(process.execPath, [join(ROOT, 'scripts', name), ...args], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${path}:${process.env.PATH}` },
  });
}

describe('the tests', () => {
  test('every file of tests belongs to exactly one project', () => {
    const patterns = (config.test?.projects ?? []).flatMap((project) =>
      typeof project === 'object' && 'test' in project ? [project.test?.include ?? []].flat() : [],
    );
    const folders = patterns.flatMap((pattern) => {
      const [, names = ''] = /^test\/\{?([\w,]+)\}?\/\*\*\/\*\.test\.ts$/.exec(pattern) ?? [];
      return names.split(',');
    });
    expect(folders.toSorted()).toEqual([...new Set(folders)].toSorted());
    const found = new Set(files.filter((file) => file.endsWith('.test.ts')).map((file) => file.split('/')[1]));
    expect([...found].filter((folder) => !folders.includes(folder ?? ''))).toEqual([]);
  });

  test('every folder is told of in test/README.md', () => {
    const folders = readdirSync(join(ROOT, 'test'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const told = [...textOf('test/README.md').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(folders.map(({ name }) => name).filter((name) => !['data', 'helpers', ...told].includes(name))).toEqual([]);
  });

  test('what test/README.md names is there', () => {
    const named = [...textOf('test/README.md').matchAll(/`((?:unit|e2e|security|simulation)(?:\/\w+)*)`/g)];
    const missing = named
      .map(([, name]) => `test/${name}`)
      .filter((path) => !['', '.ts', '.test.ts'].some((ending) => existsSync(join(ROOT, path + ending))));
    expect(named.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });

  test('the list of long files names files that are there', () => {
    expect(Object.keys(SECONDS).filter((file) => !files.includes(file))).toEqual([]);
    expect(Object.keys(SECONDS).length).toBeGreaterThan(5);
  });

  test('properties are unit tests, which draw from one seed, and each says by `examples` how many it draws', () => {
    const drawing = files.filter((file) => /^import .* from 'fast-check'/m.test(textOf(file)));
    expect(drawing.length).toBeGreaterThan(30);
    const elsewhere = drawing.filter((file) => !/^test\/(unit|suite|helpers)\//.test(file));
    expect(elsewhere).toEqual([]);
    // What comes with a seed of its own is a sample and no property.
    const fixed = drawing.filter((file) => /numRuns: [\d_]+(?!.*seed:)|\{ numRuns \}/.test(textOf(file)));
    expect(fixed).toEqual([]);
  });
});

describe('npm test', () => {
  const all = { tsc: 0, biome: 0, knip: 0, vitest: 0 };

  test('runs everything, hands its arguments to the tests, and says how long each step took', () => {
    const { status, stdout } = script('check.ts', ['test/unit'], commands(all));
    expect(status).toBe(0);
    expect(stdout).toMatch(/^tsc .*\nbiome .*\nknip .*\nvitest run test\/unit\n\ntypes \d+ s, lint .*, tests \d+ s\n$/);
  });

  test('ends with 1 at the first step that fails', () => {
    const { status, stdout } = script('check.ts', [], commands({ ...all, biome: 1 }));
    expect([status, stdout]).toEqual([1, expect.stringMatching(/lint \d+ s: lint FAILED\n$/)]);
    expect(stdout).not.toContain('vitest');
  });
});

describe('npm run test:long', () => {
  const seedIn = (text: string) => /failed, seed (\d+)$/m.exec(text)?.[1];

  test('runs every part, with another seed each time', () => {
    const path = commands({ node: 0, vitest: 0 });
    const [one, other] = [script('test_long.ts', [], path), script('test_long.ts', [], path)];
    expect([one.status, other.status]).toEqual([0, 0]);
    for (const part of ['properties', 'acceptance', 'programs', 'scenarios', 'mutants', 'crashes']) {
      expect(one.stdout).toMatch(new RegExp(`^${part} +\\d+ s {2}passed$`, 'm'));
    }
    expect(one.stdout).toMatch(/^vitest run .*test\/unit\/decide\/decide_properties\.test\.ts/m);
    expect(one.stdout).toMatch(/^6 parts passed, 0 failed/m);
    expect(seedIn(one.stdout)).toMatch(/^\d+$/);
    expect(seedIn(one.stdout)).not.toBe(seedIn(other.stdout));
  });

  test('runs the named parts with the given seed, and as much as is asked for', () => {
    const { stdout } = script('test_long.ts', ['scenarios', '--seed', '5', '--scale', '0.5'], commands({ node: 0 }));
    expect(stdout).toMatch(/^node test\/simulation\/main\.ts --known --from 5 --seeds 1000 /m);
    expect(stdout).not.toContain('crashes');
  });

  test('ends with 1 when a part fails, and says how to repeat what failed', () => {
    const failing = commands({ node: 1 }, 'echo "replay: npm run simulate:faults -- --seed 7"');
    const { status, stdout } = script('test_long.ts', ['scenarios'], failing);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^scenarios +\d+ s {2}FAILED$\nreplay: npm run simulate:faults -- --seed 7\n0 parts passed, 1 /m,
    );
    const mute = script('test_long.ts', ['crashes', '--seed', '9'], commands({ node: 1 }));
    expect(mute.stdout).toMatch(/^replay: npm run test:long -- crashes --seed 9 --scale 1$/m);
  });
});
