/** The vault over HTTP: listing, assets and the three actions. The MCP surface is in `mcp_routes.ts`. */
import { makeUpstream, rawBody, type SimulatorContext, type Upstream } from '../upstream.ts';
import { makeGuard, VAULT_BASE } from './guard.ts';
import { change } from './lifecycle.ts';
import { listPage, readListQuery } from './listing.ts';
import { mountMcp } from './mcp_routes.ts';
import type { VaultRequest } from './records.ts';
import { type RefusalName, refusal } from './refusals.ts';
import type { Vault } from './vault.ts';
import { assetToWire, requestToWire } from './wire.ts';

export function makeVaultRoutes(vault: Vault, context: SimulatorContext, elsewhere: () => string): Upstream {
  const app = makeUpstream('vault', context);
  const { knobs } = vault;
  const { now, journal } = context;
  app.use(async (c, next) => {
    await next();
    c.res.headers.set('date', new Date(now() + knobs.clockAheadMs).toUTCString());
  });
  const guard = makeGuard(vault, context);

  app.get(`${VAULT_BASE}/api/request/auditor-requests`, guard('list'), (c) => {
    const query = readListQuery(c.req.query(), knobs.pageCap);
    if (!query) return refusal('bad-parameter', knobs);
    const { page, total } = listPage(vault.all(), query, knobs.clockAheadMs);
    const data = page.map((request) => requestToWire(request, knobs));
    const counted = query.withTotal && knobs.totalName !== 'absent';
    return c.json(counted ? { data, [knobs.totalName]: total } : { data });
  });

  app.get(`${VAULT_BASE}/api/asset/asset/:id`, guard('asset'), (c) => {
    const asset = vault.asset(c.req.param('id'));
    if (!asset) return refusal('unknown-asset', knobs);
    return c.json(assetToWire(asset, asset.parent === null ? undefined : vault.asset(asset.parent), knobs));
  });

  for (const what of ['approve', 'reject', 'complete'] as const) {
    app.put(`${VAULT_BASE}/api/request/${what}/:id`, guard(what), async (c) => {
      const id = c.req.param('id');
      // Kept as it came, whatever the content type: a JSON body is accepted and shows up raw, as on the real server.
      const message = await rawBody(c);
      const by = { user: c.var.user, message, at: now() };
      const before = vault.get(id);
      const result = before ? change(before, what, by) : undefined;
      const why = refusalFor(what, before, message) ?? (result?.kind === 'refused' ? result.why : undefined);
      const after = why || result?.kind !== 'changed' ? before : vault.replace(result.request);
      const answer = why ? refusal(why, knobs) : new Response(null, { status: 200 });
      journal.note({
        what,
        id,
        body: message,
        contentType: c.req.header('content-type') ?? null,
        user: by.user,
        status: answer.status,
        before: before?.status ?? null,
        after: after?.status ?? null,
      });
      return answer;
    });
  }

  /** What the state machine does not know: whether the request is there, and who may decide on which level. */
  function refusalFor(what: string, request: VaultRequest | undefined, message: string): RefusalName | undefined {
    if (!request) return 'unknown-request';
    if (request.status !== 'Active') return undefined;
    if (what === 'reject' && message.trim() === '') return 'reason-missing';
    const { authorizerLevels } = knobs;
    const onLevel = authorizerLevels === 'all' || authorizerLevels.includes(request.level);
    return what === 'approve' && !onLevel ? 'wrong-level' : undefined;
  }

  mountMcp(app, { vault, guard, context, elsewhere });
  return app;
}
