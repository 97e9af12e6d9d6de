/** The simulator in a process of its own, with late answers, and what it saw of a run. Started by the benchmarks. */
import type { FaultPoint } from '../simulator/faults.ts';
import type { ModelCall } from '../simulator/model/call.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import type { VaultRequest } from '../simulator/vault/records.ts';
import { assetToWire, requestToWire } from '../simulator/vault/wire.ts';
import { readsBoth } from './recipe/reads.ts';
import { type Needed, neededFor } from './stage/needed.ts';
import { serve } from './stage/remote.ts';
import type { Seen, Wire } from './stage/seen.ts';
import { fillBusyWindow } from './window/busy.ts';
import type { Shares } from './window/shares.ts';

const DAY = 86_400_000;

export type SimulatedOptions = {
  readonly requests: number;
  /** Added to every answer of the vault, and of the model. */
  readonly vaultMs: number;
  readonly modelMs: number;
  /** A busy window made of these; without them the simulator's own month. */
  readonly shares?: Shares;
};

/** How many requests are new or other than before, and whose the Active ones are: each person takes a question. */
export type Change = { readonly active: number; readonly others: number; readonly persons: number };

/** Every operation of the vault; listed, so that a new one is not forgotten silently: the type knows them all. */
const VAULT_DOORS = {
  ...{ 'vault.list': true, 'vault.asset': true, 'vault.approve': true, 'vault.reject': true, 'vault.complete': true },
  ...{ 'vault.discovery': true, 'vault.search': true, 'vault.credentials': true, 'vault.submit': true },
  ...{ 'vault.status': true, 'vault.release': true },
} as const satisfies Record<Extract<FaultPoint, `vault.${string}`>, true>;

let simulator: Simulator | null = null;
let shift = 0;
let firstCall = 0;
let cpuBefore = 0;

function sim(): Simulator {
  if (simulator === null) throw new Error('the simulator was not started');
  return simulator;
}

const now = () => Date.now() + shift;

export const simulated = {
  async start({ requests, vaultMs, modelMs, shares }: SimulatedOptions): Promise<Record<string, string>> {
    simulator = await startSimulator({
      now,
      requests,
      ...(shares && { data: 'none' as const }),
      // Waiting for a person to grant a credential is nobody's speed.
      vault: { credentialWorkflow: false },
      model: { delayMs: modelMs, behaviour: readsBoth },
    });
    if (shares) fillBusyWindow(simulator.vault, requests, shares, now());
    for (const on of Object.keys(VAULT_DOORS) as (keyof typeof VAULT_DOORS)[]) {
      if (vaultMs > 0) simulator.faults.add({ on, kind: 'delay', ms: vaultMs, times: Number.POSITIVE_INFINITY });
    }
    cpuBefore = cpuMs();
    return simulator.settings;
  },

  /** What a run could not do without, whatever it did: read off after the run. */
  needed(how: { pageSize: number; batchSize: number; deep: boolean }): Needed {
    const { vault } = sim();
    const before = new Map<string, string>();
    for (const { id, before: status } of writes()) if (status !== null && !before.has(id)) before.set(id, status);
    const window = inWindow().map((request) => ({ ...request, status: before.get(request.id) ?? request.status }));
    const parentOf = (id: string) => vault.asset(id)?.parent ?? null;
    return neededFor({ window, ...done(), parentOf }, how);
  },

  /** What every upstream was asked since the last time that this was asked. */
  seen(): Seen {
    const { journal, model } = sim();
    const calls = { vault: 0, model: 0, 'sign-in': 0, graph: 0, tickets: 0 };
    for (const { upstream } of journal.calls) calls[upstream] += 1;
    const lists = journal.calls.filter(({ url }) => url.includes('/auditor-requests')).length;
    const asked = questions();
    const { approved, rejected, closed } = done();
    const seen: Seen = {
      ...{ calls, lists, approved: approved.length, rejected: rejected.length, closed: closed.length },
      ...{ actions: writes().length, wire: wireOf(asked), upstreamsCpuMs: cpuMs() - cpuBefore },
    };
    journal.clear();
    cpuBefore = cpuMs();
    firstCall = model.calls.length;
    return seen;
  },

  /** The questions to the model, as they came. */
  questions: () =>
    sim()
      .model.calls.slice(firstCall)
      .map(({ mode, slots, system, user, body }) => ({
        ...{ mode, slots: slots.length, system, user },
        schema: JSON.stringify((body as { response_format?: unknown }).response_format ?? null),
      })),

  /** The window as the vault gives it out, newest first, with assets and containers as far as they carry no secret. */
  records() {
    const { vault } = sim();
    return inWindow()
      .sort((a, b) => b.created - a.created)
      .map((request) => {
        const asset = request.entityId === null ? undefined : vault.asset(request.entityId);
        const container = asset === undefined || asset.parent === null ? undefined : vault.asset(asset.parent);
        const shown = asset && assetToWire({ ...asset, secretFields: {} }, container, vault.knobs);
        const around = container && assetToWire({ ...container, secretFields: {} }, undefined, vault.knobs);
        return { request: requestToWire(request, vault.knobs), asset: shown ?? null, container: around ?? null };
      });
  },

  /** Of every `every` requests one gets another text, and as many new ones arrive. */
  change({ every }: { every: number }): Change {
    const { vault } = sim();
    const chosen = inWindow().filter((_, n) => n % every === 0);
    for (const [n, request] of chosen.entries()) {
      vault.edit(request.id, { message: `${request.message ?? ''} (as agreed with the owner)`.trim() });
      const { id: _, approvals: _approvals, approved: _approved, completed: _completed, ...like } = request;
      vault.add({ ...like, status: 'Active', level: 1, created: now() - (n + 2) * 60_000 });
    }
    const active = chosen.length + chosen.filter(({ status }) => status === 'Active').length;
    const persons = new Set(chosen.map(({ requestor }) => requestor.name)).size;
    return { active, others: 2 * chosen.length - active, persons };
  },

  /** Puts the clock of vault, model and mailbox forward. */
  later: ({ ms }: { ms: number }): void => {
    shift += ms;
  },
};
export type Simulated = typeof simulated;

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Writes that change a request, in order. */
const writes = () => sim().journal.of('approve', 'reject', 'complete');

function done() {
  const ids = (kind: 'approve' | 'reject' | 'complete') =>
    writes()
      .filter(({ what, status }) => what === kind && status === 200)
      .map(({ id }) => id);
  return { approved: ids('approve'), rejected: ids('reject'), closed: ids('complete') };
}

/** Counted at the model: what was sent to it, and what it answered. */
function wireOf(asked: readonly ModelCall[]): Wire {
  const length = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)).length;
  const sum = (of: (call: ModelCall) => number) => asked.reduce((all, call) => all + of(call), 0);
  const schemas = sum(({ body }) => length((body as { response_format?: unknown }).response_format ?? ''));
  return {
    questions: asked.length,
    asked: schemas + sum(({ system, user }) => system.length + user.length),
    schemas,
    answered: sum(({ answered }) => answered?.length ?? 0),
  };
}

function questions() {
  return sim().model.calls.slice(firstCall);
}

/** What the program lists: with the default look-back, and without records that are no requests. */
function inWindow(): VaultRequest[] {
  return sim()
    .vault.all()
    .filter(({ created }) => created > now() - 30 * DAY);
}

serve(simulated, async () => simulator?.close());
