/** Values that no person types and that some server sends all the same. */
import type { VaultKnobs } from './knobs.ts';
import type { VaultRequest } from './records.ts';

/** A list in a list in a list. */
export function deep(depth: number): unknown {
  let value: unknown = [];
  for (let n = 1; n < depth; n++) value = [value];
  return value;
}

const LONG = 'Replace the toner of the printer on the third floor. '.repeat(20_000);

/** What stands in every tenth request in place of a text. */
export function oddFields({ id }: VaultRequest, { oddFields: kind, names }: VaultKnobs): Record<string, unknown> {
  const isMeant = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 10 === 0;
  if (kind === 'none' || !isMeant) return {};
  return kind === 'deep' ? { [names.message]: deep(1000), approvals: deep(1000) } : { [names.message]: LONG };
}
