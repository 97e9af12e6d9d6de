/** What stands before each handler of the vault: the fault, the token, the permission and the hooks of one operation. */
import type { MiddlewareHandler } from 'hono';
import { every } from 'hono/combine';
import type { WriteKind } from '../journal.ts';
import { faultPoint, rawBody, type SimulatorContext, type UpstreamContext, type UpstreamEnv } from '../upstream.ts';
import type { VaultOperation } from './knobs.ts';
import { refusal } from './refusals.ts';
import type { Vault } from './vault.ts';

/** `/ztna` is the product's web context, `demo` the tenant. */
export const VAULT_BASE = '/ztna/demo';

export type Guard = (operation: VaultOperation) => MiddlewareHandler<UpstreamEnv>;

const WRITES: Partial<Record<VaultOperation, WriteKind>> = {
  approve: 'approve',
  reject: 'reject',
  complete: 'complete',
  credentials: 'credentials',
  submit: 'submit',
  release: 'complete-credential',
};

export function makeGuard(vault: Vault, context: SimulatorContext): Guard {
  const { knobs } = vault;
  const { journal } = context;

  const pass = (operation: VaultOperation): MiddlewareHandler<UpstreamEnv> => {
    return async (c, next) => {
      const user = vault.userOf(c.req.header('authorization'));
      if (user === undefined) return refusal('no-token', knobs);
      c.set('user', user);
      const { id = '', assetId = id, requestId = assetId } = c.req.param() as Record<string, string>;
      if (knobs.denied.includes(operation)) return denied(c, operation, requestId);
      vault.fire(operation, requestId);
      return next();
    };
  };
  /** A write without the right to it is a write that was tried. */
  const denied = async (c: UpstreamContext, operation: VaultOperation, id: string): Promise<Response> => {
    const answer = refusal('not-permitted', knobs);
    const what = WRITES[operation];
    const was = vault.get(id)?.status ?? null;
    const facts = { id, user: c.var.user, status: answer.status, before: was, after: was };
    if (what)
      journal.note({ what, ...facts, body: await rawBody(c), contentType: c.req.header('content-type') ?? null });
    return answer;
  };
  return (operation) => every(faultPoint(`vault.${operation}`, context), pass(operation));
}
