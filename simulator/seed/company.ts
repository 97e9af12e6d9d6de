/** The companies whose vault can be simulated, and what a simulator has to know of one. */
import type { Dice } from '../dice.ts';
import type { EstateName } from '../options.ts';
import { alpenrain } from '../other/company.ts';
import type { Form, Person, VaultAsset, VaultRequest } from '../vault/records.ts';
import { type Estate, makeEstate } from './estate.ts';
import { makeForm } from './forms.ts';
import { makeHistory } from './history.ts';
import { makePeople } from './people.ts';

export type Employee = {
  readonly user: string;
  readonly role: string;
  readonly department: string;
  readonly manager: string;
};

export type Company = {
  readonly containers: readonly VaultAsset[];
  readonly machines: readonly VaultAsset[];
  /** The two assets which hold the secrets of Portcullis. */
  readonly openaiKey: VaultAsset;
  readonly graphSecret: VaultAsset;
  readonly assets: readonly VaultAsset[];
  /** Assets that are marked as sensitive, and by what alone that can be told. Never on the wire. */
  readonly sensitive: ReadonlyMap<string, 'tag' | 'path' | 'type' | 'name'>;
  readonly people: readonly Employee[];
  readonly mail: { readonly sender: string; readonly recipients: readonly string[] };
  readonly keyForm: Form;
  /** What a request is about that says nothing else. */
  readonly usual: { readonly assetId: string; readonly requestor: Person; readonly form: Form };
  history(
    about: { readonly dice: Dice; readonly now: number; readonly agent: Person },
    count: number,
    malformed: number,
  ): readonly Partial<VaultRequest>[];
};

export const COMPANIES = { usual: harbourvale, other: alpenrain } as const satisfies Record<
  EstateName,
  (seed: number) => Company
>;

function harbourvale(seed: number): Company & Estate {
  const estate = makeEstate(seed);
  const people = makePeople(seed);
  const [requestor] = people;
  const test = estate.machines.find(({ kind }) => kind.form === 'test');
  if (!requestor || !test) throw new Error('the simulated company has no people or no test machine');
  return {
    ...estate,
    sensitive: new Map(),
    people: people.map(({ name, team }) => ({ user: name, role: team, department: 'IT', manager: 'mharper' })),
    mail: {
      sender: 'portcullis@harbourvale.example',
      recipients: ['security-lead@harbourvale.example', 'soc@harbourvale.example'],
    },
    keyForm: makeForm(seed, 'keys'),
    usual: { assetId: test.id, requestor, form: makeForm(seed, 'production') },
    history: (about, count, malformed) => makeHistory({ ...about, seed, estate, people }, count, malformed),
  };
}
