/** The MCP surface over HTTP: discovery, search, and the way to a credential. */
import * as z from 'zod';
import { parsed, rawBody, type SimulatorContext, type Upstream } from '../upstream.ts';
import { type CredentialDesk, makeCredentialDesk } from './credential_desk.ts';
import { pointer, specification } from './discovery.ts';
import { type Guard, VAULT_BASE } from './guard.ts';
import type { VaultKnobs } from './knobs.ts';
import type { Credential, VaultRequest } from './records.ts';
import { refusal } from './refusals.ts';
import type { Vault } from './vault.ts';

const AN_OPERATION = ['AssetUnlock', 'AssetView', 'AssetConnect', 'AssetEdit'];

const Time = z.union([z.int().positive(), z.string().regex(/^\d+$/).transform(Number)]);
const SubmitBody = z.object({
  assetId: z.string(),
  action: z.enum(AN_OPERATION),
  message: z.string().min(1),
  requestedFrom: Time,
  requestedTo: Time,
});

export type McpParts = { vault: Vault; guard: Guard; context: SimulatorContext; elsewhere: () => string };

export function mountMcp(app: Upstream, { vault, guard, context, elsewhere }: McpParts): void {
  const { knobs } = vault;
  const { now, closing, journal } = context;
  const desk: CredentialDesk = makeCredentialDesk({ vault, now, closing });
  const base = `${VAULT_BASE}${knobs.mcpPath}`;

  app.get(`${VAULT_BASE}/.well-known/mcp-agent.json`, guard('discovery'), (c) =>
    knobs.discovery === 'mcp-agent' ? c.json(spec(c.req.url)) : c.notFound(),
  );
  app.get(`${VAULT_BASE}/root/.well-known/agent.json`, guard('discovery'), (c) =>
    knobs.discovery === 'agent-json' ? c.json(pointer(knobs, origins(c.req.url))) : c.notFound(),
  );
  app.get(`${VAULT_BASE}/api/mcp-spec.json`, guard('discovery'), (c) => c.json(spec(c.req.url)));

  app.get(`${base}/search-assets`, guard('search'), (c) => {
    const query = (c.req.query('query') ?? '').toLowerCase();
    const found = vault.assets().filter(({ name, tags }) => [name, ...tags].join(' ').toLowerCase().includes(query));
    return c.json({ data: found.map(({ id, name, type }) => ({ id, name, type })) });
  });

  app.get(`${base}/get-asset-actions/:assetId`, guard('search'), (c) => {
    const asset = vault.asset(c.req.param('assetId'));
    if (!asset) return refusal('unknown-asset', knobs);
    return c.json({ data: AN_OPERATION.map((action) => ({ assetId: asset.id, action, form: vault.keyForm.name })) });
  });

  app.get(`${base}/get-asset-credentials/:assetId`, guard('credentials'), (c) => {
    const id = c.req.param('assetId');
    const answer = desk.credential(id, c.var.user);
    const response = 'refused' in answer ? refusal(answer.refused, knobs) : c.json(shaped(answer.given, knobs));
    const opened = 'refused' in answer ? null : 'Open';
    const facts = { what: 'credentials', id, body: '', contentType: null, user: c.var.user } as const;
    journal.note({ ...facts, status: response.status, before: opened, after: opened });
    return response;
  });

  app.post(`${base}/submit-request`, guard('submit'), async (c) => {
    const body = await rawBody(c);
    const submission = SubmitBody.safeParse(parsed(body));
    const person = { ...vault.agent, name: c.var.user };
    const answer = submission.success ? desk.submit(submission.data, person) : ({ refused: 'bad-parameter' } as const);
    const filed = 'refused' in answer ? undefined : answer.given;
    const response = 'refused' in answer ? refusal(answer.refused, knobs) : undefined;
    journal.note({
      what: 'submit',
      id: submission.data?.assetId ?? '',
      body,
      contentType: c.req.header('content-type') ?? null,
      user: c.var.user,
      status: response?.status ?? 200,
      before: null,
      after: filed?.status ?? null,
    });
    return response ?? c.json({ requestId: filed?.id, status: filed?.status });
  });

  app.get(`${base}/get-request-status/:action`, guard('status'), (c) => {
    const action = c.req.param('action');
    const rows = desk.status(action, c.req.query('assetId'), c.var.user).map(statusRow);
    if (knobs.statusShape === 'list') return c.json(rows);
    if (knobs.statusShape === 'data') return c.json({ data: rows });
    return rows[0] ? c.json(rows[0]) : refusal('unknown-request', knobs);
  });

  app.put(`${base}/complete-request/:requestId`, guard('release'), async (c) => {
    const id = c.req.param('requestId');
    const body = await rawBody(c);
    const was = vault.get(id)?.status ?? null;
    const answer = desk.release(id, c.var.user);
    const response =
      'refused' in answer ? refusal(answer.refused, knobs) : c.json({ requestId: id, status: 'Completed' });
    const facts = { what: 'complete-credential', id, body, user: c.var.user, before: was } as const;
    const contentType = c.req.header('content-type') ?? null;
    journal.note({ ...facts, contentType, status: response.status, after: vault.get(id)?.status ?? null });
    return response;
  });

  const origins = (url: string) => ({ own: new URL(url).origin, foreign: elsewhere(), base: VAULT_BASE });
  const spec = (url: string) => specification(knobs, origins(url));
}

/** The MCP surface calls an approved request whose credential can be fetched `Open`. */
function statusRow({ id, entityId, operation, status }: VaultRequest) {
  return { requestId: id, assetId: entityId, action: operation, status: status === 'Approved' ? 'Open' : status };
}

function shaped({ user, password }: Credential, { credentialShape }: VaultKnobs) {
  switch (credentialShape) {
    case 'user-password':
      return { user, password };
    case 'fields':
      return { fields: { User: user, Password: password } };
    case 'data':
      return {
        data: [
          { name: 'User', value: user },
          { name: 'Password', value: password },
        ],
      };
  }
}
