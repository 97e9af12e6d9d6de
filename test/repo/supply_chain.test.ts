import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const json = (...path: string[]) => JSON.parse(readFileSync(join(ROOT, ...path), 'utf8')) as Record<string, unknown>;

type Locked = {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: true;
  readonly link?: true;
  readonly hasInstallScript?: true;
};
const manifest = json('package.json');
const lock = json('package-lock.json') as { lockfileVersion: number; packages: Record<string, Locked> };
const locked = Object.entries(lock.packages).filter(([path]) => path !== '');
const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;
const wanted = KINDS.flatMap((kind) => Object.entries((manifest[kind] ?? {}) as Record<string, string>));

/** What may be part of the product; what only builds and tests it may be shared alike as well. */
const LICENCES = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'MIT OR Apache-2.0'];
const LICENCES_OF_TOOLS = [...LICENCES, 'MPL-2.0', 'BlueOak-1.0.0', 'CC0-1.0', 'Unlicense', 'Python-2.0'];

describe('what is installed is what was looked at', () => {
  test('every dependency is pinned to one version, the same in package.json and in the lock file', () => {
    expect(wanted.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
    expect(wanted.filter(([name, version]) => lock.packages[`node_modules/${name}`]?.version !== version)).toEqual([]);
    for (const kind of KINDS) expect((lock.packages[''] as Record<string, unknown>)[kind]).toEqual(manifest[kind]);
    expect(manifest).not.toHaveProperty('overrides');
  });

  test('every package of the lock file has its checksum and comes from the registry', () => {
    expect(locked.filter(([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''))).toEqual([]);
    const elsewhere = ({ resolved, link }: Locked) =>
      link === true || (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'));
    expect(locked.filter(([, one]) => elsewhere(one))).toEqual([]);
    expect(locked.length).toBeGreaterThan(100);
  });

  test('everything may be used as it is used here', () => {
    const unfit = locked.filter(
      ([, { license = 'none', dev }]) => !(dev === true ? LICENCES_OF_TOOLS : LICENCES).includes(license),
    );
    expect(unfit.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });
});

describe('nothing runs while it is installed', () => {
  test('no package asks for it, by the lock file and by what lies in node_modules', () => {
    expect(locked.filter(([, { hasInstallScript }]) => hasInstallScript === true)).toEqual([]);
    const asking = locked
      .map(([path]) => path)
      .filter((path) => existsSync(join(ROOT, path, 'package.json')))
      .filter((path) => {
        const { scripts = {} } = json(path, 'package.json') as { scripts?: Record<string, string> };
        const builds = readdirSync(join(ROOT, path)).includes('binding.gyp');
        return builds || ['preinstall', 'install', 'postinstall'].some((name) => Object.hasOwn(scripts, name));
      });
    expect(asking).toEqual([]);
  });

  test('and npm is told not to let any', () => {
    const settings = readFileSync(join(ROOT, '.npmrc'), 'utf8').split('\n');
    expect(settings).toEqual(expect.arrayContaining(['ignore-scripts=true', 'save-exact=true']));
    const scripts = manifest.scripts as Record<string, string>;
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) expect(scripts).not.toHaveProperty(name);
  });
});
