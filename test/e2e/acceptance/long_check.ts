/**
 * What the long check adds here (`npm run test:long -- acceptance`) beside the rows that are marked as long: a second run
 * against each vault, and vaults of drawn variants, which nobody has chosen.
 */
import { makeDice } from '../../../simulator/dice.ts';
import { PROPERTY_SEED } from '../../suite/property_runs.ts';
import type { Variant, VaultRow } from './variants.ts';

/** How many vaults are drawn; none in the short check. */
const DRAWN = Number(process.env.ACCEPTANCE ?? 0);

/** Vaults in which everything that may differ is drawn. */
export function drawnVaults(): VaultRow[] {
  const dice = makeDice(PROPERTY_SEED);
  return Array.from({ length: DRAWN }, (_, n) => ({
    name: `drawn, number ${n} of seed ${PROPERTY_SEED}`,
    variant: draw(dice),
    again: true,
  }));
}

function draw({ pick }: ReturnType<typeof makeDice>): Partial<Variant> {
  const discovery = pick(['none', 'mcp-agent', 'mcp-pointer', 'spec', 'openapi', 'url', 'api.url', 'foreign'] as const);
  // The documents with a pointer stand at the root of a vault without spaces.
  const anySpace = discovery === 'none' || discovery.startsWith('mcp') || discovery === 'foreign';
  return {
    discovery,
    operationIds: pick(['published', 'UPPER_CASE', 'camelCase']),
    times: pick(['number', 'digits', 'iso', 'seconds', 'list', 'sql']),
    statuses: pick(['as documented', 'in capitals']),
    names: pick([0, 1, 2, 3]),
    codes: pick(['text', 'json', 'nested']),
    secretForm: pick(['password', 'fields', 'data']),
    statusForm: pick(['list', 'data', 'object']),
    workflow: pick(['none', 'person', 'pending']),
    looksUntilOpen: pick([1, 2, 4]),
    credentialAction: pick(['AssetUnlock', 'AssetView', 'AssetConnect', 'AssetEdit']),
    pageCap: pick([7, 50, 200]),
    total: pick(['total', 'totalCount', 'count', 'rowCount', 'absent']),
    churn: pick(['none', 'arrivals', 'removal']),
    success: pick(['empty', 'text', 'json']),
    jsonSchema: pick(['accepted', 'refused']),
    identity: pick(['ousr', 'AGENT_USERNAME']),
    listing: pick(['ok', 'busy at first']),
    space: anySpace ? pick(['', '/root']) : '',
    deepAnalysis: pick([true, false]),
    fillers: pick([0, 60, 110]),
  };
}
