import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { METRICS } from '../../src/daemon/metrics.ts';

const FOLDER = join(import.meta.dirname, '../../deploy/prometheus');
type Rule = { readonly alert: string; readonly expr: string; readonly annotations: { readonly summary: string } };
const { groups } = parse(readFileSync(join(FOLDER, 'portcullis.rules.yml'), 'utf8')) as {
  groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = groups.flatMap((group) => group.rules);

describe('the rules of deploy/prometheus', () => {
  test.each(rules)('$alert asks for metrics and labels that there are', ({ expr }) => {
    const asked = [...expr.matchAll(/(portcullis_[a-z_]+)(?:\{([^}]*)\})?/g)];
    expect(asked.length).toBeGreaterThan(0);
    for (const [, name = '', selector = ''] of asked) {
      expect(Object.keys(METRICS)).toContain(name);
      const { labels } = METRICS[name as keyof typeof METRICS];
      for (const [, label = '', values = ''] of selector.matchAll(/(\w+)=~?"([^"]*)"/g)) {
        if (label === 'job') continue;
        const known = (labels as Readonly<Record<string, readonly string[]>>)[label] ?? [];
        for (const value of values.split('|')) expect(known).toContain(value);
      }
    }
  });

  const missing = spawnSync('promtool', ['--version']).error !== undefined;
  const how = missing ? ' (not tried: promtool is not installed, Debian package prometheus)' : '';
  test.skipIf(missing)(`ring when they should and not otherwise, as promtool sees it${how}`, () => {
    for (const args of [
      ['check', 'rules', 'portcullis.rules.yml'],
      ['test', 'rules', 'portcullis.test.yml'],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: FOLDER, encoding: 'utf8' });
      expect(`${stdout}${stderr}`).toMatch(/SUCCESS/);
      expect(status, stdout + stderr).toBe(0);
    }
  });
});
