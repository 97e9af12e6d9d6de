import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { usageOf } from '../src/commands/command.ts';
import { COMMANDS } from '../src/commands/table.ts';
import type { Setting } from '../src/config/setting.ts';
import { GROUPS } from '../src/config/settings.ts';
import { TOOLS, type Tool } from '../src/contract/tools.ts';
import { REASONS } from '../src/daemon/fallback_message.ts';
import { STATUSES as HEALTH } from '../src/daemon/health.ts';
import { PINGS } from '../src/daemon/heartbeat.ts';
import { METRICS } from '../src/daemon/metrics.ts';
import { CHECKS } from '../src/doctor/doctor.ts';
import { FINDINGS } from '../src/ledger/broken_ledger_error.ts';
import { ENTRY_KINDS } from '../src/ledger/entry.ts';
import { GRAPH_REFUSALS, SIGN_IN_REFUSALS } from '../src/mail/refusals.ts';
import { EXITS } from '../src/run/exit_codes.ts';
import { CERTIFICATE_FAULTS } from '../src/util/certificate_faults.ts';
import { UPSTREAM_CODES, UPSTREAMS } from '../src/util/errors.ts';
import { EVENTS } from '../src/util/log.ts';
import { LAYERS } from '../test/repo/layers.ts';
import { DECIDING } from './docs_deciding.ts';
import { code, rowsOf, table } from './docs_tables.ts';
import { openapi } from './openapi.ts';

/**
 * `npm run docs`: writes what the code knows in a table into the docs, between `<!-- generated: name -->` and
 * `<!-- end -->`, and `.env.example` and the OpenAPI document as a whole. test/repo/docs.test.ts fails when they differ.
 */
const ROOT = join(import.meta.dirname, '..');

const isRequired = ({ schema, fallback, needed }: Setting): boolean =>
  needed === true || (fallback === undefined && !schema.safeParse(undefined).success);

function runsWhen(runs: Tool['runs']): string {
  if (runs === 'alone') return 'always';
  if (runs === 'granted') return 'when somebody grants it in the vault';
  return runs.switches.map((names) => names.map(code).join(' and ')).join(', or ');
}

/** From the top down. */
const LAYERS_DOWN = LAYERS.toReversed();

