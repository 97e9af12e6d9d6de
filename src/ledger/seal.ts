import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

/** A key that no log, error or report can show: it prints as its type. */
export type LedgerKey = KeyObject;
/** Characters. Shorter ones could be guessed from a copy of the ledger. */
export const SHORTEST_KEY = 32;
/** What the first entry names as the seal before it. */
export const NO_SEAL = `sha256:${'0'.repeat(64)}`;

/** The key in a text, without the blanks and line breaks that a file or a form adds; null when it is too short. */
export function ledgerKeyOf(text: string): LedgerKey | null {
  const key = text.trim();
  return key.length < SHORTEST_KEY ? null : createSecretKey(key, 'utf8');
}

/**
 * The line of an entry: its JSON with the seal as the last member. INVARIANT: ASCII without control characters, so that
 * it is one line for every reader, and nothing in it can act on a terminal.
 */
export function sealed(entry: object, key: LedgerKey | null): { readonly line: string; readonly seal: string } {
  const body = JSON.stringify(entry).replace(NOT_ASCII, escaped).slice(0, -1);
  const seal = key === null ? plainSeal(body) : keyedSeal(body, key);
  return { line: `${body},"seal":"${seal}"}`, seal };
}

/** A line taken apart: the seal covers exactly `body`. */
export type Parts = { readonly body: string; readonly seal: string; readonly keyed: boolean };

/** Null when the line does not end as a sealed entry does. */
export function partsOf(line: string): Parts | null {
  for (const { keyed, start } of ENDINGS) {
    const from = line.length - start.length - HEX - END.length;
    if (from > 0 && line.startsWith(start, from) && line.endsWith(END)) {
      return { body: line.slice(0, from), seal: line.slice(from + NAME.length, -END.length), keyed };
    }
  }
  return null;
}

/** Whether the seal belongs to exactly these bytes. */
export const fits = ({ body, seal, keyed }: Parts, key: LedgerKey | null): boolean =>
  seal === (keyed && key !== null ? keyedSeal(body, key) : plainSeal(body));

export const isKeyed = (seal: string): boolean => seal.startsWith('hmac-');
/** A whole seal as a person or a report may hand it over. */
export const SEAL = /^(?:hmac-)?sha256:[0-9a-f]{64}$/;

const plainSeal = (body: string): string => `sha256:${hash('sha256', body)}`;
const keyedSeal = (body: string, key: LedgerKey): string =>
  `hmac-sha256:${createHmac('sha256', key).update(body).digest('hex')}`;

/** A seal of something beside the ledger, with the same key and never mistaken for the seal of an entry. */
export const keyedMark = (text: string, key: LedgerKey): string =>
  createHmac('sha256', key).update(`beside the ledger: ${text}`).digest('hex');

const NAME = ',"seal":"';
const END = '"}';
const HEX = 64;
const ENDINGS = [
  { keyed: true, start: `${NAME}hmac-sha256:` },
  { keyed: false, start: `${NAME}sha256:` },
] as const;
const NOT_ASCII = /[\u007f-\uffff]/g;
const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
