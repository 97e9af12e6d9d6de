/** The simulated company's machines and the containers they lie in. */
import { idFor, secretFor } from '../identity.ts';
import type { VaultAsset } from '../vault/records.ts';
import type { FormName } from './forms.ts';
import type { Team } from './people.ts';

type Kind = { readonly team: Team; readonly form: FormName };

export type Machine = VaultAsset & { readonly kind: Kind };

const CONTAINERS: readonly (readonly [path: string, ...tags: string[]])[] = [
  ['/'],
  ['/Tier 0', 'Classification :: Tier 0'],
  ['/Tier 0/Domain Controllers', 'Classification :: Tier 0', 'Component :: Directory :: Active Directory'],
  ['/Tier 0/PKI', 'Classification :: Tier 0', 'Component :: Certificate Authority'],
  ['/Production', 'Environment :: Production'],
  ['/Production/Databases', 'Environment :: Production', 'Component :: Database'],
  ['/Production/Servers', 'Environment :: Production', 'Component :: Server'],
  ['/Production/Network', 'Environment :: Production', 'Component :: Network'],
  ['/Workstations', 'Component :: Workstation'],
  ['/Test', 'Environment :: Test'],
  ['/Automation', 'Component :: Automation'],
];

type Row = readonly [path: string, names: readonly string[], type: string, tag: string, team: Team, form: FormName];

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, at) => `${prefix}${`${at + 1}`.padStart(2, '0')}`);

const WINDOWS = 'Component :: Server :: Windows';
const LINUX = 'Component :: Server :: Linux';

const MACHINES: readonly Row[] = [
  ['/Tier 0/Domain Controllers', numbered('DC', 4), 'Windows Server', WINDOWS, 'windows', 'tier-0'],
  ['/Tier 0/PKI', ['PKI-ROOT', 'PKI-ISSUING01'], 'Windows Server', WINDOWS, 'windows', 'tier-0'],
  ['/Production/Servers', numbered('WIN-APP', 8), 'Windows Server', WINDOWS, 'windows', 'production'],
  ['/Production/Servers', numbered('WIN-FILE', 2), 'Windows Server', WINDOWS, 'windows', 'production'],
  ['/Production/Servers', numbered('lnx-web', 8), 'Linux Server', LINUX, 'linux', 'production'],
  ['/Production/Servers', ['lnx-backup01', 'lnx-mail01'], 'Linux Server', LINUX, 'linux', 'production'],
  [
    '/Production/Databases',
    numbered('ora-erp', 3),
    'Oracle Database',
    'Component :: Database :: Oracle',
    'database',
    'databases',
  ],
  [
    '/Production/Databases',
    numbered('pg-shop', 3),
    'PostgreSQL Database',
    'Component :: Database :: PostgreSQL',
    'database',
    'databases',
  ],
  [
    '/Production/Network',
    ['fw-edge01', 'fw-edge02', 'sw-core01', 'sw-core02'],
    'Network Device',
    'Component :: Network',
    'network',
    'production',
  ],
  [
    '/Workstations',
    numbered('WS-10', 12),
    'Workstation',
    'Component :: Workstation :: Windows',
    'helpdesk',
    'workstations',
  ],
  ['/Test', numbered('app-test-', 5), 'Linux Server', LINUX, 'developer', 'test'],
  ['/Test', numbered('db-test-', 3), 'PostgreSQL Database', 'Component :: Database :: PostgreSQL', 'developer', 'test'],
];

export type Estate = {
  readonly containers: readonly VaultAsset[];
  readonly machines: readonly Machine[];
  readonly openaiKey: VaultAsset;
  readonly graphSecret: VaultAsset;
  readonly assets: readonly VaultAsset[];
};

export function makeEstate(seed: number): Estate {
  const containerId = (path: string) => idFor(seed, 'container', path);
  const containers = CONTAINERS.map(([path, ...tags]): VaultAsset => {
    const name = path.split('/').at(-1) || 'root';
    const above = path === '/' ? null : path.slice(0, path.lastIndexOf('/')) || '/';
    const parent = above === null ? null : containerId(above);
    return { id: containerId(path), name, type: 'Container', parent, path, tags, secretFields: {}, credential: null };
  });
  const machines = MACHINES.flatMap(([path, names, type, tag, team, form]) =>
    names.map((name): Machine => {
      const base = { id: idFor(seed, 'asset', name), name, type, parent: containerId(path), path: null, tags: [tag] };
      return { ...base, secretFields: secretsOf(seed, name), credential: null, kind: { team, form } };
    }),
  );
  const key = (name: string, user: string, password: string): VaultAsset => {
    const base = {
      id: idFor(seed, 'asset', name),
      name,
      type: 'API Key',
      parent: containerId('/Automation'),
      path: null,
    };
    return { ...base, tags: ['Component :: API Key'], secretFields: {}, credential: { user, password } };
  };
  const openaiKey = key('OpenAI API key', 'openai', secretFor('sk-sim-', seed));
  const graphSecret = key('Portcullis mail client secret', 'portcullis-mail', secretFor('sim~', seed, 'graph'));
  return { containers, machines, openaiKey, graphSecret, assets: [...containers, ...machines, openaiKey, graphSecret] };
}

/** What must never leave the vault's answer: a client that copies whole assets is found out by the prefix. */
function secretsOf(seed: number, name: string): Record<string, string> {
  return {
    Password: secretFor('SIMSECRET-', seed, name, 'password'),
    'Private Key': secretFor('SIMSECRET-', seed, name, 'key'),
    totpSeed: secretFor('SIMSECRET-', seed, name, 'totp'),
  };
}
