/** Who works at Alpenrain Kliniken, in which department, and who decides there. */
import { idFor } from '../identity.ts';
import type { Person } from '../vault/records.ts';
import type { AreaName } from './places.ts';

export type Colleague = Person & {
  readonly department: string;
  readonly role: string;
  readonly manager: string;
};

/** Department, the role of its people, their manager, and who they are. */
const STAFF: readonly (readonly [department: string, role: string, manager: string, ...names: string[]])[] = [
  [
    'Softwareentwicklung',
    'developer',
    't.aebi',
    'Lea Brunner',
    'Jonas Keller',
    'Priya Nair',
    'Marc Dubois',
    'Selin Yildiz',
    'Tom Hayes',
    'Nina Roth',
    'Emre Kaya',
  ],
  ['Qualitätssicherung', 'tester', 't.aebi', 'Anna Vogt', 'Luca Bianchi', 'Sofie Lund', 'David Okoro'],
  [
    'Service Desk',
    'service-desk',
    'h.caduff',
    'Reto Casutt',
    'Mia Sutter',
    'Ivana Petrović',
    'Paul Grant',
    'Karin Flury',
    'Omar Said',
    'Lara Meier',
  ],
  [
    'Standort-IT',
    'site-technician',
    'h.caduff',
    'Urs Hitz',
    'Gion Capaul',
    'Maria Alves',
    'Stefan Graf',
    'Ben Whitaker',
  ],
  ['Controlling', 'analyst', 'b.oertli', 'Eva Lindner', 'Daniel Kunz', 'Chiara Russo', 'Hannah Berg'],
  ['Bildung', 'trainer', 'f.zogg', 'Petra Wyss', 'Alan Moore', 'Julia Frei'],
  [
    'Infrastruktur',
    'engineer',
    'm.stocker',
    'Felix Arnold',
    'Samira Haddad',
    'Peter Zimmerli',
    'Kofi Asante',
    'Nadja Huber',
  ],
  [
    'Klinische Anwendungen',
    'clinical-engineer',
    'dr.meili',
    'Rolf Tanner',
    'Ines Castro',
    'Matthias Lang',
    'Aisha Rahman',
  ],
  ['Finanzen', 'accountant', 'g.bieri', 'Ursula Egli', 'Simon Marty', 'Claire Fontaine'],
];

const UNMARKED: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue', ć: 'c', é: 'e' };

export function makeColleagues(seed: number): Colleague[] {
  return STAFF.flatMap(([department, role, manager, ...names]) =>
    names.map((displayName): Colleague => {
      const [first = '', last = ''] = displayName.toLowerCase().split(' ');
      const name = `${first[0]}.${last.replace(/[^a-z]/g, (letter) => UNMARKED[letter] ?? '')}`;
      return { id: idFor(seed, 'person', name), name, displayName, department, role, manager };
    }),
  );
}

/** What belongs to one area: who asks, who decides on each level, under which form, and what they ask for. */
export type Area = {
  readonly departments: readonly string[];
  /** Whom people ask on the first level; with a second list there are two levels. */
  readonly deciders: readonly (readonly string[])[];
  readonly form: string;
  readonly operations: readonly (readonly [weight: number, operation: string])[];
  readonly hours: readonly number[];
  /** How often somebody says no. */
  readonly refused: number;
  /** How much is asked for here, compared to the other areas. */
  readonly zeal: number;
};

const STANDARD = 'Standardzugriff';
const PROTECTED = 'Schutzbedürftige Systeme';

const ordinary = (
  zeal: number,
  departments: string[],
  deciders: string[],
  ...operations: [number, string][]
): Area => ({
  ...{ departments, deciders: [deciders], form: STANDARD, operations, hours: [1, 2, 2, 4, 4, 8], refused: 0.025, zeal },
});
const guarded = (zeal: number, departments: string[], ...deciders: string[][]): Area => ({
  ...{ departments, deciders, form: PROTECTED, hours: [1, 2, 4], refused: 0.2, zeal },
  operations: [
    [6, 'SessionStart'],
    [3, 'SecretView'],
    [1, 'SecretRotate'],
  ],
});

export const AREAS: Readonly<Record<AreaName, Area>> = {
  sandboxes: ordinary(
    20,
    ['Softwareentwicklung', 'Qualitätssicherung'],
    ['t.aebi', 'n.kruse'],
    [8, 'SessionStart'],
    [3, 'FileTransfer'],
  ),
  'test-data': ordinary(
    13,
    ['Softwareentwicklung', 'Qualitätssicherung'],
    ['t.aebi', 'n.kruse'],
    [6, 'SecretView'],
    [3, 'SessionStart'],
  ),
  acceptance: ordinary(
    9,
    ['Qualitätssicherung', 'Softwareentwicklung'],
    ['n.kruse'],
    [7, 'SessionStart'],
    [2, 'FileTransfer'],
  ),
  kiosks: ordinary(
    14,
    ['Service Desk', 'Standort-IT'],
    ['h.caduff', 'w.janssen'],
    [9, 'SessionStart'],
    [1, 'AssetView'],
  ),
  wards: ordinary(
    15,
    ['Service Desk', 'Standort-IT'],
    ['h.caduff', 'w.janssen'],
    [9, 'SessionStart'],
    [1, 'AssetView'],
  ),
  signage: ordinary(5, ['Standort-IT'], ['h.caduff'], [5, 'SessionStart'], [4, 'FileTransfer']),
  reporting: ordinary(9, ['Controlling'], ['b.oertli'], [7, 'SessionStart'], [2, 'FileTransfer']),
  training: ordinary(5, ['Bildung'], ['f.zogg'], [5, 'SessionStart'], [2, 'SecretView']),
  identity: guarded(5, ['Infrastruktur'], ['m.stocker'], ['c.weiss']),
  networks: guarded(4, ['Infrastruktur'], ['m.stocker'], ['c.weiss']),
  recovery: guarded(4, ['Infrastruktur'], ['m.stocker']),
  patients: guarded(5, ['Klinische Anwendungen', 'Softwareentwicklung'], ['dr.meili']),
  devices: guarded(4, ['Klinische Anwendungen', 'Standort-IT'], ['dr.meili']),
  money: guarded(4, ['Finanzen', 'Standort-IT'], ['g.bieri']),
  // Nobody but the agent asks for what lies here.
  automation: guarded(0, [], ['c.weiss']),
};
