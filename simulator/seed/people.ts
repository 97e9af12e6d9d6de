/** Who works at the simulated company, and what each of them mostly asks for. */
import { idFor } from '../identity.ts';
import type { Person } from '../vault/records.ts';

export type Team = 'windows' | 'linux' | 'database' | 'network' | 'helpdesk' | 'developer' | 'automation';

export type Colleague = Person & {
  readonly team: Team;
  /** How often this person files something, compared to the others. */
  readonly zeal: number;
};

type Row = readonly [name: string, displayName: string, team: Team, zeal: number];

const COLLEAGUES: readonly Row[] = [
  ['jdoe', 'Jane Doe', 'windows', 3],
  ['tlindqvist', 'Tove Lindqvist', 'windows', 2],
  ['bmensah', 'Baffour Mensah', 'windows', 1],
  ['rcastellanos', 'Rosa Castellanos', 'windows', 2],
  ['pnovak', 'Petr Novák', 'linux', 3],
  ['aokafor', 'Adaeze Okafor', 'linux', 2],
  ['sbrandt', 'Silke Brandt', 'linux', 1],
  ['hyamada', 'Haruki Yamada', 'linux', 2],
  // Files more than one request a day: whether that is diligence or a script is for the reviewer to ask.
  ['dferrari', 'Dario Ferrari', 'database', 14],
  ['lkowalska', 'Lena Kowalska', 'database', 2],
  ['mtran', 'Minh Tran', 'database', 2],
  ['gduarte', 'Gil Duarte', 'network', 2],
  ['ehaddad', 'Elias Haddad', 'network', 1],
  ['cbyrne', 'Ciara Byrne', 'helpdesk', 13],
  ['fnilsson', 'Frida Nilsson', 'helpdesk', 3],
  ['osilva', 'Otávio Silva', 'helpdesk', 3],
  ['kdesai', 'Kiran Desai', 'developer', 3],
  ['zpetrov', 'Zoya Petrov', 'developer', 2],
  ['nwhitfield', 'Noah Whitfield', 'developer', 2],
  ['svc-backup', 'Backup service', 'automation', 3],
  ['svc-patching', 'Patch orchestration', 'automation', 2],
];

export function makePeople(seed: number): Colleague[] {
  return COLLEAGUES.map(([name, displayName, team, zeal]) => {
    return { id: idFor(seed, 'person', name), name, displayName, team, zeal };
  });
}

/** The account Portcullis works under. */
export function makeAgent(seed: number, name: string): Person {
  return { id: idFor(seed, 'person', name), name, displayName: 'Portcullis (service account)' };
}