export const PARTS: Readonly<Record<string, () => string>> = {
  ...DECIDING,
  layersDrawn: () => {
    const names = LAYERS_DOWN.map(({ folders }) => folders.map(({ name }) => name).join(' · '));
    const width = Math.max(...names.map((row) => row.length));
    const line = `+${'-'.repeat(width + 2)}+`;
    return ['```text', line, ...names.flatMap((row) => [`| ${row.padEnd(width)} |`, line]), '```'].join('\n');
  },
  layers: () =>
    table(
      ['layer', 'in src', 'what is there'],
      LAYERS_DOWN.flatMap(({ title, folders }) =>
        folders.map(({ name, about }, i) => [i === 0 ? title : '', code(name), about]),
      ),
    ),
  commands: () =>
    table(
      ['command', 'what it does'],
      COMMANDS.map((command) => {
        const { about, olderName } = command;
        const older = olderName === undefined ? '' : ` (older name: ${code(olderName)})`;
        return [code(`portcullis ${usageOf(command)}`), `${about}${older}`];
      }),
    ),
  exits: () =>
    table(
      ['code', 'meaning', 'what to do'],
      Object.values(EXITS).map(({ code: n, about, todo }) => [String(n), about, todo]),
    ),
  errors: () =>
    table(
      ['code', 'what it means'],
      Object.entries(UPSTREAM_CODES).map(([name, { about }]) => [code(name), about]),
    ),
  certificateFaults: () =>
    table(
      ['the message says', 'what to do'],
      Object.values(CERTIFICATE_FAULTS).map(({ says, about }) => [says, about]),
    ),
  upstreams: () =>
    table(
      ['upstream', 'address', 'credential', 'certificate', 'proxy', 'time-out'],
      Object.values(UPSTREAMS).map(({ title, address, credential, certificate, proxy, 'time-out': timeOut }) => [
        title,
        ...[address, credential, certificate, proxy, timeOut].map((names) => names.map(code).join(', ')),
      ]),
    ),
  refusals: () =>
    table(
      ['answer', 'what it means', 'what to do'],
      [...SIGN_IN_REFUSALS, ...GRAPH_REFUSALS].map(({ codes, statuses = [], means, advice }) => [
        [...codes, ...statuses.map(String)].map(code).join(', '),
        means,
        advice,
      ]),
    ),
  events: () =>
    table(
      ['event', 'what it means'],
      Object.entries(EVENTS).map(([name, about]) => [code(name), about]),
    ),
  pings: () =>
    table(
      ['a cycle that ends', 'exit code', 'is pinged as'],
      Object.entries(PINGS).map(([verdict, ping]) => [
        code(verdict),
        verdict === 'stopped'
          ? `${EXITS['hung-up'].code}, ${EXITS.interrupted.code}, ${EXITS.terminated.code}`
          : String(EXITS[verdict as Exclude<keyof typeof PINGS, 'stopped'>].code),
        ping === 'success' ? 'success' : 'failure (`/fail`)',
      ]),
    ),
  reasons: () =>
    table(
      ['reason', 'when'],
      Object.entries(REASONS).map(([reason, about]) => [code(reason), about]),
    ),
  health: () =>
    table(
      ['`status`', 'HTTP', 'when'],
      Object.entries(HEALTH).map(([status, { http, about }]) => [code(status), String(http), about]),
    ),
  metrics: () =>
    table(
      ['metric', 'kind', 'labels', 'what it says'],
      Object.entries(METRICS).map(([name, { type, labels, help }]) => [
        code(name),
        type,
        Object.entries(labels)
          .map(([label, values]) => `${code(label)}: ${values.join(', ')}`)
          .join('; '),
        help,
      ]),
    ),
  entries: () =>
    table(
      ['kind', 'what it tells', 'in 0.1'],
      Object.entries(ENTRY_KINDS).map(([name, row]) => [code(name), row.about, 'was' in row ? code(row.was) : '']),
    ),
  findings: () =>
    table(
      ['finding', 'what it means', 'what to do'],
      Object.entries(FINDINGS).map(([name, { about, todo }]) => [code(name), about, todo]),
    ),
  tools: () =>
    table(
      ['tool', 'what it does', 'runs by itself'],
      (Object.entries(TOOLS) as [string, Tool][]).map(([name, { does, runs }]) => [code(name), does, runsWhen(runs)]),
    ),
  checks: () =>
    table(
      ['check', 'what it looks at'],
      CHECKS.map(({ name, about }) => [name, about]),
    ),
  settings: () =>
    Object.values(GROUPS)
      .map(({ title, settings }) => {
        const rows = rowsOf(settings).map(([name, s]) => [
          code(name),
          s.fallback === undefined ? (isRequired(s) ? '**required**' : '') : code(s.fallback),
          s.about,
        ]);
        return `### ${title}\n\n${table(['setting', 'default', 'what it is for'], rows)}`;
      })
      .join('\n\n'),
};

/** The text of a document with every generated part made anew. */
export function regenerated(text: string): string {
  return text.replace(/<!-- generated: (\w+) -->\n[\s\S]*?<!-- end -->/g, (_whole, name: string) => {
    const part = PARTS[name];
    if (part === undefined) throw new Error(`no generated part is called \`${name}\``);
    return `<!-- generated: ${name} -->\n\n${part()}\n\n<!-- end -->`;
  });
}

/** `.env.example`: every setting with what it is for; what has a default is commented out. */
export function envExample(): string {
  const head = [
    '# Portcullis: copy to .env and fill in what is not commented out. Commented lines show the defaults.',
    '# The real environment wins over this file. docs/settings.md has the same in tables.',
  ];
  const groups = Object.values(GROUPS).map(({ title, settings }) => {
    const lines = rowsOf(settings).map(
      ([name, s]) => `# ${s.about.replaceAll('`', '')}\n${isRequired(s) ? '' : '# '}${name}=${s.fallback ?? ''}`,
    );
    return `# ── ${title} ──\n\n${lines.join('\n\n')}`;
  });
  return `${[...head, '', groups.join('\n\n')].join('\n')}\n`;
}

export const OPENAPI = 'schemas/intake.openapi.json';
export const openapiText = (): string => `${JSON.stringify(openapi(), null, 2)}\n`;

export const DOCUMENTS = [
  'README.md',
  'docs/settings.md',
  'docs/reference.md',
  'docs/deciding.md',
  'docs/architecture.md',
] as const;

if (process.argv[1] === import.meta.filename) {
  for (const name of DOCUMENTS) {
    const file = join(ROOT, name);
    writeFileSync(file, regenerated(readFileSync(file, 'utf8')));
  }
  writeFileSync(join(ROOT, '.env.example'), envExample());
  writeFileSync(join(ROOT, OPENAPI), openapiText());
}
