import { plainLine } from '../text/plain_text.ts';
import { CERTIFICATE_FAULTS, type CertificateFault } from './certificate_faults.ts';

/**
 * The errors that end something. Each is a small class with facts and advice; `code` stays the same for ever and is the
 * heading under which docs/operating.md explains it. Messages are lower case, name values in backticks, and never carry
 * a token, a key or a raw client error (those hold the Authorization header).
 */

/** An upstream is a system that is asked over the network; its row says which settings lead to it, by what they are. */
export const UPSTREAMS = {
  vault: {
    title: 'the vault',
    address: ['VAULT_URL'],
    credential: ['VAULT_API_TOKEN', 'VAULT_API_TOKEN_FILE'],
    certificate: ['VAULT_CA_FILE'],
    'time-out': ['VAULT_TIMEOUT_SECONDS'],
    proxy: ['VAULT_PROXY'],
  },
  model: {
    title: 'the model',
    address: ['OPENAI_BASE_URL', 'OPENAI_MODEL', 'OPENAI_MODEL_SHARED'],
    credential: ['OPENAI_ASSET_ID', 'OPENAI_API_KEY'],
    certificate: ['OPENAI_CA_FILE'],
    'time-out': ['OPENAI_TIMEOUT_SECONDS', 'OPENAI_ANALYSIS_BATCH_SIZE'],
    proxy: ['OPENAI_PROXY'],
  },
  'sign-in': {
    title: 'Microsoft sign-in',
    address: ['ALERT_AUTHORITY_HOST', 'ALERT_TENANT_ID'],
    credential: ['ALERT_CLIENT_ID', 'ALERT_SECRET_ASSET_ID', 'ALERT_CLIENT_SECRET'],
    certificate: ['ALERT_CA_FILE'],
    'time-out': ['ALERT_TIMEOUT_SECONDS'],
    proxy: ['ALERT_PROXY'],
  },
  mail: {
    title: 'Microsoft Graph',
    address: ['GRAPH_BASE_URL', 'ALERT_SENDER_EMAIL'],
    credential: ['ALERT_CLIENT_ID', 'ALERT_SECRET_ASSET_ID'],
    certificate: ['ALERT_CA_FILE'],
    'time-out': ['ALERT_TIMEOUT_SECONDS'],
    proxy: ['ALERT_PROXY'],
  },
  tickets: {
    title: 'the ticket system',
    address: ['`url` under `tickets` in access.yml'],
    credential: ['`credential_asset` and `user` under `tickets` in access.yml'],
    certificate: ['TICKETS_CA_FILE'],
    'time-out': [],
    proxy: [],
  },
} as const satisfies Record<string, { title: string } & Record<SettingKind, readonly string[]>>;
export type Upstream = keyof typeof UPSTREAMS;
type SettingKind = 'address' | 'credential' | 'certificate' | 'time-out' | 'proxy';

/** What went wrong between us and an upstream, in words that decide what happens next, and which settings to look at. */
export const UPSTREAM_CODES = {
  unreachable: {
    about: 'nobody answers at that address: look at the address, the firewall and whether the service is up',
    look: ['address'],
  },
  proxy: {
    about:
      'the proxy on the way to it let nothing through: look at its address, its user and password, and what it allows',
    look: ['proxy'],
  },
  certificate: {
    about: 'its certificate is not trusted: name the PEM file of the authority that signed it, and check the host name',
    look: ['certificate', 'address'],
  },
  timeout: {
    about: 'it did not answer in time: look at its load, or allow it more time',
    look: ['time-out', 'address'],
  },
  unauthorized: {
    about: 'it refused the credential: look at the token or key, its end date and what its user may do',
    look: ['credential'],
  },
  refused: { about: 'it refused the request: the message says what it disliked', look: ['address', 'credential'] },
  'server-error': { about: 'it failed on its side: its own log says why', look: ['address'] },
  'not-json': {
    about:
      'it answered something other than whole JSON: the address may lead to a log-in page or a proxy, or the answer was cut',
    look: ['address'],
  },
  'wrong-shape': {
    about: 'it answered JSON of another shape than the contract: the address may lead to another API or version',
    look: ['address'],
  },
  'too-large': { about: 'its answer is larger than is safe to read', look: ['address'] },
  endless: { about: 'its list never ends or does not hold still: the paging on its side is broken', look: ['address'] },
  'not-granted': {
    about: 'nobody granted the credential request in time, or it was refused: an authorizer has to approve it',
    look: ['credential'],
  },
  'over-budget': {
    about:
      'no dollar may be spent any more: raise the ceiling that the message names or wait until it is over; nothing is done on what was not asked',
    look: [],
  },
  'used-up': {
    about:
      'its account may ask nothing more for now: look at the plan, the limits and the billing of that account, or wait for as long as the message says',
    look: ['credential'],
  },
  stopped: { about: 'the run was stopped while it was waiting', look: [] },
} as const satisfies Record<string, { about: string; look: readonly SettingKind[] }>;
export type UpstreamCode = keyof typeof UPSTREAM_CODES;

