import { PHASES } from './life.ts';
import type { Kill, Trial } from './trial.ts';

/** What the kills met, for people: one row for each phase of a process's life. */
export function tableOf(kills: readonly Kill[]): string {
  const rows = PHASES.map((phase) => {
    const of = kills.filter((kill) => kill.phase === phase);
    return [
      phase,
      of.length,
      of.reduce((sum, { writes }) => sum + writes, 0),
      of.filter(({ inHand }) => inHand).length,
    ];
  });
  const sums = [1, 2, 3].map((column) => rows.reduce((sum, row) => sum + Number(row[column]), 0));
  const all = [['killed while', 'kills', 'writes before', 'open intents'], ...rows, ['together', ...sums]];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => `${row[column]}`.length)));
  const lines = all.map((row) =>
    row.map((cell, n) => (n === 0 ? `${cell}`.padEnd(widths[n] ?? 0) : `${cell}`.padStart(widths[n] ?? 0))).join('  '),
  );
  const rule = '-'.repeat(lines[0]?.length ?? 0);
  return [lines[0], rule, ...lines.slice(1, -1), rule, lines.at(-1)].join('\n');
}

export function sentenceOf(trials: readonly Trial[]): string {
  const sum = (of: (trial: Trial) => number) => trials.reduce((total, trial) => total + of(trial), 0);
  const findings = trials.flatMap((trial) => trial.findings);
  const count = (word: string) => findings.filter((finding) => finding.startsWith(word)).length;
  return (
    `${sum(({ kills }) => kills.length)} kills and ${sum(({ whole }) => whole)} whole runs: ` +
    `${sum(({ requests }) => requests)} requests, ${sum(({ writes }) => writes)} writes, ${sum(({ mails }) => mails)} mails; ` +
    `doubles ${count('DOUBLE')}, lost ${count('LOST')}, reported as unclear ${sum(({ unknown }) => unknown)}, ` +
    `other findings ${findings.length - count('DOUBLE') - count('LOST')}`
  );
}
