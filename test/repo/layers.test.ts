import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LAYERS } from './layers.ts';

const SRC = resolve(import.meta.dirname, '../../src');
const SIMULATOR = resolve(import.meta.dirname, '../../simulator');

/** Sentences for what the general rule does not say. */
const SPECIAL: readonly { who: RegExp; mayNot: RegExp; because: string }[] = [
  {
    who: /^(decide|domain|enrich\/screening)\//,
    mayNot: /^util\/(clock|log|progress)/,
    because: 'decide/, domain/ and enrich/screening/ are pure',
  },
  {
    who: /^(decide|domain)\//,
    mayNot: /^(store|ledger|http|config)\//,
    because: 'decide/ and domain/ are pure: what they need is handed in',
  },
  {
    who: /^(?!commands\/(handlers\/)?demo\.ts$)/,
    mayNot: /^\.\.\/simulator\//,
    because: 'only demo and simulate start the simulator',
  },
];

type Import = { readonly from: string; readonly to: string };

function sources(): string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
}

/** The files that a file imports, as whole paths. */
const importsIn = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, target]) =>
    resolve(dirname(path), target ?? ''),
  );

const importsOf = (file: string): Import[] =>
  importsIn(join(SRC, file)).map((target) => ({ from: file, to: relative(SRC, target) }));

const FOLDERS = LAYERS.flatMap(({ folders }, layer) => folders.map(({ name }) => ({ name, layer })));

/** The folder of a file: the innermost that is on the map; undefined when none is. */
const folderOf = (file: string) =>
  FOLDERS.filter(({ name }) => file === name || file.startsWith(`${name}/`)).sort(
    (a, b) => b.name.length - a.name.length,
  )[0];

/** The sentence for one import that goes the wrong way; null for one that is fine. */
function complaint({ from, to }: Import): string | null {
  for (const { who, mayNot, because } of SPECIAL) {
    if (who.test(from) && mayNot.test(to)) return `src/${from} imports src/${to}: ${because}`;
  }
  // The simulator is no part of src; who may start it has been said.
  if (to.startsWith('../simulator/')) return null;
  const [folder, target] = [folderOf(from), folderOf(to)];
  if (folder === undefined || target === undefined) return `src/${from} imports src/${to}, which is not on the map`;
  if (folder === target || target.layer < folder.layer) return null;
  const advice =
    target.layer === folder.layer
      ? 'folders of one layer do not import each other; what one hands the next is a type from src/domain/'
      : `${target.name} is above ${folder.name}; move what is needed down, or hand it in from app.ts`;
  return `src/${from} imports src/${to}: ${advice}`;
}

/** The first circle of imports between files that is found; null when there is none. */
function circle(imports: readonly Import[]): readonly string[] | null {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): readonly string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const { to } of targets.get(file) ?? []) {
      const found = visit(to, [...path, file]);
      if (found !== null) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of targets.keys()) {
    const found = visit(file, []);
    if (found !== null) return found;
  }
  return null;
}