type UpstreamFacts = {
  readonly status?: number | undefined;
  readonly vendorCode?: string | undefined;
  readonly maybeDone?: boolean;
  readonly certificate?: CertificateFault | undefined;
};

export class UpstreamError extends Error {
  override readonly name = 'UpstreamError';
  readonly upstream: Upstream;
  readonly code: UpstreamCode;
  /** The HTTP status, when there was an answer. */
  readonly status: number | undefined;
  /** A vendor code found in the answer (`MSG-00863`), when there was one. */
  readonly vendorCode: string | undefined;
  /**
   * Whether the upstream may have carried out a write before this error: true after a time-out, a dropped connection
   * or a 5xx. Never set for a call that cannot have arrived.
   */
  readonly maybeDone: boolean;
  /** What is wrong with its certificate, where that is the cause. */
  readonly certificate: CertificateFault | undefined;

  constructor(upstream: Upstream, code: UpstreamCode, message: string, facts: UpstreamFacts = {}) {
    super(message);
    this.upstream = upstream;
    this.code = code;
    this.status = facts.status;
    this.vendorCode = facts.vendorCode;
    this.maybeDone = facts.maybeDone ?? false;
    this.certificate = facts.certificate;
  }

  /** One sentence on what to do: what the code means, and which settings to look at. */
  get advice(): string {
    const { about, look } =
      this.certificate === undefined ? UPSTREAM_CODES[this.code] : CERTIFICATE_FAULTS[this.certificate];
    const settings = look.flatMap((kind) => UPSTREAMS[this.upstream][kind]);
    return settings.length === 0 ? about : `${about} (look at ${settings.join(', ')})`;
  }
}

/** Nothing of what a run was made to look at could be read, although the vault answered. */
export class BlindError extends Error {
  override readonly name = 'BlindError';
  readonly advice: string;
  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}

export type ConfigProblem = { readonly setting: string; readonly message: string };

/** Every problem of the settings at once. Exit code 2. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? 'one setting is' : `${problems.length} settings are`;
    super([`${count} not usable:`, ...problems.map((p) => `  ${p.setting}: ${plainLine(p.message, 2000)}`)].join('\n'));
    this.problems = problems;
  }
}

/** The ledger is unreadable or contradicts itself. Nothing may be acted on. Exit code 5. */
export class LedgerError extends Error {
  override readonly name: string = 'LedgerError';
  readonly file: string;
  /** Where an untouched copy was put aside, if it could be. */
  readonly keptAs: string | undefined;
  constructor(file: string, message: string, keptAs?: string) {
    super(message);
    this.file = file;
    this.keptAs = keptAs;
  }

  get advice(): string {
    const copy = this.keptAs === undefined ? '' : `; an untouched copy is \`${this.keptAs}\``;
    return `nothing is acted on until it is put right: see "When the ledger is not trusted" in docs/operating.md${copy}`;
  }
}

/** The key of the ledger could not be read: nothing is known against the ledger itself. Exit code 5, or 1 when the vault is lost too. */
export class KeyError extends LedgerError {
  override readonly name = 'KeyError';
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

  /** What the system's code means to the one who has to put it right. */
  get advice(): string {
    const known = Object.hasOwn(STORAGE_ADVICE, this.systemCode ?? '');
    return STORAGE_ADVICE[known ? (this.systemCode as keyof typeof STORAGE_ADVICE) : 'EIO'];
  }
}

const NO_SPACE = 'the disk or its quota is full: make room';
const NO_RIGHT = 'the user that Portcullis runs as may not do that: look at owner, mode and mount of the folder';
const FILE_IN_THE_WAY = 'a file stands where a folder is needed: look at the folder settings (STATE_DIR, REPORT_DIR)';
const STORAGE_ADVICE = {
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EFBIG: NO_SPACE,
  EACCES: NO_RIGHT,
  EPERM: NO_RIGHT,
  EROFS: NO_RIGHT,
  ENOTDIR: FILE_IN_THE_WAY,
  EEXIST: FILE_IN_THE_WAY,
  EISDIR: 'a folder stands where a file is needed: move it away',
  ESTALE: 'another process wrote to it meanwhile: let only one work with the folder',
  EIO: 'look at the disk and at the folder settings (STATE_DIR, REPORT_DIR, PROMPT_DIR)',
} as const satisfies Record<string, string>;

/** The sentence for a person: never a stack, never a client's raw error, never nothing. */
export function describeError(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  return typeof error === 'object' ? 'something that is no error was thrown' : String(error);
}

/** What to do about it, where the error knows. */
export function adviceOf(error: unknown): string | null {
  const knows = [UpstreamError, StorageError, LedgerError, BlindError].find((kind) => error instanceof kind);
  return knows === undefined ? null : (error as InstanceType<typeof knows>).advice;
}
