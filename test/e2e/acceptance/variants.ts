/** Everything in which one vault may differ from the next, as far as the vault's API description leaves it open. */
export interface Variant {
  /** Where the MCP operations are published; with anything but `none` and `foreign` their paths differ from the defaults. */
  discovery: 'none' | 'mcp-agent' | 'mcp-pointer' | 'spec' | 'openapi' | 'url' | 'api.url' | 'foreign';
  operationIds: 'published' | 'UPPER_CASE' | 'camelCase';
  times: 'number' | 'digits' | 'iso' | 'seconds' | 'list' | 'sql';
  statuses: 'as documented' | 'in capitals';
  /** Which set of field names a record uses: 0 is the canonical one, 1 to 3 are made of the aliases. */
  names: 0 | 1 | 2 | 3;
  codes: 'text' | 'json' | 'nested';
  secretForm: 'password' | 'fields' | 'data';
  statusForm: 'list' | 'data' | 'object';
  workflow: 'none' | 'person' | 'pending' | 'nobody';
  /** The agent's credential request turns Open on this look at its status. */
  looksUntilOpen: number;
  credentialAction: 'AssetUnlock' | 'AssetView' | 'AssetConnect' | 'AssetEdit';
  pageCap: number;
  total: 'total' | 'totalCount' | 'count' | 'rowCount' | 'absent';
  /** What happens to the list while it is being paged through. */
  churn: 'none' | 'arrivals' | 'removal';
  success: 'empty' | 'text' | 'json';
  jsonSchema: 'accepted' | 'refused';
  identity: 'ousr' | 'AGENT_USERNAME';
  listing: 'ok' | 'html' | 'truncated' | 'unauthorised' | 'busy at first' | 'same page forever';
  model: 'ok' | 'down' | 'slow';
  graph: 'ok' | 'down';
  space: '' | '/root';
  deepAnalysis: boolean;
  /** Further harmless requests, so that there is something to page through. */
  fillers: number;
}

export const usual: Variant = {
  discovery: 'none',
  operationIds: 'published',
  times: 'number',
  statuses: 'as documented',
  names: 0,
  codes: 'text',
  secretForm: 'password',
  statusForm: 'list',
  workflow: 'none',
  looksUntilOpen: 4,
  credentialAction: 'AssetUnlock',
  pageCap: 200,
  total: 'total',
  churn: 'none',
  success: 'empty',
  jsonSchema: 'accepted',
  identity: 'ousr',
  listing: 'ok',
  model: 'ok',
  graph: 'ok',
  space: '',
  deepAnalysis: false,
  fillers: 0,
};

export type VaultRow = {
  readonly name: string;
  readonly variant: Partial<Variant>;
  /** Also the short check runs twice against it. */
  readonly again?: true;
  /** Waits for the long check. */
  readonly long?: true;
};

/** Each value of each dimension appears in at least one row; the names become test names. */
export const vaults: VaultRow[] = [
  {
    name: 'with MCP switched off, pages of 7, arrivals while paging, and a person who approves the credentials',
    long: true,
    variant: { workflow: 'person', pageCap: 7, churn: 'arrivals', total: 'absent', credentialAction: 'AssetEdit' },
  },
  {
    name: 'with the specification at mcp-agent.json, ISO times and the first set of aliases',
    variant: {
      ...{ discovery: 'mcp-agent', operationIds: 'UPPER_CASE', times: 'iso', names: 1, codes: 'json' },
      ...{ secretForm: 'fields', statusForm: 'data', workflow: 'person', looksUntilOpen: 1 },
      ...{ credentialAction: 'AssetView', pageCap: 7, total: 'totalCount', success: 'text', deepAnalysis: true },
    },
  },
  {
    name: 'with a pointer `spec`, digit strings as times, the second set of aliases and nested codes',
    again: true,
    variant: {
      ...{ discovery: 'spec', operationIds: 'camelCase', times: 'digits', names: 2, codes: 'nested' },
      ...{ secretForm: 'data', statusForm: 'object', workflow: 'person', credentialAction: 'AssetConnect' },
      ...{ pageCap: 50, total: 'count', churn: 'arrivals', success: 'json', jsonSchema: 'refused', fillers: 110 },
    },
  },
  {
    name: 'with a pointer `openapi`, the third set of aliases and a credential request that is pending already',
    long: true,
    variant: {
      ...{ discovery: 'openapi', operationIds: 'UPPER_CASE', times: 'iso', names: 3, codes: 'nested' },
      ...{ secretForm: 'password', statusForm: 'data', workflow: 'pending', credentialAction: 'AssetView' },
      ...{ pageCap: 7, total: 'rowCount', identity: 'AGENT_USERNAME' },
    },
  },
  {
    name: 'with a pointer `url`, no workflow, seconds as times, statuses in capitals, and a record that vanishes while paging',
    variant: {
      ...{ discovery: 'url', operationIds: 'camelCase', times: 'seconds', names: 3, secretForm: 'data' },
      ...{ statuses: 'in capitals' },
      ...{ pageCap: 7, total: 'absent', churn: 'removal', success: 'text', listing: 'busy at first' },
    },
  },
  {
    name: 'with a pointer `api.url`, pages of 50 and deep analysis',
    long: true,
    variant: {
      ...{ discovery: 'api.url', times: 'list', names: 1, codes: 'text', secretForm: 'fields', statusForm: 'list' },
      ...{ workflow: 'person', credentialAction: 'AssetConnect', pageCap: 50, total: 'total', deepAnalysis: true },
      ...{ fillers: 60, jsonSchema: 'refused', success: 'json' },
    },
  },
  {
    name: 'with mcp-agent.json as a pointer, a space segment in the address and credentials that need no workflow',
    long: true,
    variant: { discovery: 'mcp-pointer', names: 2, times: 'sql', secretForm: 'password', space: '/root', pageCap: 50 },
  },
  {
    name: 'with a pointer to another origin, where the token must never go',
    variant: {
      ...{ discovery: 'foreign', workflow: 'pending', statusForm: 'object', codes: 'json', names: 0, times: 'digits' },
      ...{ secretForm: 'data', credentialAction: 'AssetEdit', total: 'rowCount', identity: 'AGENT_USERNAME' },
    },
  },
];
