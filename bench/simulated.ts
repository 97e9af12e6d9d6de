/** The simulator in a process of its own, with late answers, and what it saw of a run. Started by the benchmarks. */
import type { FaultPoint } from '../simulator/faults.ts';
import { type Simulator, startSimulator } from '../simulator/simulator.ts';
import type { VaultRequest } from '../simulator/vault/records.ts';
import { assetToWire, requestToWire } from '../simulator/vault/wire.ts';
import { type Needed, neededFor } from './stage/needed.ts';
import { serve } from './stage/remote.ts';
import type { Seen } from './stage/seen.ts';

const DAY = 86_400_000;

export type SimulatedOptions = {
  readonly requests: number;
  /** Added to every answer of the vault, and of the model. */
  readonly vaultMs: number;
  readonly modelMs: number;
};

/** How many requests are new or other than before; each Active one takes a question of its own. */
export type Change = { readonly active: number; readonly others: number };

/** Every operation of the vault; listed, so that a new one is not forgotten silently: the type knows them all. */
const VAULT_DOORS = {
  ...{ 'vault.list': true, 'vault.asset': true, 'vault.approve': true, 'vault.reject': true, 'vault.complete': true },
  ...{ 'vault.discovery': true, 'vault.search': true, 'vault.credentials': true, 'vault.submit': true },
  ...{ 'vault.status': true, 'vault.release': true },
} as const satisfies Record<Extract<FaultPoint, `vault.${string}`>, true>;

let simulator: Simulator | null = null;
let shift = 0;
let firstCall = 0;

function sim(): Simulator {
  if (simulator === null) throw new Error('the simulator was not started');
  return simulator;
}

const now = () => Date.now() + shift;

export const simulated = {
  async start({ requests, vaultMs, modelMs }: SimulatedOptions): Promise<Record<string, string>> {
    simulator = await startSimulator({
      now,
      requests,
      // Waiting for a person to grant a credential is nobody's speed.
      vault: { credentialWorkflow: false },
      model: { delayMs: modelMs },
    });
    for (const on of Object.keys(VAULT_DOORS) as (keyof typeof VAULT_DOORS)[]) {
      if (vaultMs > 0) simulator.faults.add({ on, kind: 'delay', ms: vaultMs, times: Number.POSITIVE_INFINITY });
    }
    return simulator.settings;
  },

  /** What a run could not do without, whatever it did: read off after the run. */
  needed({ pageSize, batchSize, deep }: { pageSize: number; batchSize: number; deep: boolean }): Needed {
    const { vault, journal } = sim();
    const actions = journal.of('approve', 'reject', 'complete').filter(({ status }) => status === 200).length;
    const parentOf = (id: string) => vault.asset(id)?.parent ?? null;
    return neededFor({ window: inWindow(), questions: questions(), actions, parentOf }, { pageSize, batchSize, deep });
  },

  /** What every upstream was asked since the last time that this was asked. */
  seen(): Seen {
    const { journal, model } = sim();
    const calls = { vault: 0, model: 0, 'sign-in': 0, graph: 0 };
    for (const { upstream } of journal.calls) calls[upstream] += 1;
    const asked = questions();
    const confirming = asked.filter(({ mode }) => mode !== 'review').length;
    const actions = journal.of('approve', 'reject', 'complete').length;
    journal.clear();
    firstCall = model.calls.length;
    return { calls, actions, assessing: asked.length - confirming, confirming };
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
    return { active, others: 2 * chosen.length - active };
  },

  /** Puts the clock of vault, model and mailbox forward. */
  later: ({ ms }: { ms: number }): void => {
    shift += ms;
  },
};
export type Simulated = typeof simulated;

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
