/** A simulated vault with a person who grants credentials, and one run of ours after the other on the same state folder. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Simulator, SimulatorOptions } from '../../../simulator/simulator.ts';
import { openPendingRequests, type PendingRequest, type PendingRequests } from '../../../src/store/pending_requests.ts';
import { HOUR_MS } from '../../../src/util/durations.ts';
import { createCredentialRequests } from '../../../src/vault/credential_requests.ts';
import { type CredentialBroker, createCredentialBroker } from '../../../src/vault/credentials.ts';
import { discover } from '../../../src/vault/discovery.ts';
import { type Visitor, visit } from '../simulator/visitor.ts';
import { DEFAULT_PATHS, openTestSession, placeOf, type TestClock, testClock } from './tools.ts';

export const ACTIONS = ['AssetUnlock', 'AssetView', 'AssetConnect', 'AssetEdit'] as const;

export type Run = {
  readonly broker: CredentialBroker;
  readonly clock: TestClock;
  readonly pending: PendingRequests;
  /** What was said about waiting. */
  readonly waits: [string, string | null][];
};
export type World = {
  readonly sim: Simulator;
  readonly visitor: Visitor;
  readonly key: string;
  readonly secret: string;
  run(change?: {
    waitMs?: number;
    /** Short for those whose vault says nothing. */
    timeoutMs?: number;
    onWait?: () => void;
    pending?: (file: PendingRequests) => PendingRequests;
  }): Promise<Run>;
  /** What the state folder holds. */
  file(): Promise<{ mode: number; text: string; requests: PendingRequest[] } | null>;
  submissions(): number;
  releases(): string[];
  close(): Promise<void>;
};

export async function credentialWorld(vault: SimulatorOptions['vault'] = {}): Promise<World> {
  const visitor = await visit({ vault: { credentialApproval: { polls: 2 }, ...vault } });
  const { sim } = visitor;
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-credentials-'));
  const file = join(folder, '.pending_request.json');
  return {
    sim,
    visitor,
    key: sim.estate.openaiKey.id,
    secret: sim.vault.asset(sim.estate.openaiKey.id)?.credential?.password ?? '',
    async run({ waitMs = HOUR_MS, timeoutMs = 5_000, onWait, pending: wrap = (same: PendingRequests) => same } = {}) {
      const clock = testClock();
      const session = openTestSession({ ...placeOf(sim), timeoutMs }, clock);
      const { operations } = await discover(session, DEFAULT_PATHS);
      const requests = createCredentialRequests(session, operations, { actions: ACTIONS, hours: 4 });
      const pending = wrap(await openPendingRequests(folder));
      const waits: Run['waits'] = [];
      const options = {
        waitMs,
        pollMs: 5_000,
        onWait: (...wait: [string, string | null]) => {
          waits.push(wait);
          onWait?.();
        },
      };
      return { broker: createCredentialBroker(requests, pending, options, clock), clock, pending, waits };
    },
    async file() {
      const text = await readFile(file, 'utf8').catch(() => null);
      if (text === null) return null;
      return { mode: (await stat(file)).mode & 0o777, text, ...(JSON.parse(text) as { requests: PendingRequest[] }) };
    },
    submissions: () => sim.journal.of('submit').filter(({ status }) => status === 200).length,
    releases: () => sim.journal.of('complete-credential').map(({ id }) => id),
    close: async () => {
      await visitor.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
