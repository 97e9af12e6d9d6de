/** The same vault, model, sign-in, mailbox and ticket systems without sockets, certificates and timers: HTTP applications to be called. */
import { makeDice } from './dice.ts';
import { type Faults, makeFaults } from './faults.ts';
import { idFor, secretFor } from './identity.ts';
import { type Journal, makeJournal } from './journal.ts';
import { makeGraph } from './microsoft/graph.ts';
import type { Mailbox } from './microsoft/mailbox.ts';
import { makeSignIn } from './microsoft/sign_in.ts';
import { type Model, makeModel } from './model/model.ts';
import { DEFAULTS, ESTATES, type SimulatorOptions } from './options.ts';
import { COMPANIES, type Company } from './seed/company.ts';
import { makeAgent } from './seed/people.ts';
import { type Origins, settingsFor } from './settings.ts';
import { TicketDesk } from './tickets/desk.ts';
import { makeJira } from './tickets/jira.ts';
import { makeServiceNow } from './tickets/servicenow.ts';
import type { SimulatorContext, Upstream } from './upstream.ts';
import { makeVaultRoutes } from './vault/routes.ts';
import { Vault } from './vault/vault.ts';

export type UpstreamName = keyof Origins;

export const UPSTREAM_NAMES = [
  'vault',
  'model',
  'signIn',
  'graph',
  'serviceNow',
  'jira',
] as const satisfies readonly UpstreamName[];

/** Whatever does not depend on how they are reached. */
export type World = {
  readonly vault: Vault;
  readonly model: Model;
  readonly mailbox: Mailbox;
  /** What both ticket systems know: each puts it into its own words. */
  readonly tickets: TicketDesk;
  readonly faults: Faults;
  readonly journal: Journal;
  /** The machines and containers at start, and the two assets which hold Portcullis's own secrets. */
  readonly estate: Company;
  /** Every secret at start: none of them may turn up in a log, a report, a mail or a question to the model. */
  readonly secrets: readonly string[];
};

export type InMemorySimulator = World & {
  /** The environment settings that name the made-up addresses. */
  readonly settings: Record<string, string>;
  /** What to call, under its address. Faults that drop the connection need a socket, and so have no place here. */
  readonly apps: Readonly<Record<UpstreamName, InMemoryApp>>;
};
export type InMemoryApp = { readonly origin: string; answer(request: Request): Promise<Response> };

const IN_MEMORY_ORIGINS: Origins = {
  vault: 'https://vault.sim.test',
  model: 'https://model.sim.test',
  signIn: 'https://login.sim.test',
  graph: 'https://graph.sim.test',
  serviceNow: 'https://servicenow.sim.test',
  jira: 'https://jira.sim.test',
};

/** Credential requests are granted at the second poll unless told otherwise, so that no timer runs. */
export function simulateInMemory(options: Omit<SimulatorOptions, 'ports'> = {}): InMemorySimulator {
  const vault = { credentialApproval: { polls: 1 }, ...options.vault };
  const origins = IN_MEMORY_ORIGINS;
  const { apps, settings, ...world } = makeWorld({ ...options, vault }, origins, new AbortController().signal);
  const app = (name: UpstreamName): InMemoryApp => ({
    origin: origins[name],
    answer: async (request) => apps[name].fetch(request),
  });
  return {
    ...world,
    settings: settings(),
    apps: Object.fromEntries(UPSTREAM_NAMES.map((name) => [name, app(name)])) as InMemorySimulator['apps'],
  };
}

type MadeWorld = World & {
  readonly apps: Readonly<Record<UpstreamName, Upstream>>;
  settings(caFile?: string): Record<string, string>;
};

/**
 * `origins` is read when somebody asks: each application is made before any port is known. `closing` ends whatever
 * waits in them.
 */
export function makeWorld(options: SimulatorOptions, origins: Readonly<Origins>, closing: AbortSignal): MadeWorld {
  const requests = ESTATES[options.estate ?? DEFAULTS.estate];
  const { seed, now, ports: _, ...wanted }: Required<SimulatorOptions> = { ...DEFAULTS, requests, ...options };
  const journal = makeJournal(now);
  const faults = makeFaults();
  const context: SimulatorContext = { now, journal, faults, closing };
  const estate: Company = COMPANIES[wanted.estate](seed);
  const vault = makeVault(estate, seed, now, wanted);
  const tenantId = idFor(seed, 'tenant');
  const clientId = idFor(seed, 'mail client');
  const secretOf = (assetId: string) => () => vault.asset(assetId)?.credential?.password;

  const { app: modelApp, model } = makeModel(
    { behaviour: 'rate', delayMs: 0, ...wanted.model, key: secretOf(estate.openaiKey.id) },
    context,
  );
  const resources = () => ['https://graph.microsoft.com', origins.graph];
  const clientSecret = secretOf(estate.graphSecret.id);
  const signIn = makeSignIn(
    {
      seed,
      tenantId,
      clientId,
      clientSecret,
      tokenSeconds: wanted.tokenSeconds,
      graphRoles: wanted.graphRoles,
      resources,
    },
    context,
  );
  const graph = makeGraph({ sender: estate.mail.sender, accepts: signIn.accepts }, context);
  const tickets = new TicketDesk((what) => secretFor('sim-ticket-', seed, what));
  const vaultApp = makeVaultRoutes(vault, context, () => origins.model);

  const agentName = wanted.tokenNamesUser ? undefined : wanted.agentName;
  return {
    ...{ vault, model, mailbox: graph.mailbox, tickets, faults, journal, estate, secrets: secretsOf(vault, tickets) },
    apps: {
      ...{ vault: vaultApp, model: modelApp, signIn: signIn.app, graph: graph.app },
      ...{ serviceNow: makeServiceNow(tickets, context), jira: makeJira(tickets, context) },
    },
    settings: (caFile) => settingsFor({ origins, token: vault.token, caFile, estate, tenantId, clientId, agentName }),
  };
}

function makeVault(
  estate: Company,
  seed: number,
  now: () => number,
  wanted: Omit<Required<SimulatorOptions>, 'seed' | 'now' | 'ports'>,
): Vault {
  const agent = makeAgent(seed, wanted.agentName);
  const vault = new Vault({
    ...{ now, seed, agent, knobs: wanted.vault, assets: estate.assets },
    ...{ tokenNamesUser: wanted.tokenNamesUser, tokenHours: wanted.tokenHours },
    ...{ keyForm: estate.keyForm, usual: estate.usual },
  });
  if (wanted.data === 'none') return vault;
  const about = { dice: makeDice(seed), now: now(), agent };
  for (const request of estate.history(about, wanted.requests, wanted.malformed)) vault.add(request);
  return vault;
}

function secretsOf(vault: Vault, { account }: TicketDesk): string[] {
  const kept = vault
    .assets()
    .flatMap((asset) => [...Object.values(asset.secretFields), asset.credential?.password ?? '']);
  return [vault.token, account.password, account.token, ...kept].filter((secret) => secret !== '');
}