describe('the layers of src', () => {
  test('every file of src stands in a folder of the map, and every folder has a file', () => {
    expect(sources().filter((file) => folderOf(file) === undefined)).toEqual([]);
    expect(FOLDERS.filter((folder) => !sources().some((file) => folderOf(file) === folder))).toEqual([]);
  });

  test('imports go down only', () => {
    const complaints = sources()
      .flatMap(importsOf)
      .map(complaint)
      .filter((c) => c !== null);
    expect(complaints).toEqual([]);
  });

  test('no files import each other in a circle', () => {
    expect(circle(sources().flatMap(importsOf))).toBeNull();
    expect(
      circle([
        { from: 'a.ts', to: 'b.ts' },
        { from: 'b.ts', to: 'c.ts' },
        { from: 'c.ts', to: 'b.ts' },
      ]),
    ).toEqual(['b.ts', 'c.ts', 'b.ts']);
  });

  test('an import that goes the wrong way is told with the place where the code belongs', () => {
    expect(complaint({ from: 'score/score.ts', to: 'vault/listing.ts' })).toContain('src/domain/');
    expect(complaint({ from: 'score/score.ts', to: 'enrich/enrich.ts' })).toContain('do not import each other');
    expect(complaint({ from: 'score/redact.ts', to: 'enrich/screening/neutralise.ts' })).toBeNull();
    expect(complaint({ from: 'domain/risk.ts', to: 'run/run.ts' })).toContain('above');
    expect(complaint({ from: 'decide/decide.ts', to: 'util/clock.ts' })).toContain('pure');
    expect(complaint({ from: 'run/run.ts', to: '../simulator/simulator.ts' })).toContain('only demo and simulate');
    expect(complaint({ from: 'commands/run.ts', to: '../simulator/simulator.ts' })).toContain('only demo and simulate');
    expect(complaint({ from: 'commands/handlers/demo.ts', to: '../simulator/simulator.ts' })).toBeNull();
  });

  test('the simulator imports nothing of src: a wrong guess about an upstream must not agree with itself', () => {
    const files = readdirSync(SIMULATOR, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const outside = files.flatMap((file) =>
      importsIn(join(SIMULATOR, file)).filter((target) => relative(SIMULATOR, target).startsWith('..')),
    );
    expect(outside).toEqual([]);
    expect(files.length).toBeGreaterThan(20);
  });

  test('no file is longer than 250 lines', () => {
    const long = (folder: string) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .filter((name) => readFileSync(join(folder, name), 'utf8').split('\n').length - 1 > 250);
    expect(['src', 'simulator', 'scripts', 'bench'].flatMap((name) => long(resolve(SRC, '..', name)))).toEqual([]);
  });

  test('a file below 30 lines that one other file uses belongs into that file, unless somebody would look for its name', () => {
    /** Commands, groups of settings, steps and sections are found by their names; so is what the contract names. */
    const lookedFor =
      /^commands\/|^config\/settings\/|\/step\.ts$|^mail\/sections\/|^vault\/assets\.ts$|^run\/own_accounts\.ts$/;
    const users = Map.groupBy(
      sources()
        .flatMap(importsOf)
        .filter(({ to }) => !to.startsWith('..')),
      ({ to }) => to,
    );
    const crumbs = sources().filter((file) => {
      const lines = readFileSync(join(SRC, file), 'utf8').split('\n').length - 1;
      return lines < 30 && new Set(users.get(file)?.map(({ from }) => from)).size === 1 && !lookedFor.test(file);
    });
    expect(crumbs).toEqual([]);
  });
});

describe('what only one place may do', () => {
  const allowed: readonly { what: RegExp; where: RegExp; because: string }[] = [
    { what: /process\.env/, where: /^cli\.ts$/, because: 'the environment is read once, at the start' },
    {
      what: /Date\.now\(|new Date\(\)/,
      where: /^util\/clock\.ts$/,
      because: 'time comes from one injected clock',
    },
    { what: /console\./, where: /^$/, because: 'lines go through the log or to stdout as the result of a command' },
    {
      what: /rejectUnauthorized: (?!!options\.tlsInsecure|true)/,
      where: /^$/,
      because: 'certificates are always verified',
    },
    {
      what: /process\.(stdout|stderr)\.write/,
      where: /^terminal\/say\.ts$/,
      because: 'one place writes to the terminal, and writes out whatever would act on it',
    },
    {
      what: /JSON\.stringify\([^\n]*, null, \d\)/,
      where: /^text\/json\.ts$/,
      because: 'one function makes the JSON that people look at (jsonText)',
    },
  ];
  test.each(allowed)('$what stands nowhere else, because $because', ({ what, where }) => {
    const elsewhere = sources().filter((file) => !where.test(file) && what.test(withoutComments(file)));
    expect(elsewhere).toEqual([]);
  });

  test('only http/ opens connections, and says that certificates are verified, or the environment could switch it off', () => {
    // undici, Node's own clients, and the `fetch` of the platform (the verb of that name takes the steps of a run).
    const opens =
      /from 'undici'|from 'node:(https|http2|tls)'|new (https?\.)?Agent\(|buildConnector\(|(?<=await|return|=>|[=(,]) ?fetch\((?!steps)|globalThis\.fetch\(|\b(https?|net)\.(request|get|connect)\(/;
    // Who only listens connects to nobody.
    const listens = /^import \{ createServer( as \w{1,40})? \} from 'node:https';$/m;
    const opening = sources().filter((file) => opens.test(withoutComments(file).replace(listens, '')));
    expect(opening.sort()).toEqual(['http/connections.ts', 'http/proxy.ts']);
    for (const file of opening) expect(withoutComments(file)).toContain('rejectUnauthorized: ');
    for (const line of ['const a = await fetch(url)', 'x => fetch(url)', 'f(fetch(url))', 'https.get(url)'])
      expect(line).toMatch(opens);
  });

  test('the intake is loaded where somebody may ask, and nowhere else', () => {
    const imports = /from '[./]+(intake\/|start_intake\.ts)/;
    const importing = sources().filter((file) => {
      const text = withoutComments(file).replace(/^import type .*$/gm, '');
      return !file.startsWith('intake/') && imports.test(text);
    });
    expect(importing).toEqual(['commands/handlers/start_intake.ts']);
    expect(withoutComments('commands/handlers/start.ts')).toContain("await import('./start_intake.ts')");
  });

  test('paths and field names of the vault stand in vault/ and the settings only', () => {
    const words = /api\/request|api\/asset|api\/mcp|auditor-requests|MSG-0|'ousr'|\.ousr/;
    const elsewhere = sources().filter(
      (file) => !/^(vault\/|config\/settings)/.test(file) && words.test(withoutComments(file)),
    );
    expect(elsewhere).toEqual([]);
  });

  function withoutComments(file: string): string {
    return readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  }
});
