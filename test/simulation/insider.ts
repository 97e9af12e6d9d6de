/** Somebody with access to the disk: while no process is there, they do something to the ledger or to all that is kept. */
import type { Dice } from '../../simulator/dice.ts';
import { type Plan, planDigest } from '../../src/plan/plan.ts';
import type { Files } from './disk.ts';
import { HOME, STATE } from './settings.ts';

export type Deed = {
  readonly what: string;
  /** Puts everything back as it was. */
  undo(): void;
};

const LEDGER = `${STATE}/ledger/`;
const SNAPSHOT = `${STATE}/agent_state.json`;

/** What a hand does to the lines of a file, at line `n`, which is not the last one. */
const HANDS: Readonly<Record<string, (lines: readonly string[], n: number) => readonly string[]>> = {
  alters: (lines, n) => lines.with(n, (lines[n] ?? '').replace('"at":"2026', '"at":"2025')),
  removes: (lines, n) => lines.toSpliced(n, 1),
  doubles: (lines, n) => lines.toSpliced(n, 0, lines[n] ?? ''),
  swaps: (lines, n) => lines.toSpliced(n, 2, lines[n + 1] ?? '', lines[n] ?? ''),
};

/** Null when there is too little to do something to. */
export function doSomething({ texts }: Files, dice: Dice): Deed | null {
  const files = [...texts.keys()].filter((file) => file.startsWith(LEDGER) || file === SNAPSHOT);
  const before = files.map((file) => [file, texts.get(file) ?? ''] as const);
  const [file, ...others] = files.filter((name) => name !== SNAPSHOT);
  // A scenario that goes over the end of a month has two files, and lines of the second are counted from somewhere else.
  if (file === undefined || others.length > 0 || wholeLines(texts.get(file)).length <= 3) return null;
  const what = dice.pick(['alters', 'removes', 'doubles', 'swaps', 'cuts', 'puts back']);
  const lines = wholeLines(texts.get(file));
  if (what === 'cuts' || what === 'puts back') {
    const known = Math.max(...(what === 'cuts' ? [snapshotOf(texts)] : reportsOf(texts)), 0);
    const left = known - dice.between(1, 3);
    // Lines count from 0 here and entries from 1, in the first file of a ledger.
    if (left < 1 || lines.length < known) return null;
    texts.set(file, textOf(lines.slice(0, left)));
    // All that is kept as it was at that time, or without a snapshot as far as anybody knows.
    if (what === 'puts back') texts.delete(SNAPSHOT);
  } else {
    const n = dice.between(0, lines.length - 3);
    texts.set(file, textOf(HANDS[what]?.(lines, n) ?? lines));
  }
  return {
    what: `${what} the ledger`,
    undo: () => {
      for (const [name, text] of before) texts.set(name, text);
    },
  };
}

const wholeLines = (text = ''): string[] => text.split('\n').slice(0, -1);
const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

const entriesIn = (text = ''): number => Number(/"(?:record|ledger)":\s*\{\s*"entries":\s*(\d+)/.exec(text)?.[1] ?? 0);
const snapshotOf = (texts: Files['texts']): number => entriesIn(texts.get(SNAPSHOT));
/** The newest reports are the witnesses. */
const reportsOf = (texts: Files['texts']): number[] =>
  [...texts.keys()]
    .filter((name) => name.startsWith(`${HOME}/reports/`) && name.endsWith('.json'))
    .sort()
    .slice(-1)
    .map((name) => entriesIn(texts.get(name)));

/** Stands in every mail that somebody made up. */
export const FORGED = 'FORGED-BY-SOMEBODY';

type Line = { dossier: { request: { id: string } } } & Record<string, unknown>;

/** What the plan approves first is rejected, by a rating and a confirmation that nobody gave: in the archive, and in the plan. */
export function forgedPlan({ texts }: Files, plan: Plan): Plan {
  const archive = `${STATE}/runs/${plan.run_id}.json.gz`;
  const [head = '', ...lines] = wholeLines(texts.get(archive));
  const target = plan.entries.find(({ action }) => action === 'approve');
  if (target === undefined) return plan;
  const rating = { kind: 'scored', risk: 'critical', normalised: false, flags: [], summary: '', comment: FORGED };
  const rule = { kind: 'policy', action: 'reject', rule: 'reject-high-risk', allows: true, says: FORGED };
  const forged = lines.map((text) => {
    const line = JSON.parse(text) as Line;
    if (line.dossier.request.id !== target.request_id) return text;
    const decision = { verdict: 'reject', floor: 'low', risk: 'critical', rules: [rule], basis: [rule.rule] };
    return JSON.stringify({
      ...{ ...line, assessment: rating, confirmation: { kind: 'single', assessment: rating } },
      decision: { ...decision, next: null, needsPerson: false },
    });
  });
  texts.set(archive, textOf([head, ...forged]));
  const entries = plan.entries.map((entry) =>
    entry === target
      ? {
          ...{ ...entry, action: 'reject' as const, risk: 'critical' as const, basis: [rule.rule] },
          confirmations: [{ kind: 'single' as const, risk: 'critical' as const }],
        }
      : entry,
  );
  return { ...plan, entries, digest: planDigest({ ...plan, entries }) };
}

/** A mail with words of somebody's own waits in the outbox: in place of the one that waits there, or beside nothing. */
export function forgeMail({ texts }: Files, now: number): void {
  const folder = `${STATE}/outbox/`;
  const kept = [...texts.keys()].find((name) => name.startsWith(folder) && name.endsWith('.json'));
  const mail = { runId: 'a-run', subject: FORGED, html: `<p>${FORGED}</p>`, text: FORGED };
  const forged = { schema_version: 1, state: 'pending', queuedAt: now, attempts: 0, reason: null, mail };
  texts.set(kept ?? `${folder}forged.json`, JSON.stringify(forged));
}
