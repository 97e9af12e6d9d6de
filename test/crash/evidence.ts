/** What can be seen from outside: in the vault's journal, in the mailbox and in the files. Each finding is a sentence. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isHalf } from '../../src/store/replace_file.ts';
import type { Place } from '../e2e/place.ts';
import type { Load } from './load.ts';

const DECISIONS = ['approve', 'reject', 'complete'] as const;

/** Requests that were called upon more than once, or that were none of our business. */
export function misdeeds({ sim }: Place, { wanted }: Load): string[] {
  const calls = new Map<string, string[]>();
  for (const { what, id } of sim.journal.of(...DECISIONS)) calls.set(id, [...(calls.get(id) ?? []), what]);
  return [...calls].flatMap(([id, whats]) => {
    const due = wanted.get(id)?.what ?? 'nothing';
    const found: string[] = [];
    if (whats.length > 1) found.push(`DOUBLE: ${id} got ${whats.join(' and ')}`);
    if (whats.some((what) => what !== due)) found.push(`WRONG: ${id} got ${whats.join(' and ')} instead of ${due}`);
    return found;
  });
}

/** Requests that should have been acted on and were not, unless a report says that nobody knows. */
export function lost({ sim, reports }: Place, { wanted }: Load): { lost: string[]; unknown: number } {
  const called = new Set(sim.journal.of(...DECISIONS).map(({ id }) => id));
  const unclear = new Set<string>();
  for (const name of readdirSync(reports).filter((one) => one.endsWith('.json'))) {
    const text = readFileSync(join(reports, name), 'utf8');
    // The place of a report that was never written.
    if (text === '') continue;
    const { requests, recovered } = JSON.parse(text) as ReportJson;
    for (const { id, outcome } of requests) if (outcome?.kind === 'unknown') unclear.add(id);
    for (const { request_id, found } of recovered) if (found === 'unclear') unclear.add(request_id);
  }
  const open = [...wanted.values()].filter((one) => one.what !== 'nothing' && !one.touched && !called.has(one.id));
  return {
    lost: open
      .filter(({ id }) => !unclear.has(id))
      .map(({ id, what }) => `LOST: ${id} was to get ${what} and is ${sim.vault.get(id)?.status}`),
    unknown: open.filter(({ id }) => unclear.has(id)).length,
  };
}

type ReportJson = {
  readonly requests: readonly { id: string; outcome: { kind: string } | null }[];
  readonly recovered: readonly { request_id: string; found: string }[];
};

/** Runs whose mail came twice, other than once as it was and then once marked as possibly repeated. */
export function doubleMails({ sim }: Place): string[] {
  const runs = new Map<string, string[]>();
  for (const { html, subject } of sim.mailbox.mails) {
    const run = /, run (\d{8}T\d{9}Z)/.exec(html)?.[1] ?? 'a mail without its run';
    const how = subject.startsWith('[possibly repeated] ') ? 'marked' : 'plain';
    runs.set(run, [...(runs.get(run) ?? []), how]);
  }
  return [...runs].flatMap(([run, how]) =>
    ['plain', 'marked', 'plain,marked'].includes(how.join()) ? [] : [`MAILS: run ${run} sent ${how.length}: ${how}`],
  );
}

/** What of the action history could not be read by whoever comes next. A last line may be cut: that is what a kill does. */
export function unreadable({ state }: Place): string[] {
  return filesIn(state).flatMap(({ path, name }) => {
    if (/\.jsonl$/.test(name)) {
      const rows = readFileSync(path, 'utf8').split('\n').slice(0, -1);
      return rows.every(isJson) ? [] : [`UNREADABLE: ${name} has a broken line that is not its last`];
    }
    if (!/^(agent_state|\.pending_request|run_counts|halt)\.json$/.test(name)) return [];
    const text = readFileSync(path, 'utf8');
    const isHistory = name !== 'agent_state.json' || ('last_run' in record(text) && 'actioned_ids' in record(text));
    return isJson(text) && isHistory ? [] : [`UNREADABLE: ${name}`];
  });
}

/** Files that others could read. */
export function open({ state, reports }: Place): string[] {
  return [state, reports].flatMap((folder) =>
    [{ path: folder, name: folder }, ...filesIn(folder)].flatMap(({ path, name }) => {
      const stats = statsOf(path);
      if (stats === null) return [];
      const mode = stats.mode & 0o777;
      return mode === (stats.isDirectory() ? 0o700 : 0o600) ? [] : [`OPEN: ${name} has mode ${mode.toString(8)}`];
    }),
  );
}

/** Names that no finished work leaves. */
export function leftovers({ state, reports }: Place): string[] {
  return [state, reports].flatMap((folder) =>
    filesIn(folder).flatMap(({ path, name }) => {
      const halfWay = isHalf(name) || /^lock/.test(name);
      const empty = folder === reports && statsOf(path)?.size === 0;
      return halfWay || empty ? [`LEFT: ${path.slice(folder.length + 1)}`] : [];
    }),
  );
}

/** Intents without a result: the kill came between a call and its entry. */
export function inHand({ state }: Place): number {
  const open = new Set<string>();
  for (const { path } of filesIn(join(state, 'ledger')).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    for (const row of textOf(path).split('\n').slice(0, -1)) {
      const { kind, data } = record(row) as { kind?: unknown; data?: { request?: unknown; action?: unknown } };
      const key = `${data?.action} ${data?.request}`;
      if (kind === 'action.intended') open.add(key);
      else if (`${kind}`.startsWith('action.')) open.delete(key);
    }
  }
  return open.size;
}

type Entry = { readonly path: string; readonly name: string };

function filesIn(folder: string): Entry[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.map(({ parentPath, name }) => ({ path: join(parentPath, name), name }));
  } catch {
    return [];
  }
}

/** Null for what went away meanwhile, as a renewed lock of the next process does. */
function statsOf(path: string) {
  return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const record = (text: string): Record<string, unknown> =>
  isJson(text) ? ((JSON.parse(text) ?? {}) as Record<string, unknown>) : {};
