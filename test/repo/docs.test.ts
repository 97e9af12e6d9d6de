import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DOCUMENTS, envExample, PARTS, regenerated } from '../../scripts/docs.ts';
import { SERVER_NAMES } from '../../simulator/model/servers.ts';
import { loadConfig } from '../../src/config/load.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { AGENTAZ_DECISIONS } from '../../src/report/agentaz_form.ts';
import { EXITS } from '../../src/run/exit_codes.ts';
import { EVENTS } from '../../src/util/log.ts';
import { brokenLinks, documentsOf } from './links.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const documents = documentsOf(ROOT);
const sourceText = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'))
  .join('\n');

test.each([
  ['README.md', (text: string) => text.split('\n').length, 200],
  ['docs/operating.md', (text: string) => text.split(/\s+/).length, 5000],
])('%s is short enough to be read', (name, size, most) => {
  expect(size(read(name))).toBeLessThanOrEqual(most);
});

describe('what the docs say is what the code knows', () => {
  test.each(DOCUMENTS)('%s holds the tables of the code (npm run docs makes them anew)', (name) => {
    expect(read(name)).toBe(regenerated(read(name)));
  });

  test('.env.example lists every setting with its default', () => {
    expect(read('.env.example')).toBe(envExample());
  });

  test('the defaults shown in .env.example are usable settings', () => {
    const shown = Object.fromEntries(
      [...read('.env.example').matchAll(/^# ([A-Z_]+)=(.+)$/gm)].map(([, name, value]) => [name, value]),
    );
    const token = ['{"alg":"none"}', '{"ousr":"agent"}', '']
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    expect(() =>
      loadConfig({ ...shown, VAULT_URL: 'https://vault.example.com', VAULT_API_TOKEN: token }),
    ).not.toThrow();
  });

  test('every event in the list is logged somewhere, so that nobody waits for one that never comes', () => {
    const unused = Object.keys(EVENTS).filter((event) => sourceText.split(`'${event}'`).length < 3);
    expect(unused).toEqual([]);
  });

  test('every exit code stands in the reference, and every generated table in a document', () => {
    for (const { code } of Object.values(EXITS))
      expect(read('docs/reference.md')).toMatch(new RegExp(`^\\| ${code} `, 'm'));
    const shown = DOCUMENTS.flatMap((name) => [...read(name).matchAll(/^<!-- generated: (\w+) -->$/gm)]);
    expect(new Set(shown.map(([, name]) => name))).toEqual(new Set(Object.keys(PARTS)));
  });

  test('every setting that a text mentions exists', () => {
    const prefixes =
      /`((?:VAULT|OPENAI|ALERT|INTAKE|AUTO|OFF_HOURS|RISK_THRESHOLD|SCHEDULE|STALE|REQUEST)_[A-Z_]+[A-Z])(?:=[^`]*)?`/g;
    const unknown = [...documents.values()].flatMap((text) =>
      [...text.matchAll(prefixes)]
        .map(([, setting]) => setting ?? '')
        .filter((name) => !Object.hasOwn(SETTINGS, name) && !Object.hasOwn(AGENTAZ_DECISIONS, name)),
    );
    expect(unknown).toEqual([]);
  });
});

test('docs/models.md has a row for each stand-in of a model server, and names no other', () => {
  const stands = [...read('docs/models.md').matchAll(/^\| [^|]+ \| `(\w+)` \| /gm)].map(([, name]) => name);
  expect(stands).toEqual(SERVER_NAMES);
});

test('every file and folder of the repository that a text names is there', () => {
  // `<…>` and `*` stand for several.
  const path = /`((?:src|test|bin|scripts|simulator|bench|policy|prompts|docs|examples)\/[\w./-]*)`/g;
  // Change log and decisions say that it is gone.
  const gone = ['docs/decisions.md'];
  const named = [...documents].flatMap(([name, text]) =>
    [...text.matchAll(path)].map(([, file = '']) => ({ name, file })),
  );
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter(({ file }) => !gone.includes(file) && !existsSync(join(ROOT, file)))).toEqual([]);
});

describe('links', () => {
  test('every link inside the repository leads to a file, and to a heading of it where it names one', () => {
    expect([...documents.keys()]).toEqual(expect.arrayContaining(['README.md', 'docs/adr/README.md']));
    expect(brokenLinks(documents, (file) => existsSync(join(ROOT, file)))).toEqual([]);
  });

  test('a wrong file and a wrong heading are found, and what only looks like a link is not', () => {
    const two = new Map([
      ['a.md', '[1](b/c.md#two-words) [2](b/c.md#two-words-1) [3](#up) [4](b) ![5](https://example.com/x.png)\n# Up\n'],
      ['b/c.md', '## Two *words*!\n## Two words\n[1](../a.md#up)\n```\n# no heading [1](none)\n```\n`[1](none)`\n'],
    ]);
    const there = (file: string) => two.has(file) || file === 'b';
    expect(brokenLinks(two, there)).toEqual([]);
    const broken = '[1](none.md) [2](b/c.md#no-heading) ![3](../outside.png) [4](#two-words) <img src="none.png">\n';
    expect(brokenLinks(new Map([...two, ['a.md', broken]]), there)).toEqual([
      'a.md: none.md',
      'a.md: b/c.md#no-heading',
      'a.md: ../outside.png',
      'a.md: #two-words',
      'a.md: none.png',
      'b/c.md: ../a.md#up',
    ]);
  });
});

describe('architecture decision records', () => {
  const files = readdirSync(join(ROOT, 'docs/adr'))
    .filter((name) => name.endsWith('.md') && name !== 'README.md')
    .sort();

  const parts = ['Context', 'Options', 'Decision', 'Consequence'];

  test('they are numbered without a gap', () => {
    expect(files.map((name) => Number(name.slice(0, 4)))).toEqual(files.map((_, i) => i + 1));
  });

  test.each(files)('%s has date, status, context, options, decision and consequence, in 120 to 350 words', (name) => {
    const text = read(`docs/adr/${name}`);
    expect(text).toMatch(/^# \d{4}\. .+\n\n- Date: \d{4}-\d\d-\d\d\n- Status: .+\n\n## /);
    expect([...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(parts);
    expect(text.startsWith(`# ${name.slice(0, 4)}. `)).toBe(true);
    const words = text.split(/\s+/).filter((word) => /\w/.test(word)).length;
    expect(words).toBeGreaterThanOrEqual(120);
    expect(words).toBeLessThanOrEqual(350);
  });

  test('the index has each of them, with its title and its date', () => {
    const rows = files.map((name) => {
      const [, number, title, date] = /^# (\d{4})\. (.+)\n\n- Date: (.+)/.exec(read(`docs/adr/${name}`)) ?? [];
      return `| [${number}](${name}) | ${title} | ${date} |`;
    });
    const index = read('docs/adr/README.md').matchAll(/^(\| \[\d{4}\].+? \| .+? \| \d{4}-\d\d-\d\d \|) \S.* \|$/gm);
    expect([...index].map(([, row]) => row)).toEqual(rows);
  });
});
