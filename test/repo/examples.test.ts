import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'dotenv';
import { describe, expect, test } from 'vitest';
import { loadConfig, unknownSettings } from '../../src/config/load.ts';
import { TEXT_FLAG_NAMES } from '../../src/enrich/screening/text_flags.ts';
import { loadPolicy } from '../../src/policy/load.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLES = join(ROOT, 'examples');

/** What README.md of the example tells its reader to do: the shipped Cedar files, and its own access.yml. */
function policyFolder(example: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-example-'));
  for (const name of readdirSync(join(ROOT, 'policy'))) {
    if (/\.cedar(schema)?$/.test(name)) copyFileSync(join(ROOT, 'policy', name), join(folder, name));
  }
  copyFileSync(join(EXAMPLES, example, 'access.yml'), join(folder, 'access.yml'));
  return folder;
}

describe('examples/minimal', () => {
  test('it loads with the shipped Cedar files, and is as small as it says', async () => {
    const { access, policies } = await loadPolicy(policyFolder('minimal'), { textFlags: TEXT_FLAG_NAMES });
    expect(policies.length).toBeGreaterThan(10);
    expect([...access.classes.keys()]).toEqual(['production', 'workstation', 'test']);
    expect(access.mapping).toHaveLength(5);
  });

  test('`policy check` finds nothing to mend', () => {
    const { status, stdout } = spawnSync(
      process.execPath,
      [join(ROOT, 'bin/portcullis.js'), 'policy', 'check', '--policy', policyFolder('minimal')],
      { cwd: tmpdir(), encoding: 'utf8', timeout: 60_000 },
    );
    expect(stdout.replace(/\s+/g, ' ')).toContain('and 5 rows of the mapping load;');
    expect(stdout).toContain('✓ no errors, no warnings');
    expect(status).toBe(0);
  });
});

describe('examples/env', () => {
  const NOTHING = {
    autonomous: false,
    autoApprove: false,
    autoReject: false,
    autoCloseStale: false,
    autoCloseExpired: false,
  };
  const DOES: Readonly<Record<string, object>> = {
    'watch-only.env': NOTHING,
    'act-on-stale.env': { ...NOTHING, autonomous: true, autoCloseStale: true, autoCloseExpired: true, staleDays: 14 },
  };
  const files = readdirSync(join(EXAMPLES, 'env'));
  const token = ['{"alg":"none"}', '{"ousr":"agent"}', '']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');

  test('each of them is known here', () => {
    expect(files.sort()).toEqual(Object.keys(DOES).sort());
  });

  test.each(files)('%s holds settings that exist, works once the token is in, and does what its name says', (name) => {
    const settings = parse(readFileSync(join(EXAMPLES, 'env', name)));
    expect(unknownSettings(Object.keys(settings))).toEqual([]);
    expect(() => loadConfig(settings)).toThrow('VAULT_API_TOKEN');
    expect(loadConfig({ ...settings, VAULT_API_TOKEN: token }).actions).toMatchObject(DOES[name] ?? {});
  });

  test('act-on-stale.env works with its mail filled in as well', () => {
    const settings = parse(readFileSync(join(EXAMPLES, 'env/act-on-stale.env')));
    const filled = {
      ALERT_TENANT_ID: 'tenant',
      ALERT_CLIENT_ID: 'client',
      ALERT_SECRET_ASSET_ID: 'asset',
      ALERT_SENDER_EMAIL: 'portcullis@example.com',
      ALERT_RECIPIENT_EMAILS: 'lead@example.com',
    };
    expect(Object.keys(settings)).toEqual(expect.arrayContaining(Object.keys(filled)));
    expect(loadConfig({ ...settings, ...filled, VAULT_API_TOKEN: token }).mail).not.toBeNull();
  });
});
