import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DOCUMENTS, envExample, regenerated } from '../../scripts/docs.ts';
import { loadConfig } from '../../src/config/load.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { EXITS } from '../../src/run/exit_codes.ts';
import { EVENTS } from '../../src/util/log.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const sourceText = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(ROOT, 'src', name), 'utf8'))
  .join('\n');

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

  test('every exit code stands in the runbook', () => {
    for (const { code } of Object.values(EXITS))
      expect(read('docs/operating.md')).toMatch(new RegExp(`^\\| ${code} `, 'm'));
  });

  test('every setting that a text mentions exists', () => {
    const documents = [
      'README.md',
      ...readdirSync(join(ROOT, 'docs'))
        .filter((n) => n.endsWith('.md'))
        .map((n) => `docs/${n}`),
    ];
    const prefixes =
      /`((?:VAULT|OPENAI|ALERT|AUTO|OFF_HOURS|RISK_THRESHOLD|SCHEDULE|STALE|REQUEST)_[A-Z_]+[A-Z])(?:=[^`]*)?`/g;
    const unknown = documents.flatMap((name) =>
      [...read(name).matchAll(prefixes)]
        .map(([, setting]) => setting ?? '')
        .filter((setting) => !Object.hasOwn(SETTINGS, setting)),
    );
    expect(unknown).toEqual([]);
  });

  test('every link inside the repository leads somewhere', () => {
    const broken = ['README.md', 'docs/operating.md', 'docs/deciding.md', 'docs/decisions.md'].flatMap((name) =>
      [...read(name).matchAll(/\]\((?!https?:)([^)#]+)/g)]
        .map(([, target]) => target ?? '')
        .filter((target) => !existsSync(resolve(ROOT, dirname(name), target))),
    );
    expect(broken).toEqual([]);
  });
});
