/** What the simulator was asked to change, in order: the evidence that tests and the demo look at. */

export type WriteKind =
  | 'approve'
  | 'reject'
  | 'complete'
  | 'submit'
  | 'complete-credential'
  | 'token'
  | 'mail'
  /** A credential was asked for: not a write, but as worth counting as one. */
  | 'credentials';

type JournalEntry = {
  readonly at: number;
  readonly what: WriteKind;
  /** The request id; for `credentials` and `submit` the asset id; for `token` the client id; for `mail` the sender. */
  readonly id: string;
  /** The raw text exactly as received. Only a sign-in's `client_secret` is replaced by `[secret]`. */
  readonly body: string;
  readonly contentType: string | null;
  readonly user: string | null;
  /** The HTTP status the application decided on. A fault may have kept it from the client. */
  readonly status: number;
  readonly before: string | null;
  readonly after: string | null;
};

/** One HTTP request as it came in, faults included: what the network saw, where the journal says what happened. */
export type Call = {
  readonly at: number;
  readonly upstream: 'vault' | 'model' | 'sign-in' | 'graph' | 'tickets';
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorized: boolean;
  /** The fault that met it, if one did. */
  fault: string | null;
  /** The status sent; null while open or when the connection was dropped. */
  status: number | null;
};

export type Journal = {
  /** Writes that reached the application, refused ones included. */
  readonly entries: readonly JournalEntry[];
  /** Every HTTP request to any upstream. */
  readonly calls: readonly Call[];
  of(...what: readonly WriteKind[]): JournalEntry[];
  clear(): void;
};

export type Recorder = Journal & {
  note(entry: Omit<JournalEntry, 'at'>): void;
  heard(call: Omit<Call, 'at' | 'status' | 'fault'>): Call;
};

export function makeJournal(now: () => number): Recorder {
  const entries: JournalEntry[] = [];
  const calls: Call[] = [];
  return {
    entries,
    calls,
    of: (...what) => entries.filter((entry) => what.includes(entry.what)),
    clear: () => {
      entries.length = 0;
      calls.length = 0;
    },
    note: (entry) => entries.push({ at: now(), ...entry }),
    heard: (call) => {
      const heard: Call = { at: now(), ...call, fault: null, status: null };
      calls.push(heard);
      return heard;
    },
  };
}
