import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'dotenv';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { policyTest } from '../../src/analysis/cases/policy_test.ts';
import { loadConfig } from '../../src/config/load.ts';
import { strangeNames } from '../../src/config/strange_names.ts';
import { TEXT_FLAG_NAMES } from '../../src/enrich/screening/text_flags.ts';
import { loadPolicy } from '../../src/policy/load.ts';
import { SAMPLE_TIME, sample, sampleCase } from '../../src/policy/samples.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLES = join(ROOT, 'examples');

/** What README.md of the example tells its reader to do: the shipped Cedar files, and its own access.yml. */
function policyFolder(example: string, ...beside: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-example-'));
  for (const name of readdirSync(join(ROOT, 'policy'))) {
    if (/\.cedar(schema)?$/.test(name)) copyFileSync(join(ROOT, 'policy', name), join(folder, name));
  }
  for (const name of ['access.yml', ...beside]) {
    cpSync(join(EXAMPLES, example, name), join(folder, name), { recursive: true });
  }
  return folder;
}

const check = (folder: string) => {
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(ROOT, 'bin/portcullis.js'), 'policy', 'check', '--policy', folder],
    { cwd: tmpdir(), encoding: 'utf8', timeout: 60_000 },
  );
  return { status, text: stdout.replace(/\s+/g, ' ') };
};

describe('examples/minimal', () => {
  test('it loads with the shipped Cedar files, and is as small as it says', async () => {
    const { access, policies } = await loadPolicy(policyFolder('minimal'), { textFlags: TEXT_FLAG_NAMES });
    expect(policies.length).toBeGreaterThan(10);
    expect([...access.classes.keys()]).toEqual(['production', 'workstation', 'test']);
    expect(access.mapping).toHaveLength(5);
  });

  test('`policy check` finds nothing to mend', () => {
    const { status, text } = check(policyFolder('minimal'));
    expect(text).toContain('and 5 rows of the mapping load;');
    expect(text).toContain('✓ no errors, no warnings');
    expect(status).toBe(0);
  });
});

describe('examples/blueprint', () => {
  test('the three keys alone load', async () => {
    const asWritten = readFileSync(join(EXAMPLES, 'blueprint/as-written/access.yml'), 'utf8');
    expect(Object.keys(parseYaml(asWritten))).toEqual(['roles', 'sod_conflicts', 'privileged']);
    const { access } = await loadPolicy(policyFolder('blueprint/as-written'), { textFlags: TEXT_FLAG_NAMES });
    expect([...access.roles.keys()]).toEqual(['engineer', 'finance']);
    expect(access).toMatchObject({ mapping: [], identities: [], exceptions: [] });
  });

  test('they approve nothing, and `policy check` says why and what to add', async () => {
    const folder = policyFolder('blueprint/as-written');
    const policy = await loadPolicy(folder, { textFlags: TEXT_FLAG_NAMES });
    for (const containerPath of ['/Staging', '/Production', '/Test', '/']) {
      const { dossier } = sample({ asset: { id: 'asset', name: 'x', type: 'Server', containerPath, tags: [] } });
      const accessContext = policy.classify([dossier], SAMPLE_TIME).get(dossier.request.id);
      const { allowed, basis } = policy.authorize('approve', sampleCase({ accessContext: accessContext ?? {} }));
      expect(allowed).toBe(false);
      expect(basis).toEqual(expect.arrayContaining(['no-approval-out-of-role', 'no-approval-unknown-entitlement']));
    }
    const { status, text } = check(folder);
    expect(text).toContain('nothing is approved: `mapping` has no row');
    expect(text).toContain('no row gives repo:read, repo:write, ledger:read, vendor:create, payment:approve');
    expect(text).toContain('nobody is listed under `identities`');
    expect(text).toContain('✓ no errors, 2 warnings');
    expect(status).toBe(0);
  });

  test('with a mapping and people nothing is left to mend, and every case comes out as it says', async () => {
    const folder = policyFolder('blueprint', 'staging_nights.cedar', 'tests');
    expect(check(folder)).toMatchObject({ status: 0, text: expect.stringContaining('✓ no errors, no warnings') });
    const policy = await loadPolicy(folder, { textFlags: TEXT_FLAG_NAMES });
    const { results } = await policyTest(policy, [join(folder, 'tests/examples.yml')]);
    expect(results.filter(({ differences }) => differences.length > 0)).toEqual([]);
    const [read, administration, payment] = results.map(({ decision }) => decision);
    expect(read).toMatchObject({ verdict: 'approve', risk: 'low' });
    expect(administration).toMatchObject({
      ...{ verdict: 'hold', risk: 'high' },
      next: { kind: 'escalate', to: 'owner platform-team' },
    });
    expect(payment).toMatchObject({
      ...{ verdict: 'hold', risk: 'high' },
      next: { kind: 'escalate', to: 'security', finding: 'separation of duties: vendor:create + payment:approve' },
    });
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
    expect(strangeNames(Object.keys(settings), {})).toEqual([]);
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
