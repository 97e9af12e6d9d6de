/** What the agent wrote down, read from the disk by nobody's code but ours. */
import { createHash, createHmac } from 'node:crypto';
import type { Files } from './disk.ts';
import { STATE } from './settings.ts';

export type Noted = {
  readonly action: 'approve' | 'reject' | 'close';
  readonly request: string;
  /** The last word on it: `intended` while no outcome is in it. */
  readonly word: 'intended' | 'done' | 'not-done' | 'unknown';
};

type Line = {
  readonly seq: number;
  readonly kind: string;
  readonly data: { request?: string; action?: Noted['action'] };
};

/** The ledger as it lies on the disk, looked at line by line: each line is read once, because none may ever change. */
export type RecordReader = {
  /** Takes what was added; the sentence says what is wrong with it. */
  look(): string | null;
  /** Every action with an intent on disk. */
  actions(): readonly Noted[];
  entries(): number;
  /** The files are gone: what comes now begins anew, and what was read stays known. */
  restart(): void;
};

const FOLDER = `${STATE}/ledger/`;
const FIRST = `sha256:${'0'.repeat(64)}`;

export function readRecord({ texts }: Files, key: string | null): RecordReader {
  const noted = new Map<string, Noted>();
  /** How much of each file was read, and what stood there. */
  const seen = new Map<string, string>();
  let before = FIRST;
  let entries = 0;

  function take(name: string, line: string): string | null {
    const [, body = '', seal = ''] = /^(.*),"seal":"((?:hmac-)?sha256:[0-9a-f]{64})"\}$/.exec(line) ?? [];
    if (body === '') return `a line of ${name} is no sealed entry: ${line.slice(0, 80)}`;
    const right = seal.startsWith('hmac-')
      ? `hmac-sha256:${createHmac('sha256', key ?? '')
          .update(body)
          .digest('hex')}`
      : `sha256:${createHash('sha256').update(body).digest('hex')}`;
    if (seal !== right) return `a seal in ${name} does not fit: ${line.slice(0, 80)}`;
    const { prev, seq, kind, data } = JSON.parse(line) as Line & { prev: string };
    if (prev !== before || seq !== entries + 1) return `entry ${seq} of ${name} does not follow entry ${entries}`;
    before = seal;
    entries = seq;
    const { request, action } = data;
    const [, word] = /^action\.(.*)$/.exec(kind) ?? [];
    if (word === undefined || request === undefined || action === undefined) return null;
    noted.set(`${action} ${request}`, { action, request, word: word as Noted['word'] });
    return null;
  }

  return {
    look() {
      for (const [file, text] of [...texts].filter(([file]) => file.startsWith(FOLDER)).sort()) {
        const old = seen.get(file) ?? '';
        if (old.length === text.length) continue;
        if (!text.startsWith(old)) return `${file} was changed, where it may only grow`;
        // What a crash cut short is taken off by the next process, before it adds anything.
        const end = text.lastIndexOf('\n') + 1;
        if (end <= old.length) continue;
        for (const line of text.slice(old.length, end - 1).split('\n')) {
          const wrong = take(file, line);
          if (wrong !== null) return wrong;
        }
        seen.set(file, text.slice(0, end));
      }
      return null;
    },
    actions: () => [...noted.values()],
    entries: () => entries,
    restart() {
      seen.clear();
      before = FIRST;
      entries = 0;
    },
  };
}
