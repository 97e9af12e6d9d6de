/** Everything about the vault that its published guide leaves open, as switches that may be turned while it runs. */

/** The names under which a field may come. `asset.id` means a field in an object. */
export const FIELD_NAMES = {
  id: ['id', 'requestId', 'uuid'],
  created: ['created', 'createdAt', 'requested'],
  /** With `approvals` the time stands nowhere but in the list of approvals. */
  approved: ['approved', 'approvedAt', 'approvedDate', 'approvals'],
  message: ['message', 'reason', 'justification', 'comment'],
  requestor: ['requestor', 'requester', 'user', 'createdBy'],
  entityId: ['entityId', 'assetId', 'asset.id'],
  entityName: ['entityName', 'assetName', 'asset.name'],
} as const;

type FieldNames = { [Field in keyof typeof FIELD_NAMES]: (typeof FIELD_NAMES)[Field][number] };

export type VaultOperation =
  | 'list'
  | 'asset'
  | 'approve'
  | 'reject'
  | 'complete'
  | 'discovery'
  | 'search'
  | 'credentials'
  | 'submit'
  | 'status'
  | 'release';

/** The forms in which a server may write times; the last is one that could mean two days. */
export const TIME_FORMS = [
  ...(['number', 'digits', 'iso', 'seconds', 'seconds-decimal', 'microseconds', 'nanoseconds'] as const),
  ...(['java-list', 'java-object', 'java-zoned', 'iso-local', 'iso-hours', 'sql', 'sql-offset', 'rfc1123'] as const),
  ...(['oracle', 'db2', 'javascript', 'go', 'mongo', 'java-fields'] as const),
  'day-first',
] as const;
export type TimeForm = (typeof TIME_FORMS)[number];

export type VaultKnobs = {
  /** The server honours no larger page. */
  pageCap: number;
  totalName: 'total' | 'totalCount' | 'count' | 'rowCount' | 'absent';
  times: TimeForm;
  /** How the words for a status are written: as documented, in capitals with blanks around, or other words altogether. */
  statusWords: 'usual' | 'upper' | 'foreign';
  /** How far its clock is ahead of everybody else's, in milliseconds: in `Date`, and in the times that it records itself. */
  clockAheadMs: number;
  /** Something that no person would have typed, in every tenth request: lists nested a thousand deep, or a very long text. */
  oddFields: 'none' | 'deep' | 'long';
  /** Tags that every asset has besides its own; `-1`: one that is a list nested a thousand deep. */
  moreTags: number;
  names: FieldNames;
  requestorShape: 'object' | 'text';
  assetTypeShape: 'type' | 'type-text' | 'assetType' | 'assetType-text';
  /** Where an asset says what it lies in; `container-without-path` makes the second call necessary. */
  containerShape: 'container' | 'container-without-path' | 'containerPath' | 'path' | 'parent';
  tagShape: 'text' | 'name' | 'path' | 'term';
  /** Operations which the token's user may not use. */
  denied: VaultOperation[];
  deniedStatus: 401 | 403;
  /** Turns the token away as a whole. */
  tokenRevoked: boolean;
  /** Levels on which the token's user may approve. */
  authorizerLevels: 'all' | number[];
  /** `mixed`: 404 and 409 as fits; `500`: everything refused answers 500. */
  refusalStatus: 'mixed' | '500';
  /** The form of a body that carries an MSG- code. */
  messageForm: 'plain' | 'json' | 'nested';

  discovery: 'mcp-agent' | 'agent-json' | 'none';
  /** The field in `agent.json` that names the specification. */
  pointerName: 'spec' | 'openapi' | 'url' | 'api.url';
  /** `foreign` points to another origin, which must never be sent the token. */
  pointerTarget: 'absolute' | 'path' | 'foreign';
  specServers: 'own' | 'foreign' | 'none';
  operationIds: 'kebab' | 'camel' | 'snake';
  /** Where the MCP operations lie; moving them shows whether a client believes the specification. Read at start only. */
  mcpPath: string;

  /** Whether the assets with a secret ask for a request first. */
  credentialWorkflow: boolean;
  credentialShape: 'user-password' | 'fields' | 'data';
  /** The action under which the vault files a credential request, whatever was asked. */
  filedAs: string;
  /** When a simulated person looks at a credential request. `ms` is real time, so that a frozen clock cannot stall it. */
  credentialApproval: { polls: number } | { ms: number } | 'never' | 'rejected';
  statusShape: 'list' | 'data' | 'object';
};

/** What a simulator may be started with: any knobs, and any of the names. */
export type KnobSettings = Partial<Omit<VaultKnobs, 'names'>> & { readonly names?: Partial<FieldNames> };

export const DEFAULT_KNOBS: VaultKnobs = {
  pageCap: 200,
  totalName: 'total',
  times: 'number',
  statusWords: 'usual',
  clockAheadMs: 0,
  oddFields: 'none',
  moreTags: 0,
  names: {
    id: 'id',
    created: 'created',
    approved: 'approved',
    message: 'message',
    requestor: 'requestor',
    entityId: 'entityId',
    entityName: 'entityName',
  },
  requestorShape: 'object',
  assetTypeShape: 'type',
  containerShape: 'container',
  tagShape: 'text',
  denied: [],
  deniedStatus: 401,
  tokenRevoked: false,
  authorizerLevels: 'all',
  refusalStatus: 'mixed',
  messageForm: 'plain',
  discovery: 'mcp-agent',
  pointerName: 'spec',
  pointerTarget: 'absolute',
  specServers: 'own',
  operationIds: 'kebab',
  mcpPath: '/api/mcp',
  credentialWorkflow: true,
  credentialShape: 'user-password',
  filedAs: 'AssetUnlock',
  credentialApproval: { ms: 300 },
  statusShape: 'list',
};
