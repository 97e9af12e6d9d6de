import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from 'markdown-table';
import { COMMANDS } from '../src/commands/table.ts';
import { GROUPS, SETTINGS, type Setting } from '../src/config/settings.ts';
import { RULES } from '../src/decide/decide.ts';
import { FLOOR_RULES } from '../src/decide/floor.ts';
import { GATES } from '../src/decide/gates.ts';
import { EXITS } from '../src/exit_codes.ts';
import { NEIGHBOURS, UPSTREAM_CODES } from '../src/kit/errors.ts';
import { EVENTS } from '../src/kit/log.ts';
import { ANOMALY_FLAGS } from '../src/request/assessment.ts';
import { STATUSES } from '../src/request/status.ts';

/**
 * `npm run docs`: writes what the code knows in a table into the docs, between `<!-- generated: name -->` and
 * `<!-- end -->`, and `.env.example` as a whole. test/repo/docs.test.ts fails when they differ.
 */
const ROOT = join(import.meta.dirname, '..');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  markdownTable([head, ...rows.map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))], {
    alignDelimiters: false,
    padding: true,
  });
const code = (text: string): string => `\`${text}\``;

const settings = Object.entries(SETTINGS) as [string, Setting][];
const isRequired = ({ schema, fallback }: Setting): boolean =>
  fallback === undefined && !schema.safeParse(undefined).success;

export const PARTS: Readonly<Record<string, () => string>> = {
  commands: () =>
    table(
      ['command', 'what it does'],
      Object.values(COMMANDS).map(({ usage, about }) => [code(`portcullis ${usage}`), about]),
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
  neighbours: () =>
    table(
      ['neighbour', 'address', 'credential', 'certificate', 'patience'],
      Object.values(NEIGHBOURS).map(({ title, address, credential, certificate, patience }) => [
        title,
        ...[address, credential, certificate, patience].map((names) => names.map(code).join(', ')),
      ]),
    ),
  events: () =>
    table(
      ['event', 'what it means'],
      Object.entries(EVENTS).map(([name, about]) => [code(name), about]),
    ),
  floor: () =>
    table(
      ['rule', 'when', 'at least'],
      Object.entries(FLOOR_RULES).map(([name, { about, risk }]) => [code(name), about, risk]),
    ),
  rules: () =>
    table(
      ['rule', 'asks for', 'switch', 'when'],
      Object.entries(RULES).map(([name, r]) => [code(name), r.action, code(r.switch), r.about]),
    ),
  gates: () =>
    table(
      ['gate', 'guards', 'rule'],
      Object.entries(GATES).map(([name, g]) => [code(name), g.guards.join(', '), g.about]),
    ),
  statuses: () =>
    table(
      ['status', 'meaning', 'allows'],
      [
        ...Object.entries(STATUSES).map(([name, s]) => [name, s.meaning, s.allows.join(', ') || 'nothing']),
        ['any other', 'not known to Portcullis', 'nothing'],
      ],
    ),
  flags: () =>
    table(
      ['flag', 'meaning'],
      Object.entries(ANOMALY_FLAGS).map(([name, about]) => [code(name), about]),
    ),
  settings: () =>
    Object.entries(GROUPS)
      .map(([group, title]) => {
        const rows = settings
          .filter(([, s]) => s.group === group)
          .map(([name, s]) => [
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
    '# The real environment wins over this file. docs/operating.md says more.',
  ];
  const groups = Object.entries(GROUPS).map(([group, title]) => {
    const lines = settings
      .filter(([, s]) => s.group === group)
      .map(([name, s]) => `# ${s.about.replaceAll('`', '')}\n${isRequired(s) ? '' : '# '}${name}=${s.fallback ?? ''}`);
    return `# ── ${title} ──\n\n${lines.join('\n\n')}`;
  });
  return `${[...head, '', groups.join('\n\n')].join('\n')}\n`;
}

export const DOCUMENTS = ['README.md', 'docs/operating.md', 'docs/deciding.md'] as const;

if (process.argv[1] === import.meta.filename) {
  for (const name of DOCUMENTS) {
    const file = join(ROOT, name);
    writeFileSync(file, regenerated(readFileSync(file, 'utf8')));
  }
  writeFileSync(join(ROOT, '.env.example'), envExample());
}
