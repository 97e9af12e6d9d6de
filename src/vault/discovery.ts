import { describeError } from '../util/errors.ts';
import type { Answer } from './exchange.ts';
import { placesIn } from './fill_url.ts';
import type { Session } from './session.ts';

/** The operations of the vault's MCP surface that the agent uses, and how its own settings name their default path. */
export const OPERATIONS = {
  'get-asset-credentials': { method: 'GET', path: 'getCredentials', fills: ['assetId'] },
  'submit-request': { method: 'POST', path: 'submitRequest', fills: [] },
  'get-request-status': { method: 'GET', path: 'requestStatus', fills: ['action'] },
  'complete-request': { method: 'PUT', path: 'completeRequest', fills: ['requestId'] },
} as const satisfies Record<string, { method: 'GET' | 'POST' | 'PUT'; path: string; fills: readonly string[] }>;
export type OperationName = keyof typeof OPERATIONS;

export type Operation = {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Path or absolute address with placeholders in braces. */
  readonly url: string;
};
export type Discovery = {
  readonly operations: Readonly<Record<OperationName, Operation>>;
  /** Where the specification was found; null when the defaults serve. */
  readonly source: string | null;
  /** What was odd on the way, one line each. */
  readonly remarks: readonly string[];
};

/** Where each operation is. */
export const urlsOf = (operations: Discovery['operations']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(operations).map(([name, { method, url }]) => [name, `${method} ${url}`]));

/** Fields under which the small document may point to the specification. */
const POINTERS = [['spec'], ['openapi'], ['url'], ['api', 'url']] as const;

/**
 * Looks up where the vault's MCP operations live. Never fails: a server may have MCP switched off, and then the default
 * paths serve; a server that cannot be reached at all is the listing's to report.
 * INVARIANT: nothing but the vault's own origin is asked or believed, because the token goes with every request.
 */
export async function discover(
  session: Session,
  defaults: Readonly<Record<(typeof OPERATIONS)[OperationName]['path'], string>>,
  signal?: AbortSignal,
): Promise<Discovery> {
  const remarks: string[] = [];
  for (const address of addresses(session.url)) {
    const document = await readDocument(session, address, signal, remarks);
    if (document === null) continue;
    const found = await followToSpecification(session, address, document, signal, remarks);
    if (found !== null) {
      return { operations: operationsOf(session.url, found, defaults, remarks), source: found.at, remarks };
    }
  }
  return { operations: operationsOf(session.url, null, defaults, remarks), source: null, remarks };
}

function addresses(base: string): string[] {
  const published = [`${base}/.well-known/mcp-agent.json`, `${base}/root/.well-known/agent.json`];
  // The vault's address may already carry the space segment of the second published address.
  return base.endsWith('/root') ? [...published, `${base}/.well-known/agent.json`] : published;
}

type Specification = { readonly at: string; readonly document: Record<string, unknown> };

async function followToSpecification(
  session: Session,
  at: string,
  document: Record<string, unknown>,
  signal: AbortSignal | undefined,
  remarks: string[],
): Promise<Specification | null> {
  if (isObject(document.paths)) return { at, document };
  for (const pointer of POINTERS) {
    const target = pointer.reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), document);
    if (typeof target !== 'string') continue;
    const url = URL.parse(target, at);
    if (url === null || url.origin !== new URL(session.url).origin) {
      remarks.push('discovery points to another origin, which is ignored');
      continue;
    }
    const specification = await readDocument(session, url.href, signal, remarks);
    if (isObject(specification?.paths)) return { at: url.href, document: specification };
  }
  return null;
}

async function readDocument(
  session: Session,
  url: string,
  signal: AbortSignal | undefined,
  remarks: string[],
): Promise<Record<string, unknown> | null> {
  let answer: Answer;
  try {
    answer = await session.read(url, { signal });
  } catch (error) {
    remarks.push(`discovery failed: ${describeError(error)}`);
    return null;
  }
  if (answer.status !== 200) return null;
  try {
    const document: unknown = JSON.parse(answer.text);
    return isObject(document) ? document : null;
  } catch {
    return null;
  }
}

/** INVARIANT: operation ids compare without case, `-` and `_`. */
const sameName = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');

function operationsOf(
  base: string,
  specification: Specification | null,
  defaults: Readonly<Record<(typeof OPERATIONS)[OperationName]['path'], string>>,
  remarks: string[],
): Record<OperationName, Operation> {
  const published = specification === null ? new Map<string, Operation>() : publishedBy(base, specification, remarks);
  const operations = {} as Record<OperationName, Operation>;
  for (const [name, row] of Object.entries(OPERATIONS) as [OperationName, (typeof OPERATIONS)[OperationName]][]) {
    const found = published.get(sameName(name));
    const usable = found !== undefined && placesIn(found.url) === row.fills.length;
    if (specification !== null && found === undefined) remarks.push(`discovery does not list \`${name}\``);
    // A value without a place would be dropped, and one in a wrong place would name something else.
    else if (specification !== null && !usable) {
      remarks.push(`discovery lists \`${name}\` with an address that cannot be filled in`);
    }
    operations[name] = usable ? found : { method: row.method, url: defaults[row.path] };
  }
  return operations;
}

function publishedBy(base: string, { at, document }: Specification, remarks: string[]): Map<string, Operation> {
  const server = serverOf(base, at, document, remarks);
  const found = new Map<string, Operation>();
  for (const [path, methods] of Object.entries(isObject(document.paths) ? document.paths : {})) {
    if (!isObject(methods) || !path.startsWith('/')) continue;
    for (const method of ['GET', 'POST', 'PUT'] as const) {
      const operation = methods[method.toLowerCase()];
      if (!isObject(operation) || typeof operation.operationId !== 'string') continue;
      found.set(sameName(operation.operationId), { method, url: server + path });
    }
  }
  return found;
}

/** The first server entry of the vault's own origin, else the vault's address. */
function serverOf(base: string, at: string, document: Record<string, unknown>, remarks: string[]): string {
  for (const entry of Array.isArray(document.servers) ? document.servers : []) {
    const url = isObject(entry) && typeof entry.url === 'string' ? URL.parse(entry.url, at) : null;
    if (url?.origin === new URL(base).origin) return url.href.replace(/(?<!\/)\/+$/, '');
    remarks.push('discovery names a server of another origin, which is ignored');
  }
  return base;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
