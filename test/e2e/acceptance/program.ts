import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IndependentVault } from './independent-vault.ts';
import { agent } from './records.ts';
import { mailAsset, modelAsset, recipients, secrets, sender, tenant } from './world.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Outcome {
  /** As a shell would show it: 128 plus the number when a signal ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

/** A folder of one installation: home, state and reports, and the settings that point at one independent vault. */
export interface Installation extends AsyncDisposable {
  state: string;
  reports: string;
  settings: Record<string, string>;
  run: (changes?: Record<string, string>) => Promise<Outcome>;
  start: (changes?: Record<string, string>) => { child: ChildProcess; ended: Promise<Outcome> };
  /** The names of the reports without their ending, oldest first; each must have both forms. */
  reportNames: () => Promise<string[]>;
  /** Every file below the folder, by name. */
  files: () => Promise<Map<string, string>>;
}

export async function install({ world, ca }: IndependentVault): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-acceptance-'));
  const [home, state, reports] = [join(folder, 'home'), join(folder, 'state'), join(folder, 'reports')];
  await mkdir(home);
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, ca);

  const { origin, token, base, variant } = world;
  const quietHour = (new Date().getUTCHours() + 10) % 24;
  const settings: Record<string, string> = {
    ...{ PATH: process.env.PATH ?? '', HOME: home, STATE_DIR: state, REPORT_DIR: reports },
    ...{ VAULT_URL: `${origin}${base}`, VAULT_API_TOKEN: token, VAULT_CA_FILE: caFile },
    ...{ VAULT_CREDENTIAL_POLL_SECONDS: '0.2', VAULT_CREDENTIAL_WAIT_SECONDS: '30' },
    ...{ OPENAI_ASSET_ID: modelAsset, OPENAI_BASE_URL: `${origin}/model/v1`, OPENAI_MODEL: 'independent-1' },
    ...{ OPENAI_CA_FILE: caFile, ALERT_CA_FILE: caFile, ALERT_SECRET_ASSET_ID: mailAsset },
    ...{ ALERT_TENANT_ID: tenant, ALERT_CLIENT_ID: 'a0000000-0000-4000-8000-00000000cafe' },
    ...{ ALERT_SENDER_EMAIL: sender, ALERT_RECIPIENT_EMAILS: recipients.join(', ') },
    ...{ ALERT_AUTHORITY_HOST: origin, GRAPH_BASE_URL: origin },
    // Some of the usual records are broken; that the share is a problem has its own tests.
    ...{ MALFORMED_SHARE: '0.5', VAULT_OTHER_STATUSES: 'Open' },
    ...{ AUTONOMOUS_MODE: 'true', AUTO_APPROVE_LOW_RISK: 'true', AUTO_REJECT_HIGH_RISK: 'true' },
    ...{ AUTO_CLOSE_STALE: 'true', DEEP_ANALYSIS: String(variant.deepAnalysis) },
    // The only off-hour is far from every time in the records, so that no request is suspicious for its hour.
    ...{ OFF_HOURS_START: String(quietHour), OFF_HOURS_END: String((quietHour + 1) % 24) },
    ...(variant.identity === 'AGENT_USERNAME' && { AGENT_USERNAME: agent }),
  };

  const start: Installation['start'] = (changes = {}) => {
    const env = Object.fromEntries(Object.entries({ ...settings, ...changes }).filter(([, value]) => value !== ''));
    const child = spawn(process.execPath, ['bin/portcullis.js', 'run', '--json'], { cwd: root, env });
    return { child, ended: collect(child) };
  };
  const files = async (): Promise<Map<string, string>> => {
    const names = await readdir(folder, { recursive: true });
    const found = new Map<string, string>();
    for (const name of names.sort()) {
      if ((await stat(join(folder, name))).isFile()) found.set(name, await readFile(join(folder, name), 'utf8'));
    }
    return found;
  };
  const reportNames = async (): Promise<string[]> => {
    const names = await readdir(reports).catch((): string[] => []);
    const stems = names.filter((name) => name.endsWith('.md')).map((name) => name.slice(0, -3));
    return stems.filter((stem) => names.includes(`${stem}.json`)).sort();
  };
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const run: Installation['run'] = (changes) => start(changes).ended;
  return { state, reports, settings, run, start, reportNames, files, [Symbol.asyncDispose]: remove };
}

function collect(child: ChildProcess): Promise<Outcome> {
  const output = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  const tooLong = setTimeout(() => child.kill('SIGKILL'), 150_000);
  const signals: Record<string, number> = { SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(tooLong);
      resolve({ code: code ?? 128 + (signals[signal ?? ''] ?? 0), ...output });
    });
  });
}

/** Where a secret can be found although it should be nowhere: file names, `stdout`, `stderr`, `model` or `mail`. */
export async function leaks(vault: IndependentVault, place: Installation, outcomes: Outcome[]): Promise<string[]> {
  const { journal, world } = vault;
  const places = await place.files();
  outcomes.forEach(({ stdout, stderr }, index) => {
    places.set(`stdout of run ${index + 1}`, stdout).set(`stderr of run ${index + 1}`, stderr);
  });
  journal.questions.forEach((question, index) => {
    places.set(`question ${index + 1} to the model`, question);
  });
  journal.mails.forEach(({ raw }, index) => {
    places.set(`mail ${index + 1}`, raw);
  });
  const [, payload = '', signature = ''] = world.token.split('.');
  const found: string[] = [];
  for (const [name, secret] of Object.entries({ ...secrets, token: world.token, payload, signature })) {
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
    for (const [where, text] of places)
      if (forms.some((form) => text.includes(form))) found.push(`${name} in ${where}`);
  }
  return found;
}
