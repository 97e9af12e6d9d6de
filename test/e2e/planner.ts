/** `plan` and `apply` in one process, at a place of the end-to-end tests. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type App, createApp } from '../../src/app.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Outcome } from '../../src/domain/decision.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { exitCodeOf } from '../../src/run/verdict.ts';
import { systemClock } from '../../src/util/clock.ts';
import { createLog } from '../../src/util/log.ts';
import { silentProgress } from '../../src/util/progress.ts';
import { type Place, ROOT, type Settings, shippedPolicy } from './place.ts';

/** A person approves: nothing is autonomous. */
export const BY_PLAN: Settings = { AUTONOMOUS_MODE: 'false' };

export async function appAt(place: Place, more: Settings = {}): Promise<{ app: App; log: () => string }> {
  const output = new PassThrough();
  const lines: string[] = [];
  output.on('data', (chunk: Buffer) => lines.push(chunk.toString('utf8')));
  const folders = { PROMPT_DIR: join(ROOT, 'prompts'), POLICY_DIR: join(ROOT, 'policy') };
  const config = loadConfig({ ...folders, ...place.settings, ...BY_PLAN, ...more });
  const clock = { now: place.now, sleep: (ms: number, until?: AbortSignal) => systemClock.sleep(ms / 20, until) };
  const log = createLog('debug', false, output, silentProgress);
  const policy = await shippedPolicy(config);
  const app = await createApp({ config, clock, log, progress: silentProgress, version: '0.0.0', ...policy });
  return { app, log: () => lines.join('') };
}

const cycle = () => ({ signal: new AbortController().signal, lockHeld: () => true });

export async function plan(place: Place, more: Settings = {}, revert: string | null = null) {
  const { app, log } = await appAt(place, more);
  const { record, plan: made } = await app.planOnce({ ...cycle(), revert });
  return { record, made, log: log(), code: exitCodeOf(record.verdict, null) };
}

/** The plan of a place where one can be made. */
export async function planned(place: Place, more: Settings = {}): Promise<Plan> {
  const { made, record } = await plan(place, more);
  if (made === null) throw new Error(`no plan was made: ${JSON.stringify(record.problems)}`);
  return made;
}

export async function apply(place: Place, what: Plan, more: Settings = {}, approvedBy = 'mia') {
  const { app, log } = await appAt(place, more);
  const { record, files } = await app.applyOnce({ ...cycle(), plan: what, approvedBy });
  const outcomes = new Map<string, Outcome | null>(record.reviewed.map((r) => [r.dossier.request.id, r.outcome]));
  return {
    record,
    log: log(),
    code: exitCodeOf(record.verdict, null),
    /** `done`, or why it was not, by request id. */
    became: (id: string): string => {
      const outcome = outcomes.get(id);
      if (!outcome) return 'not in it';
      return outcome.kind === 'done' ? 'done' : outcome.kind === 'skipped' ? outcome.why : outcome.kind;
    },
    report: files === null ? '' : readFileSync(files.markdown, 'utf8'),
    json: files === null ? {} : (JSON.parse(readFileSync(files.json, 'utf8')) as Record<string, unknown>),
  };
}
