/** A plain HTTPS client for one simulator: trusts its CA and nothing else, knows its addresses and its token. */
import { Agent, fetch, type RequestInit, type Response } from 'undici';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../../simulator/simulator.ts';

export const NOON = Date.UTC(2026, 3, 29, 12);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

type Json = Record<string, unknown>;
type Page = { data: Json[] } & Json;

export type Visitor = {
  readonly sim: Simulator;
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** A call to the vault with the agent's token. */
  vault(method: string, path: string, init?: RequestInit): Promise<Response>;
  /** The answer's JSON, for calls to the vault that must succeed. */
  read<T = Json>(path: string): Promise<T>;
  list(query: string): Promise<Page>;
  close(): Promise<void>;
};

export async function visit(options: SimulatorOptions = {}): Promise<Visitor> {
  const sim = await startSimulator({ data: 'none', now: () => NOON, ...options });
  const dispatcher = new Agent({ connect: { ca: sim.caPem } });
  const call: Visitor['fetch'] = (url, init = {}) => fetch(url, { dispatcher, ...init });
  const vault: Visitor['vault'] = (method, path, init = {}) => {
    const headers = {
      authorization: `Bearer ${sim.vault.token}`,
      ...(init.headers as Record<string, string> | undefined),
    };
    return call(sim.settings.VAULT_URL + path, { ...init, method, headers });
  };
  const read = async <T>(path: string): Promise<T> => {
    const response = await vault('GET', path);
    if (response.status !== 200) throw new Error(`GET ${path} answered ${response.status}`);
    return (await response.json()) as T;
  };
  return {
    sim,
    fetch: call,
    vault,
    read,
    list: (query) => read<Page>(`/api/request/auditor-requests?${query}`),
    close: async () => {
      await dispatcher.destroy();
      await sim.close();
    },
  };
}
