/** A person's no, as somebody outside sees it: by the vault's own list, and by nothing that the program thinks. */
import type { InMemorySimulator } from '../../simulator/in_memory.ts';
import type { VaultRequest } from '../../simulator/vault/records.ts';

/**
 * Records that lack what every record has are reported, and nobody reads decisions in them.
 *
 * Since when somebody's no stands against what the request asks for: the same account, asset and operation, and nobody
 * approved it since. Null when there is none.
 */
export function refusedSince(
  { vault }: Pick<InMemorySimulator, 'vault'>,
  request: VaultRequest | undefined,
  agents: readonly string[],
): number | null {
  if (request === undefined) return null;
  const { requestor, entityId, operation } = request;
  const rows = vault
    .all()
    .filter(({ omit = [] }) => omit.length === 0)
    .filter((one) => one.requestor.name === requestor.name && one.entityId === entityId && one.operation === operation)
    .flatMap(({ approvals }) => approvals)
    .filter(({ user }) => !agents.includes(user));
  const latest = (word: string) => Math.max(-1, ...rows.filter((r) => r.decision === word).map((r) => r.created));
  const refused = latest('Rejected');
  return refused >= 0 && refused >= latest('Approved') ? refused : null;
}
