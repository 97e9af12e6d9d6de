/** A vault, a model and a mailbox in which every text is hostile, one run against them, and everything that came of it. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { vi } from 'vitest';
import type { Behaviour } from '../../../simulator/model/behaviours.ts';
import type { VaultRequest } from '../../../simulator/vault/records.ts';
import { createApp } from '../../../src/app.ts';
import { backtest } from '../../../src/commands/backtest.ts';
import { explain } from '../../../src/commands/explain.ts';
import { ledgerVerify } from '../../../src/commands/ledger.ts';
import { plan } from '../../../src/commands/plan.ts';
import { policyCheck, policyTest } from '../../../src/commands/policy.ts';
import { review } from '../../../src/commands/review.ts';
import { run } from '../../../src/commands/run.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { halt, resume } from '../../../src/store/halt.ts';
import { lookOf } from '../../../src/terminal/look.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { createLog } from '../../../src/util/log.ts';
import { silentProgress } from '../../../src/util/progress.ts';
import { openPlace, type Place, ROOT } from '../../e2e/place.ts';

/** Something for every sink at once, between two words by which it can be found. */
export const HOSTILE = [
  'begins \u001b[31m\u001b[2J\u001b]0;title\u0007\u001b]8;;https://evil.com\u001b\\\u009b31m\u009d0;x\u009c\u0000\u007f\u0085',
  '\u202e\u2066\u061c\u200b\u200d\ufeff\ufff9\u{e0041}\u2028\u2029\ud800',
  '</td></tr></table><script>alert(1)</script><img src=x onerror=alert(1)>&lt;b&gt;&#64;<!--{{RUN_META}}{{{SUBJECT}}}',
  '\r\n\r\n# heading\n- list\n| a | b |\n| --- | --- |\n```\n> quote\n---\n',
  '|[click](https://evil.com)|![i](//evil.com)|<https://evil.com>|[x]: https://evil.com|`code`|**b**|~~s~~|$x$|\\|\\',
  'www.evil.com a@evil.com @octocat #1 GH-2 mailto:a@evil.com tel:123 javascript:alert(1)',
  '=cmd|calc +1 -1 @SUM ends',
].join('');
/** What a file system takes as a name. */
const HOSTILE_NAME = HOSTILE.replace(/[\0/\ud800]/gu, '').slice(0, 60);

const says: Behaviour = (call, rated) => ({
  ratings: Object.fromEntries(
    Object.entries(rated).map(([slot, rating]) => [
      slot,
      call.mode === 'blind' ? rating : { ...rating, summary: `${HOSTILE} [s]`, comment: HOSTILE },
    ]),
  ),
});

/** What was written, shown or sent, by where. */
export type Traces = {
  readonly markdown: readonly string[];
  readonly json: readonly string[];
  /** Everything on stdout and stderr, by command. */
  readonly terminal: ReadonlyMap<string, string>;
  readonly logs: { readonly lines: string; readonly terminal: string };
  readonly mails: Place['sim']['mailbox']['mails'];
  readonly state: ReadonlyMap<string, string>;
};

export async function hostileRun(): Promise<Traces> {
  await using place = await openPlace({ model: { behaviour: says } }, { DEEP_ANALYSIS: 'true' });
  const settings = { REPORT_DIR: join(place.folder, HOSTILE_NAME), POLICY_DIR: hostilePolicy(place) };
  mkdirSync(settings.REPORT_DIR, { recursive: true });
  const ids = fill(place);
  const { faults } = place.sim;
  const broken = { times: Number.POSITIVE_INFINITY, status: 409, body: HOSTILE } as const;
  faults.add({ on: 'vault.complete', kind: 'status', ...broken, times: 1 });
  faults.add({ on: 'vault.discovery', kind: 'html', ...broken });
  faults.add({ on: 'vault.asset', kind: 'status', status: 500, body: HOSTILE, times: 4 });
  faults.add({ on: 'model', kind: 'status', status: 400, body: JSON.stringify({ error: { message: HOSTILE } }) });

  const terminal = new Map<string, string>();
  const logs = { lines: '', terminal: '' };
  logs.lines += (await place.run({ settings })).log;
  // In this form the plain-text part travels too; and the first attempt is refused in hostile words.
  faults.add({
    on: 'mail',
    kind: 'status',
    status: 400,
    body: JSON.stringify({ error: { code: 'x', message: HOSTILE } }),
  });
  const mime = { ...settings, ALERT_MAIL_FORMAT: 'mime' };
  logs.lines += (await place.run({ settings: mime })).log;
  await halt(place.state, { at: place.now(), by: HOSTILE, reason: HOSTILE });
  logs.terminal += await runAtTerminal(place, mime);
  await resume(place.state, { at: place.now(), by: HOSTILE });
  faults.add({ on: 'vault.list', kind: 'status', status: 418, body: HOSTILE, times: Number.POSITIVE_INFINITY });
  logs.terminal += await runAtTerminal(place, mime);
  faults.clear();
  // Something is left to be done, so that the plan is not empty.
  grantedTo(place, { requestor: { id: HOSTILE, name: HOSTILE, displayName: HOSTILE }, entityName: HOSTILE });
  for (const [name, command] of Object.entries(commands(place, settings, ids)))
    terminal.set(name, await captured(command));

  const reports = readdirSync(settings.REPORT_DIR).map((name) => join(settings.REPORT_DIR, name));
  const read = (ending: string) =>
    reports.filter((file) => file.endsWith(ending)).map((file) => readFileSync(file, 'utf8'));
  const state = [...place.written()].filter(([name]) => /^state.*\.jsonl?$/.test(name));
  return {
    markdown: read('.md'),
    json: read('.json'),
    terminal,
    logs,
    mails: [...place.sim.mailbox.mails],
    state: new Map(state),
  };
}

