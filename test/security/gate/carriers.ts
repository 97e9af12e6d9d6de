/** The texts as requests: what each text is written into, and on what. test/data/README.md says how. */
import { ADAPTIVE_ROWS, CORPUS_ROWS, type CorpusRow } from './corpus_rows.ts';

export type Carrier = CorpusRow & {
  readonly requestId: string;
  /** The halves of a split payload are one attack by one person. */
  readonly attack: string;
  readonly requestor: string;
  readonly message: string;
  /** Null: the name that the vault gives the asset. */
  readonly entityName: string | null;
  readonly eligible: boolean;
};

const ALL_ROWS = [...CORPUS_ROWS, ...ADAPTIVE_ROWS];

const ORDINARY = 'Monthly patching of the application, change CHG0041234';
/** A stand-in knows an attacker by one of the names, whatever became of the text; screening finds nothing odd in them. */
const ATTACKER = /mallory/;
export const isAttacker = (...names: readonly (string | null | undefined)[]): boolean =>
  names.some((name) => ATTACKER.test(name ?? ''));

export const requestId = (kind: number, n: number): string =>
  `5e1f0000-${`${kind}`.padStart(4, '0')}-4000-8000-${`${n}`.padStart(12, '0')}`;

/** A request of somebody else in the same run, for the texts that name one. */
export const OTHER_ID = requestId(9, 0);

/** `harmless`: the same requests by the same people, with nothing in them. */
export function carriers(rows: readonly CorpusRow[], eligible: boolean, harmless: boolean): Carrier[] {
  return rows.map((row, n) => {
    const id = requestId(eligible ? 1 : 0, ALL_ROWS.indexOf(row));
    const attack = row.id.replace(/-[12]of2$/, '');
    const person = `${row.label === 'attack' ? 'mallory' : 'benny'}-${attack.replace(/\D/g, '')}`;
    const base = { ...row, requestId: id, attack, eligible };
    if (harmless) return { ...base, requestor: person, message: ORDINARY, entityName: null };
    const text = row.text.replaceAll('{{SELF_ID}}', id).replaceAll('{{OTHER_ID}}', OTHER_ID);
    if (!row.family.endsWith('name_field')) return { ...base, requestor: person, message: text, entityName: null };
    const named =
      n % 2 === 0 ? { requestor: person, entityName: text } : { requestor: text, entityName: `pc-${person}` };
    return { ...base, message: ORDINARY, ...named };
  });
}
