/** A vault, a model, a sign-in, a mailbox and two ticket systems on loopback, ready to be pointed at. Imports nothing of Portcullis. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from './certificates.ts';
import { makeWorld, UPSTREAM_NAMES, type World } from './in_memory.ts';
import { type Listener, listen } from './listener.ts';
import type { SimulatorOptions } from './options.ts';
import type { Origins } from './settings.ts';

export type { SimulatorOptions } from './options.ts';

export type Simulator = World & {
  /** Where each of them listens. */
  readonly origins: Readonly<Origins>;
  /** The environment settings that point Portcullis at this simulator. */
  readonly settings: Record<string, string>;
  readonly caPem: string;
  /** The CA as a file, in a fresh folder that close() removes. */
  readonly caFile: string;
  /** Ends everything, open connections and waiting answers included. May be called twice. */
  close(): Promise<void>;
};

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const closing = new AbortController();
  const origins = { vault: '', model: '', signIn: '', graph: '', serviceNow: '', jira: '' };
  const { apps, settings, ...world } = makeWorld(options, origins, closing.signal);

  const certificates = await makeCertificates();
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-simulator-'));
  const caFile = join(folder, 'ca.pem');
  const listeners: Listener[] = [];
  const close = async () => {
    closing.abort();
    await Promise.all(listeners.map((listener) => listener.close()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await writeFile(caFile, certificates.caPem);
    for (const name of UPSTREAM_NAMES) {
      const listener = await listen(apps[name], certificates, options.ports?.[name]);
      listeners.push(listener);
      origins[name] = listener.origin;
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { ...world, origins, settings: settings(caFile), caPem: certificates.caPem, caFile, close };
}
