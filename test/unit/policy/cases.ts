/** Builders for the tests of policies: each takes only what the test is about and fills the rest with what is harmless. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'vitest';
import type { AccessRequest } from '../../../src/domain/access_request.ts';
import type { AssetFacts, Dossier } from '../../../src/domain/dossier.ts';
import type { PolicyCase } from '../../../src/domain/policy_case.ts';
import { loadPolicy, type Policy } from '../../../src/policy/load.ts';
import { sampleAccessContext, sampleCase } from '../../../src/policy/samples.ts';
import { ConfigError } from '../../../src/util/errors.ts';
import { dossierOf, rated, request, tempFolder } from '../../helpers/requests.ts';

export const SHIPPED = resolve(import.meta.dirname, '../../../policy');

/** A workstation of the helpdesk: what everyday approvals are about. */
export const WORKSTATION: AssetFacts = {
  id: 'asset-7',
  name: 'WS-1001',
  type: 'Workstation',
  containerPath: '/Workstations',
  tags: ['Component :: Workstation :: Windows'],
};

export type DossierPart = {
  readonly request?: Partial<AccessRequest>;
  readonly facts?: Partial<Dossier['facts']>;
  readonly asset?: Partial<AssetFacts> | null;
  readonly gaps?: Dossier['gaps'];
};

/** A request with everything read about its asset. */
export function dossier({ request: about = {}, asset = {}, ...part }: DossierPart = {}): Dossier {
  const facts = asset === null ? null : { ...WORKSTATION, ...asset };
  const named = facts === null ? {} : { asset: { id: facts.id, name: facts.name } };
  return { ...dossierOf(request({ ...named, ...about }), part), asset: facts };
}

export const harmless = sampleAccessContext({
  entitlement: 'workstation:operate',
  classes: ['workstation'],
  person: { known: false, roles: [], department: null, manager: null },
  ...{ rolesDefined: false, identitiesDefined: false },
  inRole: false,
  owner: 'helpdesk-lead',
});

/** A case that the shipped policies approve. */
export const policyCase = (part: Partial<PolicyCase> = {}): PolicyCase => ({
  ...sampleCase({ assessment: rated('low') }),
  dossier: dossier(),
  accessContext: harmless,
  ...part,
});

/** The shipped folder with some files replaced, added or (null) taken away. */
export function policyFolder(files: Readonly<Record<string, string | null>> = {}): string {
  const folder = join(tempFolder(), 'policy');
  cpSync(SHIPPED, folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    if (text === null) rmSync(join(folder, name));
    else writeFileSync(join(folder, name), text);
  }
  return folder;
}

export const policyWith = (files: Readonly<Record<string, string | null>>): Promise<Policy> =>
  loadPolicy(policyFolder(files));

/** What loading the folder complains about, as `name:line:column: message`. */
export async function complaints(files: Readonly<Record<string, string | null>>): Promise<string[]> {
  const folder = policyFolder(files);
  const error = await loadPolicy(folder).then(
    () => expect.unreachable('the policy was loaded although something is wrong with it'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ConfigError)) throw error;
  expect(error.problems.every(({ setting }) => setting === 'POLICY_DIR')).toBe(true);
  return error.problems.map(({ message }) => message.replaceAll(`${folder}/`, ''));
}

/** Policies that permit everything, for tests of what stands beside them. */
export const PERMIT_ALL = '@id("all") @says("everything") permit (principal, action, resource);\n';