/** Hostile in every field that a person or a server fills; rated as `byTag` would have it. Gives the ids. */
function fill(place: Place): string[] {
  const { vault } = place.sim;
  const eve = { id: `eve ${HOSTILE}`, name: `eve ${HOSTILE}`, displayName: HOSTILE };
  const container = vault.addAsset({ name: HOSTILE, type: 'Container', path: `/Root/${HOSTILE}` });
  const asset = vault.addAsset({ name: HOSTILE, type: HOSTILE, parent: container.id, tags: [HOSTILE, 'b'] });
  const common = { requestor: eve, entityId: asset.id, entityName: HOSTILE, operation: HOSTILE };
  const form = { id: HOSTILE, name: HOSTILE, type: 'Interactive' } as const;
  const approvals = [
    { level: 1, user: HOSTILE, decision: 'Approved', message: HOSTILE, created: place.now() },
  ] as const;
  return [
    place.request('low', 'low', { ...common, message: HOSTILE, form }).id,
    place.request('its own id', 'low', { ...common, id: `id ${HOSTILE}`, message: HOSTILE, form }).id,
    place.request('harmless but for its names', 'low', { requestor: eve, form }).id,
    grantedTo(place, { ...common, approvals }).id,
    grantedTo(place, { ...common, approvals }).id,
    place.request('status', 'low', { ...common, status: `status ${HOSTILE}` }).id,
    place.request('space', 'low', { ...common, entityType: 'space' }).id,
    place.request('malformed', 'low', { ...common, extra: { created: HOSTILE, [HOSTILE]: HOSTILE } }).id,
  ];
}

/** An old grant, which the program closes whatever is written on it. */
const grantedTo = (place: Place, of: Partial<VaultRequest>): VaultRequest =>
  place.request('granted', 'low', {
    ...of,
    status: 'Approved',
    approved: place.now() - 9e8,
    created: place.now() - 1e9,
  });

/** The shipped policies in a folder with a hostile name, with hostile texts where a person writes freely. */
function hostilePolicy(place: Place): string {
  const folder = join(place.folder, `policy ${HOSTILE_NAME}`);
  cpSync(join(ROOT, 'policy'), folder, { recursive: true });
  const file = join(folder, 'access.yml');
  const quoted = JSON.stringify(HOSTILE.replaceAll('\ud800', ''));
  writeFileSync(
    file,
    readFileSync(file, 'utf8')
      .replace(/about: .*/g, `about: ${quoted}`)
      .replace(/owner: .*/g, `owner: ${quoted}`),
  );
  return folder;
}

async function runAtTerminal(place: Place, settings: Record<string, string>): Promise<string> {
  const output = new PassThrough();
  let text = '';
  output.on('data', (part: Buffer) => {
    text += part.toString('utf8');
  });
  const config = loadConfig({ PROMPT_DIR: join(ROOT, 'prompts'), ...place.settings, ...settings });
  const clock = { now: place.now, sleep: (ms: number, until?: AbortSignal) => systemClock.sleep(ms / 20, until) };
  const log = createLog('debug', true, output, silentProgress);
  const app = await createApp({ config, clock, log, progress: silentProgress, version: HOSTILE });
  await app.runOnce({ dryRun: false, ask: null, signal: new AbortController().signal, lockHeld: () => true });
  return text;
}

/** Every command that shows what others wrote, in this process. */
function commands(place: Place, settings: Record<string, string>, ids: readonly string[]) {
  const env: Record<string, string> = {
    ...{ PROMPT_DIR: join(ROOT, 'prompts'), ...place.settings, ...settings, LOG_LEVEL: 'warn' },
  };
  const context = {
    ...{ env, fileNames: ['VAULT_URL', HOSTILE], remarks: [{ setting: HOSTILE, message: HOSTILE }] },
    ...{ look: lookOf(env, false), home: ROOT, version: '0.0.0' },
  };
  const own = ids[1] ?? '';
  return {
    run: () => run.run(context, { dryRun: true, json: false }),
    'run --json': () => run.run(context, { dryRun: true, json: true }),
    plan: () => plan.run(context, { out: join(place.folder, `plan ${HOSTILE_NAME}`), revert: null, json: false }),
    explain: () => explain.run(context, { requestId: own, run: null, json: false, format: null }),
    'explain --json': () => explain.run(context, { requestId: own, run: null, json: true, format: null }),
    'explain of nothing': () => explain.run(context, { requestId: HOSTILE, run: null, json: false, format: null }),
    backtest: () =>
      backtest.run(context, {
        ...{ range: '60d', policy: env.POLICY_DIR ?? null, reasons: true, rescore: false, json: false },
      }),
    'policy check': () => policyCheck.run(context, { policy: null, json: false }),
    'policy test': () => policyTest.run(context, { files: [], policy: null, json: false }),
    review: () => review.run(context, { requestId: HOSTILE, by: HOSTILE, note: HOSTILE }),
    'ledger verify': () => ledgerVerify.run(context, { head: null, keyFile: null, json: false }),
  };
}

/** Everything that a command writes on stdout and stderr. */
async function captured(command: () => Promise<unknown>): Promise<string> {
  let text = '';
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((part) => {
      text += String(part);
      return true;
    }),
  );
  try {
    await command();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return text;
}
