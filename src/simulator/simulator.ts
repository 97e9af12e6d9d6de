/** A vault, a model, a sign-in and a mailbox on loopback, ready to be pointed at. Imports nothing of Portcullis. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from './certificates.ts';
import { makeDice } from './dice.ts';
import { type Faults, makeFaults } from './faults.ts';
import { idFor } from './identity.ts';
import { type Journal, makeJournal } from './journal.ts';
import { type Listener, listen } from './listener.ts';
import { makeGraph } from './microsoft/graph.ts';
import type { Mailbox } from './microsoft/mailbox.ts';
import { makeSignIn } from './microsoft/sign_in.ts';
import { type Model, makeModel } from './model/model.ts';
import type { Surroundings } from './neighbour.ts';
import { DEFAULTS, type SimulatorOptions } from './options.ts';
import { type Estate, makeEstate } from './seed/estate.ts';
import { makeForm } from './seed/forms.ts';
import { makeHistory } from './seed/history.ts';
import { makeAgent, makePeople } from './seed/people.ts';
import { SENDER, settingsFor } from './settings.ts';
import { makeVaultRoutes } from './vault/routes.ts';
import { Vault } from './vault/vault.ts';

export type { SimulatorOptions } from './options.ts';

export type Simulator = {
  /** The environment settings that point Portcullis at this simulator. */
  readonly settings: Record<string, string>;
  readonly caPem: string;
  /** The CA as a file, in a fresh folder that close() removes. */
  readonly caFile: string;
  readonly vault: Vault;
  readonly model: Model;
  readonly mailbox: Mailbox;
  readonly faults: Faults;
  readonly journal: Journal;
  /** The machines and containers at start, and the two assets which hold Portcullis's own secrets. */
  readonly estate: Estate;
  /** Every secret at start: none of them may turn up in a log, a report, a mail or a question to the model. */
  readonly secrets: readonly string[];
  /** Ends everything, open connections and waiting answers included. May be called twice. */
  close(): Promise<void>;
};

export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { seed, now, ports, ...wanted }: Required<SimulatorOptions> = { ...DEFAULTS, ...options };
  const closing = new AbortController();
  const journal = makeJournal(now);
  const faults = makeFaults();
  const surroundings: Surroundings = { now, journal, faults, closing: closing.signal };
  const estate = makeEstate(seed);
  const vault = makeVault(estate, seed, now, wanted);
  const tenantId = idFor(seed, 'tenant');
  const clientId = idFor(seed, 'mail client');
  const secretOf = (assetId: string) => () => vault.asset(assetId)?.credential?.password;

  const { app: modelApp, model } = makeModel(
    { behaviour: 'rate', delayMs: 0, ...wanted.model, key: secretOf(estate.openaiKey.id) },
    surroundings,
  );
  // Each application is made before any port is known, so what needs another's address asks for it later.
  const origins = { vault: '', model: '', signIn: '', graph: '' };
  const resources = () => ['https://graph.microsoft.com', origins.graph];
  const clientSecret = secretOf(estate.graphSecret.id);
  const signIn = makeSignIn(
    { seed, tenantId, clientId, clientSecret, tokenSeconds: wanted.tokenSeconds, resources },
    surroundings,
  );
  const graph = makeGraph({ sender: SENDER, accepts: signIn.accepts }, surroundings);
  const vaultApp = makeVaultRoutes(vault, surroundings, () => origins.model);

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
    const apps = { vault: vaultApp, model: modelApp, signIn: signIn.app, graph: graph.app };
    for (const name of ['vault', 'model', 'signIn', 'graph'] as const) {
      const listener = await listen(apps[name], certificates, ports[name]);
      listeners.push(listener);
      origins[name] = listener.origin;
    }
  } catch (error) {
    await close();
    throw error;
  }
  const agentName = wanted.tokenNamesUser ? undefined : wanted.agentName;
  return {
    settings: settingsFor({ origins, token: vault.token, caFile, estate, tenantId, clientId, agentName }),
    caPem: certificates.caPem,
    caFile,
    vault,
    model,
    mailbox: graph.mailbox,
    faults,
    journal,
    estate,
    secrets: secretsOf(vault),
    close,
  };
}

function makeVault(
  estate: Estate,
  seed: number,
  now: () => number,
  wanted: Omit<Required<SimulatorOptions>, 'seed' | 'now' | 'ports'>,
): Vault {
  const people = makePeople(seed);
  const agent = makeAgent(seed, wanted.agentName);
  const [requestor] = people;
  const test = estate.machines.find(({ kind }) => kind.form === 'test');
  if (!requestor || !test) throw new Error('the simulated company has no people or no test machine');
  const vault = new Vault({
    ...{ now, seed, agent, knobs: wanted.vault, tokenNamesUser: wanted.tokenNamesUser, assets: estate.assets },
    keyForm: makeForm(seed, 'keys'),
    usual: { assetId: test.id, requestor, form: makeForm(seed, 'production') },
  });
  if (wanted.data === 'none') return vault;
  const cast = { seed, dice: makeDice(seed), now: now(), estate, people, agent };
  for (const request of makeHistory(cast, wanted.requests, wanted.malformed)) vault.add(request);
  return vault;
}

function secretsOf(vault: Vault): string[] {
  const kept = vault
    .assets()
    .flatMap((asset) => [...Object.values(asset.secretFields), asset.credential?.password ?? '']);
  return [vault.token, ...kept].filter((secret) => secret !== '');
}
