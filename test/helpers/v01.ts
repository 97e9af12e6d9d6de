/** What version 0.1 left behind; test/data/v01/README.md says how it was made. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

export const V01 = resolve(import.meta.dirname, '../data/v01');

export const RUNS_OF_01 = {
  /** A run of the demonstration, 38 requests. */
  demo: '20261130T182600637Z',
  /** The run that prepared `plan.json`. */
  planned: '20261130T182612686Z',
  /** One request at least for every sentence that 0.1 could say in a trace or a next step. */
  everyRule: '20261120T120000000Z',
} as const;

type Decision01 = {
  readonly verdict: string;
  readonly rules: readonly { readonly rule: string; readonly says: string }[];
  readonly next: { readonly finding: string } | null;
};
export type Archived01 = {
  readonly record: { readonly runId: string; readonly verdict: string; readonly record: unknown };
  readonly requests: readonly {
    readonly dossier: { readonly request: { readonly id: string } };
    readonly standing: unknown;
    readonly vote: { readonly kind: 'blind' | 'solo'; readonly assessment: unknown } | null;
    readonly decision: Decision01;
  }[];
};

/** An archived run as it stands in its file. */
export function archived01(runId: string): Archived01 {
  const text = gunzipSync(readFileSync(join(V01, 'runs', `${runId}.json.gz`))).toString('utf8');
  const [head = '', ...lines] = text.trimEnd().split('\n');
  return { ...JSON.parse(head), requests: lines.map((line) => JSON.parse(line)) };
}
