/** Where what lies at Alpenrain Kliniken: by site, then by what it is for, in German and English as it has grown. */
import { few, site } from './sites.ts';

/** What somebody has to know about a group of machines to play their month. */
export type AreaName =
  | 'sandboxes'
  | 'test-data'
  | 'acceptance'
  | 'kiosks'
  | 'wards'
  | 'signage'
  | 'reporting'
  | 'training'
  | 'identity'
  | 'networks'
  | 'recovery'
  | 'patients'
  | 'devices'
  | 'money'
  | 'automation';

/** By what alone somebody could tell that it is sensitive. */
export type Mark = 'tag' | 'path' | 'type' | 'name';

export type Place = {
  readonly path: string;
  readonly area: AreaName;
  readonly names: readonly string[];
  readonly type: string;
  readonly tags: readonly string[];
  /** What is left out is ordinary. */
  readonly mark?: Mark;
};

export const PLACES: readonly Place[] = [
  ...site('Chur', 'chu'),
  ...site('Davos', 'dav'),
  ...site('Sargans', 'sar'),

  {
    path: 'Entwicklung / Sandboxes',
    area: 'sandboxes',
    names: few('box-', 101, 9),
    type: 'Linux-VM',
    tags: ['env=dev', 'os:debian'],
  },
  {
    path: 'Entwicklung / Sandboxes / Windows',
    area: 'sandboxes',
    names: few('wbox-', 1, 4),
    type: 'Windows-VM',
    tags: ['env=dev', 'os:win2022'],
  },
  {
    path: 'Entwicklung / Testdatenbanken',
    area: 'test-data',
    names: few('tdb-', 1, 6),
    type: 'SQL instance',
    tags: ['env=tst'],
  },
  // Somebody has copied real records into a test database, and has at least said so.
  {
    path: 'Entwicklung / Testdatenbanken',
    area: 'patients',
    names: ['tdb-7'],
    type: 'SQL instance',
    tags: ['env=tst', 'daten=patienten-echt'],
    mark: 'tag',
  },
  { path: 'Entwicklung / Abnahme', area: 'acceptance', names: few('abn-', 1, 5), type: 'Linux-VM', tags: ['env=abn'] },
  {
    path: 'Schulung / Lernplattform',
    area: 'training',
    names: few('lern-', 1, 4),
    type: 'Web application',
    tags: ['env=trn'],
  },
  // In production, and yet nothing that anybody thinks twice about.
  {
    path: 'Zentrale Dienste / Auswertung',
    area: 'reporting',
    names: few('rep-', 1, 6),
    type: 'Reporting node',
    tags: ['env=prd', 'krit/mittel'],
  },

  {
    path: 'Zentrale Dienste / Verzeichnisdienst / Domänencontroller',
    area: 'identity',
    names: few('srv-04', 17, 4),
    type: 'Windows-VM',
    tags: ['os:win2022'],
    mark: 'path',
  },
  {
    path: 'Zentrale Dienste / Allgemein',
    area: 'identity',
    names: few('srv-05', 2, 3),
    type: 'Windows-VM',
    tags: ['tier:0'],
    mark: 'tag',
  },
  {
    path: 'Zentrale Dienste / Allgemein',
    area: 'identity',
    names: ['adm-domain-global', 'krbtgt-reset', 'root-ca-2024'],
    type: 'Konto',
    tags: [],
    mark: 'name',
  },
  {
    path: 'Zentrale Dienste / Allgemein',
    area: 'recovery',
    names: ['VEEAM-Sicherung-01', 'backup-vault-2', 'notfall-konto-admin'],
    type: 'Linux-VM',
    tags: [],
    mark: 'name',
  },
  {
    path: 'Zentrale Dienste / Security Operations',
    area: 'networks',
    names: few('srv-06', 10, 3),
    type: 'Linux-VM',
    tags: [],
    mark: 'path',
  },
  {
    path: 'Zentrale Dienste / Plattform',
    area: 'recovery',
    names: few('hv-', 1, 3),
    type: 'ESXi cluster',
    tags: [],
    mark: 'type',
  },
  {
    path: 'Zentrale Dienste / Plattform',
    area: 'recovery',
    names: few('mod-', 1, 2),
    type: 'Hardware security module',
    tags: [],
    mark: 'type',
  },

  {
    path: 'Klinische Systeme / KIS / Datenbanken',
    area: 'patients',
    names: few('kis-db-', 1, 3),
    type: 'Oracle-Datenbank',
    tags: ['env=prd', 'krit/hoch'],
    mark: 'tag',
  },
  // The machines carry no tag of their own; the container does.
  {
    path: 'Klinische Systeme / Labor',
    area: 'patients',
    names: few('lab-', 1, 3),
    type: 'Linux-VM',
    tags: [],
    mark: 'tag',
  },
  {
    path: 'Klinische Systeme / Archiv',
    area: 'patients',
    names: ['patientenakte-01', 'medical-records-02'],
    type: 'Linux-VM',
    tags: ['env=prd'],
    mark: 'name',
  },
  {
    path: 'Verwaltung / Lohnbuchhaltung',
    area: 'money',
    names: few('app-2', 1, 3),
    type: 'Web application',
    tags: ['env=prd'],
    mark: 'path',
  },
  {
    path: 'Verwaltung / Finance / Payments',
    area: 'money',
    names: few('app-3', 1, 2),
    type: 'Web application',
    tags: [],
    mark: 'path',
  },
];

/** Tags that a container carries itself. */
export const CONTAINER_TAGS: Readonly<Record<string, readonly string[]>> = {
  'Klinische Systeme / Labor': ['schutz=patientendaten', 'dsgvo:art9'],
  'Zentrale Dienste / Verzeichnisdienst': ['team:identity'],
  Entwicklung: ['env=dev'],
};

/** Where the keys of the agent lie. */
export const KEYS_AT = 'Zentrale Dienste / Automaten / Dienstkonten';
