import type { Halt } from '../domain/halt.ts';
import type { RunRecord, TokenEnd } from '../domain/run_record.ts';
import type { RunArchive, RunHead } from '../store/run_archive.ts';
import { jsonText } from '../text/json.ts';
import type { Clock } from '../util/clock.ts';
import type { Log } from '../util/log.ts';
import type { Schedule } from './due.ts';
import { type Failures, failuresAfter, healthJson, healthOf, NO_FAILURES, STATUSES, type Vitals } from './health.ts';
import { type HealthServer, type ListenOptions, serveHealth } from './health_server.ts';
import { type Around, createHeartbeat } from './heartbeat.ts';
import { createMetrics } from './metrics.ts';

export type WatchingOptions = {
  readonly settings: {
    readonly heartbeatUrl: string | undefined;
    readonly health: ListenOptions;
  };
  readonly schedule: Schedule;
  readonly earlier: EarlierCycles;
  /** The end of the token of this moment: between two cycles something may have put another one into its file. */
  readonly token: () => TokenEnd | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly halted: () => Promise<Halt | null>;
};

/** What people outside see of the daemon: a heartbeat per cycle, and two pages. */
export type Watching = Pick<HealthServer, 'port' | 'close'> & { readonly around: Around };

/** Takes note of every cycle that goes through `around`, and tells those who watch. */
export async function openWatching({
  settings,
  schedule,
  earlier,
  token,
  clock,
  log,
  halted,
}: WatchingOptions): Promise<Watching> {
  const heartbeat = createHeartbeat(settings.heartbeatUrl, log);
  const metrics = createMetrics();
  if (earlier.last !== null) metrics.remember(earlier.last, earlier.lastSuccess);
  let vitals: Vitals = {
    ...{ startedAt: clock.now(), lastSignAt: clock.now(), runningSince: null },
    ...{ last: earlier.last, failures: earlier.failures },
  };

  const server = await serveHealth(
    settings.health,
    {
      '/healthz': async () => {
        const health = healthOf(vitals, schedule, clock.now());
        const body = healthJson(vitals, health, (await halted()) !== null, schedule, clock.now());
        return { status: STATUSES[health.status].http, type: 'application/json; charset=utf-8', text: jsonText(body) };
      },
      '/metrics': async () => {
        const { status } = healthOf(vitals, schedule, clock.now());
        const now = { running: vitals.runningSince !== null, overdue: status === 'overdue' };
        const text = await metrics.page({ ...now, halted: (await halted()) !== null }, token());
        return { status: 200, type: metrics.contentType, text };
      },
    },
    log,
  );

  const around: Around = async (cycle) => {
    vitals = { ...vitals, runningSince: clock.now(), lastSignAt: clock.now() };
    let last: RunRecord | null = null;
    try {
      const result = await cycle();
      last = result.record;
      metrics.ended(result.record, clock.now());
      return result;
    } catch (error) {
      metrics.ended(null, clock.now());
      throw error;
    } finally {
      const finishedAt = clock.now();
      const { verdict } = last ?? { verdict: 'failed' as const };
      const failures = failuresAfter(vitals.failures, last);
      vitals = { ...vitals, runningSince: null, lastSignAt: finishedAt, last: { verdict, finishedAt }, failures };
    }
  };
  return { port: server.port, close: server.close, around: (cycle) => heartbeat(() => around(cycle)) };
}

export type EarlierCycles = {
  /** The last cycle in the archive; null when there is none. */
  readonly last: RunRecord | null;
  /** When the last one ended that had nothing to complain about, milliseconds since the epoch; null when it is unknown. */
  readonly lastSuccess: number | null;
  readonly failures: Failures;
};

/** How many records are opened at most: two days on the usual schedule. */
const MOST = 12;

/** What earlier processes of the daemon left in the archive, so that a restart does not look like a system that never ran. */
export async function earlierCycles(archive: Pick<RunArchive, 'ids' | 'load' | 'loadHead'>): Promise<EarlierCycles> {
  let last: RunRecord | null = null;
  const heads: RunHead[] = [];
  const ids = await archive.ids().catch(() => []);
  for (const id of ids.slice(-MOST).reverse()) {
    const record = await archive.loadHead(id);
    // Dry runs, plans and what was applied by hand are no cycles.
    if (record === null || record.dryRun || record.planId !== null) continue;
    last ??= await archive.load(id);
    heads.unshift(record);
    if (record.verdict === 'done') break;
  }
  const good = heads.find(({ verdict }) => verdict === 'done');
  return { last, lastSuccess: good?.finishedAt ?? null, failures: heads.reduce(failuresAfter, NO_FAILURES) };
}
