/**
 * The errors that end something. Each is a small class with facts and advice; `code` stays the same for ever and is the
 * heading under which docs/operating.md explains it. Messages are lower case, name values in backticks, and never carry
 * a token, a key or a raw client error (those hold the Authorization header).
 */

/** A neighbour is a system on the other end of a socket; its row says which settings to look at. */
export const NEIGHBOURS = {
  vault: { title: 'the vault', settings: ['VAULT_URL', 'VAULT_API_TOKEN', 'VAULT_CA_FILE'] },
  model: { title: 'the model', settings: ['OPENAI_BASE_URL', 'OPENAI_MODEL', 'OPENAI_ASSET_ID', 'OPENAI_CA_FILE'] },
  'sign-in': {
    title: 'Microsoft sign-in',
    settings: ['ALERT_AUTHORITY_HOST', 'ALERT_TENANT_ID', 'ALERT_CLIENT_ID', 'ALERT_SECRET_ASSET_ID', 'ALERT_CA_FILE'],
  },
  mail: { title: 'Microsoft Graph', settings: ['GRAPH_BASE_URL', 'ALERT_SENDER_EMAIL', 'ALERT_CA_FILE'] },
} as const satisfies Record<string, { title: string; settings: readonly string[] }>;
export type Neighbour = keyof typeof NEIGHBOURS;

/** What went wrong between us and a neighbour, in words that decide what happens next. */
export const UPSTREAM_CODES = {
  unreachable: 'nobody answers at that address: look at the address, the firewall and whether the service is up',
  certificate: 'its certificate is not trusted: point the CA file setting at the PEM of the authority that signed it',
  timeout: 'it did not answer in time: look at its load, or raise the time-out setting',
  unauthorized: 'it refused the credential: look at the token or key, its end date and what its user may do',
  refused: 'it refused the request: the message says what it disliked',
  'server-error': 'it failed on its side: its own log says why',
  'not-json': 'it answered something other than JSON: the address probably leads to a log-in page or a proxy',
  'wrong-shape': 'it answered JSON of another shape than the contract: the address may lead to another API or version',
  'too-large': 'its answer is larger than is safe to read',
  endless: 'its list never ends: the paging on its side is broken',
  'not-granted': 'nobody granted the credential request in time, or it was refused: an authorizer has to approve it',
  stopped: 'the run was stopped while it was waiting',
} as const satisfies Record<string, string>;
export type UpstreamCode = keyof typeof UPSTREAM_CODES;

export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly neighbour: Neighbour;
  readonly code: UpstreamCode;
  /** The HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** A vendor code found in the answer (`MSG-00863`), when there was one. */
  readonly vendorCode: string | undefined;
  /**
   * Whether the neighbour may have carried out a write before this error: true after a time-out, a dropped connection
   * or a 5xx. Never set for a call that cannot have arrived.
   */
  readonly maybeDone: boolean;

  constructor(
    neighbour: Neighbour,
    code: UpstreamCode,
    message: string,
    facts: { status?: number | undefined; vendorCode?: string | undefined; maybeDone?: boolean } = {},
  ) {
    super(message);
    this.neighbour = neighbour;
    this.code = code;
    this.status = facts.status;
    this.vendorCode = facts.vendorCode;
    this.maybeDone = facts.maybeDone ?? false;
  }

  /** One sentence on what to do: what the code means, and which settings lead to this neighbour. */
  get advice(): string {
    return `${UPSTREAM_CODES[this.code]} (settings: ${NEIGHBOURS[this.neighbour].settings.join(', ')})`;
  }
}

export type ConfigProblem = { readonly setting: string; readonly message: string };

/** Every problem of the settings at once. Exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? 'one setting is' : `${problems.length} settings are`;
    super([`${count} not usable:`, ...problems.map((p) => `  ${p.setting}: ${p.message}`)].join('\n'));
    this.problems = problems;
  }
}

/** The memory of past actions is unreadable or contradicts itself. Nothing may be acted on. Exit code 5. */
export class MemoryError extends Error {
  override readonly name = 'MemoryError';
  readonly file: string;
  /** Where an untouched copy was put aside, if it could be. */
  readonly keptAs: string | undefined;
  constructor(file: string, message: string, keptAs?: string) {
    super(message);
    this.file = file;
    this.keptAs = keptAs;
  }
}

/** Another live process owns the state folder. Exit code 3. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

/** A file of ours could not be read or written (disk full, rights). Facts: the path and the system's code. */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly file: string;
  readonly systemCode: string | undefined;
  constructor(doing: string, file: string, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException | undefined)?.code;
    super(`could not ${doing} \`${file}\`: ${code ?? (cause instanceof Error ? cause.message : String(cause))}`);
    this.file = file;
    this.systemCode = code;
  }
}

/** The sentence for a person: never a stack, never a client's raw error. */
export function describeError(error: unknown): string {
  if (error instanceof Error) return error.message;
  return String(error);
}
