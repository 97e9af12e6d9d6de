/**
 * A second estate: a group of hospitals, for whoever wants to try a policy on a vault that it was not written for. Other
 * containers, tags, types, operations and words than the usual one; nothing here is shared with it but the vault itself.
 */
import { idFor, secretFor } from '../identity.ts';
import type { Company } from '../seed/company.ts';
import type { Form, VaultAsset } from '../vault/records.ts';
import { makeMonths, type Thing } from './month.ts';
import { makeColleagues } from './people.ts';
import { CONTAINER_TAGS, KEYS_AT, PLACES } from './places.ts';

const ROOT = 'Root Container';

export function alpenrain(seed: number): Company {
  const containers = makeContainers(seed);
  const idAt = (path: string) => containers.find((one) => one.path === `${ROOT} / ${path}`)?.id ?? '';
  const asset = (path: string, name: string, type: string, tags: readonly string[]): VaultAsset => ({
    ...{ id: idFor(seed, 'other asset', path, name), name, type, tags, parent: idAt(path), path: null },
    ...{ secretFields: { Kennwort: secretFor('SIMSECRET-', seed, name, 'kennwort') }, credential: null },
  });
  const things = PLACES.flatMap(({ path, area, names, type, tags, mark }) =>
    names.map((name) => ({ ...asset(path, name, type, tags), area, mark })),
  );
  const key = (name: string, user: string, password: string): VaultAsset => ({
    ...asset(KEYS_AT, name, 'Kennwort-Eintrag', ['nutzung:agent']),
    ...{ secretFields: {}, credential: { user, password } },
  });
  const openaiKey = key('KI-Schlüssel', 'ki', secretFor('sk-sim-', seed));
  const graphSecret = key('Mailversand der Prüfung', 'mailversand', secretFor('sim~', seed, 'graph'));
  const machines = things.map(({ area: _area, mark: _mark, ...machine }) => machine);
  const people = makeColleagues(seed);
  const form = (name: string): Form => ({ id: idFor(seed, 'other form', name), name, type: 'Interactive' });
  const [requestor] = people;
  const [usual] = things.filter(({ area }) => area === 'sandboxes');
  if (!requestor || !usual) throw new Error('the second estate has no people or no sandbox');
  return {
    ...{ containers, machines, openaiKey, graphSecret, assets: [...containers, ...machines, openaiKey, graphSecret] },
    sensitive: new Map(things.flatMap(({ id, mark }) => (mark === undefined ? [] : [[id, mark] as const]))),
    people: people.map(({ name, role, department, manager }) => ({ user: name, role, department, manager })),
    mail: { sender: 'pruefung@alpenrain.example', recipients: ['it-sicherheit@alpenrain.example'] },
    keyForm: form('Dienstkonten'),
    usual: { assetId: usual.id, requestor, form: form('Standardzugriff') },
    history: ({ dice, now, agent }, count, malformed) =>
      makeMonths({ seed, dice, now, agent, people, form, things: things satisfies Thing[] }, count, malformed),
  };
}

/** The root, and whatever lies above a place. */
function makeContainers(seed: number): VaultAsset[] {
  const paths = new Set<string>([ROOT]);
  for (const path of [...PLACES.map((place) => place.path), KEYS_AT]) {
    const parts = [ROOT, ...path.split(' / ')];
    for (let depth = 2; depth <= parts.length; depth += 1) paths.add(parts.slice(0, depth).join(' / '));
  }
  const id = (path: string) => idFor(seed, 'other container', path);
  return [...paths].map((path): VaultAsset => {
    const cut = path.lastIndexOf(' / ');
    return {
      ...{ id: id(path), name: cut < 0 ? ROOT : path.slice(cut + 3), type: 'Container', path, secretFields: {} },
      ...{ parent: cut < 0 ? null : id(path.slice(0, cut)), credential: null },
      tags: CONTAINER_TAGS[path.slice(ROOT.length + 3)] ?? [],
    };
  });
}
