/** The vault over plain HTTPS. The certificate is trusted by NODE_EXTRA_CA_CERTS. */

/** As the vault lists it; only what is used here. */
export type Listed = {
  readonly id: string;
  readonly status: string;
  readonly created: number;
  readonly approved: number | null;
  readonly requestedFrom: number | null;
  readonly requestedTo: number | null;
  readonly message: string | null;
  readonly exclusive: boolean;
  readonly operation: string;
  readonly entityType: string;
  readonly entityId: string | null;
  readonly entityName: string | null;
  readonly requestor: { readonly name: string; readonly displayName?: string } | null;
  readonly form: { readonly type: string } | null;
};

export type Asset = {
  readonly type?: { readonly name: string };
  readonly container?: { readonly id: string; readonly path: string | null };
  readonly tags?: readonly string[];
};

export type Vault = Awaited<ReturnType<typeof openVault>>;

const PAGE = 200;
const DEFAULT_PATH = '/api/mcp/get-asset-credentials/{assetId}';

/** Signs in with the token, asks the vault what it can do, and reads from the token whose it is. */
export async function openVault() {
  const base = process.env.VAULT_URL ?? '';
  const token = process.env.VAULT_API_TOKEN ?? '';

  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(base + path, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } });
  }
  async function read<T>(path: string): Promise<T> {
    const response = await call(path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  type Document = { readonly paths?: Record<string, Record<string, { readonly operationId?: string }>> };
  const { paths = {} } = await read<Document>('/.well-known/mcp-agent.json');
  const credentials =
    Object.entries(paths).find(([, { get }]) => get?.operationId === 'get-asset-credentials')?.[0] ?? DEFAULT_PATH;
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { ousr?: string };

  return {
    user: claims.ousr ?? '',

    /** What was created since then, newest first, page after page. */
    async list(from: number): Promise<Listed[]> {
      const all: Listed[] = [];
      for (let at = 0; ; at += PAGE) {
        const query = `from=${from}&pgs=${PAGE}&pgp=${at}&s=created,desc&rqt=1`;
        const { data } = await read<{ data: Listed[] }>(`/api/request/auditor-requests?${query}`);
        all.push(...data.filter(({ id, status, created }) => id && status && created));
        if (data.length < PAGE) return all;
      }
    },

    asset: (id: string) => read<Asset>(`/api/asset/asset/${id}`),

    async secret(assetId: string): Promise<string> {
      const { password } = await read<{ password: string }>(credentials.replace('{assetId}', assetId));
      return password;
    },

    /** Approves, rejects or completes; the comment goes as plain text. Gives the status of the answer. */
    async write(what: 'approve' | 'reject' | 'complete', id: string, comment: string): Promise<number> {
      const headers = { 'content-type': 'text/plain; charset=utf-8' };
      const response = await call(`/api/request/${what}/${id}`, { method: 'PUT', headers, body: comment });
      await response.text();
      return response.status;
    },
  };
}
