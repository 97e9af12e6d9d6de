/** One whole run over real sockets on the labelled requests: what was decided about each, and what came of it. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Behaviour } from '../../simulator/model/behaviours.ts';
import type { Person, VaultAsset, VaultRequest } from '../../simulator/vault/records.ts';
import type { Decision } from '../../src/domain/decision.ts';
import { openPlace, type Place, ROOT, type Settings } from '../../test/e2e/place.ts';
import { at, ESTATE, LABELLED, type Labelled, NOW } from './set.ts';

const SETTINGS: Settings = {
  AUTO_CLOSE_EXPIRED: 'true',
  DEEP_ANALYSIS: 'true',
  LOOK_BACK_DAYS: '60',
  // 18:00 to 8:00, as the company has it.
  OFF_HOURS_START: '18',
  OFF_HOURS_END: '8',
  // One run takes what a company asks for in a week: what caps hold back says nothing about deciding.
  CAP_APPROVALS_PER_RUN: '1000',
  CAP_APPROVALS_PER_DAY: '1000',
  CAP_APPROVALS_PER_REQUESTOR_PER_DAY: '1000',
  CAP_APPROVALS_PER_ASSET_PER_DAY: '1000',
  CAP_REJECTIONS_PER_RUN: '1000',
  ACTION_CONCURRENCY: '4',
  LOG_LEVEL: 'silent',
};

export type Decided = {
  readonly one: Labelled;
  readonly decision: Decision;
  /** Whether the vault carried it out. */
  readonly done: boolean;
};
export type Trial = { readonly decided: readonly Decided[]; readonly questions: number; readonly tokens: number };

export async function trial(behaviour: Behaviour): Promise<Trial> {
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-labels-'));
  try {
    const policy = join(folder, 'policy');
    writePolicy(policy);
    await using place = await openPlace({ data: 'none', model: { behaviour } }, { ...SETTINGS, POLICY_DIR: policy });
    place.later(NOW - Date.now());
    fill(place);
    const { record } = await place.run();
    const problem = record.problems.find(({ where }) => where === 'run');
    if (problem !== undefined) throw new Error(`the trial is none: ${problem.message}`);
    const byId = new Map(record.reviewed.map((reviewed) => [reviewed.dossier.request.id, reviewed]));
    const decided = LABELLED.flatMap((one) => {
      const reviewed = byId.get(one.id);
      if (reviewed === undefined) return [];
      return [{ one, decision: reviewed.decision, done: reviewed.outcome?.kind === 'done' }];
    });
    const { calls, promptTokens, completionTokens } = record.usage;
    return { decided, questions: calls, tokens: promptTokens + completionTokens };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The shipped policy with the roles and people of the company. JSON is YAML. */
function writePolicy(folder: string): void {
  cpSync(join(ROOT, 'policy'), folder, { recursive: true, filter: (name) => !name.endsWith('/tests') });
  const file = join(folder, 'access.yml');
  const { roles, identities } = ESTATE.access;
  const text = readFileSync(file, 'utf8')
    .replace(/^roles: \{\}$/m, `roles: ${JSON.stringify(roles)}`)
    .replace(/^identities: \{\}$/m, `identities: ${JSON.stringify(identities)}`);
  writeFileSync(file, text);
}

function fill({ sim }: Place): void {
  const containers = new Map<string, VaultAsset>();
  const containerOf = (path: string): VaultAsset => {
    const made =
      containers.get(path) ??
      sim.vault.addAsset({
        ...{ id: `container ${path}`, name: path.split('/').at(-1) ?? '', type: 'Container', path, parent: null },
        ...{ tags: [], secretFields: {}, credential: null },
      });
    containers.set(path, made);
    return made;
  };
  for (const { id, name, type, container, tags } of ESTATE.assets) {
    const parent = containerOf(container).id;
    sim.vault.addAsset({ id, name, type, parent, path: null, tags, secretFields: {}, credential: null });
  }
  for (const one of LABELLED) sim.vault.add(asVault(one));
}

const ACCOUNTS = [ESTATE.agent, ...ESTATE.people, ...ESTATE.owner_accounts, ...ESTATE.service_accounts];
const NAMES = new Map([...ACCOUNTS, ...ESTATE.strange_accounts].map((one) => [one.account, one.display_name]));

const personOf = ({ requestor, requestor_display: shown }: Labelled): Person => ({
  id: `id of ${requestor}`,
  name: requestor,
  displayName: shown ?? NAMES.get(requestor) ?? requestor,
});

const moment = (hours: number | null): number | null => (hours === null ? null : at(hours));

const asVault = (one: Labelled): Partial<VaultRequest> => ({
  ...{ id: one.id, status: one.status, message: one.text, exclusive: false },
  ...{ operation: one.operation ?? '', entityType: one.entity_type, entityId: one.asset, entityName: one.entity_name },
  requestor: personOf(one),
  form: { id: `form ${one.form.name}`, ...one.form },
  created: at(one.created_h),
  approved: moment(one.approved_h),
  completed: moment(one.completed_h),
  requestedFrom: moment(one.from_h),
  requestedTo: moment(one.to_h),
  ...{ level: one.level, levels: one.levels },
  approvals: one.approvals.map(({ at_h: hours, ...approval }) => ({ ...approval, created: at(hours) })),
});
