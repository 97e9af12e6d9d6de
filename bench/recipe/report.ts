/** The Markdown report: totals, actions, anomalies, and each request from critical to low. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Done } from './act.ts';
import type { Assessed } from './assess.ts';

const ORDER = ['critical', 'high', 'medium', 'low', 'unscored'] as const;

const riskOf = ({ assessment }: Assessed): string => assessment?.risk_level ?? 'unscored';

export function counted(values: readonly string[]): [value: string, count: number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

export function report(now: number, all: readonly Assessed[], done: readonly Done[]): void {
  const actions = new Map(done.map((one) => [one.id, `${one.what}${one.ok ? '' : ' (failed)'}`]));
  const table = (head: string, rows: readonly [string, number][]) => [
    `| ${head} | requests |`,
    '| --- | --- |',
    ...rows.map(([value, count]) => `| ${value} | ${count} |`),
    '',
  ];
  const details = ORDER.flatMap((risk) => all.filter((one) => riskOf(one) === risk)).flatMap((one) => {
    const { facts, assessment } = one;
    const { id, status, operation, entityName } = facts.request;
    return [
      `### ${riskOf(one)}: ${operation} on ${entityName ?? '(nothing)'} for ${facts.requestor}`,
      `- ${id}, ${status}, flags: ${assessment?.anomaly_flags.join(', ') || 'none'}`,
      `- asset: ${facts.asset?.type ?? 'unknown'} in ${facts.asset?.container ?? 'unknown'}`,
      `- ${assessment?.ai_summary ?? 'not assessed'}`,
      `- action: ${actions.get(id) ?? 'none'}; ${assessment?.action_comment ?? ''}`,
      '',
    ];
  });
  const lines = [
    `# Access review of ${new Date(now).toISOString()}`,
    '',
    `${all.length} requests, ${done.length} actions.`,
    '',
    ...table('status', counted(all.map(({ facts }) => facts.request.status))),
    ...table('risk', counted(all.map(riskOf))),
    ...table('action', counted(done.map(({ what }) => what))),
    ...table('anomaly', counted(all.flatMap(({ assessment }) => assessment?.anomaly_flags ?? []))),
    ...details,
  ];
  const folder = process.env.REPORT_DIR ?? 'reports';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${new Date(now).toISOString().replaceAll(':', '-')}.md`), lines.join('\n'));
}
