import type { Action } from '../domain/action.ts';

/**
 * Everything that the program can do to something outside itself, one row each: what `agentaz.json` may speak of. A name
 * begins with its verb, because whoever classifies an agent by its tools reads the verb.
 *
 * The model is no caller of these: it has no tools and answers questions. Code calls them, in the order of `run.ts`.
 */
export type Tool = {
  readonly does: string;
  /** The part of the code behind it; a test follows the path. */
  readonly code: `${string}.ts#${string}`;
  readonly reaches: Reach;
  /**
   * `alone`: runs by itself in every mode. `switches`: runs by itself only while all of one line of settings are on, and
   * otherwise waits for a person (at the terminal, or of a plan). `granted`: an authorizer of the vault has to grant it.
   */
  readonly runs: 'alone' | 'granted' | { readonly switches: readonly (readonly string[])[] };
  /** The addresses of the vault that it uses, by the settings that hold them. */
  readonly addresses?: readonly string[];
};
export type Reach = 'vault' | 'tickets' | 'model' | 'mail' | 'disk' | 'monitor' | 'webhook' | 'caller';

const AUTONOMOUS = 'AUTONOMOUS_MODE';

export const TOOLS = {
  list_access_requests: {
    does: 'reads the requests of the look-back window',
    ...{ code: 'vault/listing.ts#listRequests', reaches: 'vault', runs: 'alone', addresses: ['VAULT_PATH_LIST'] },
  },
  read_access_request: {
    does: 'reads one request again, right before and right after an action',
    ...{
      code: 'vault/fresh_reading.ts#openFreshReading',
      reaches: 'vault',
      runs: 'alone',
      addresses: ['VAULT_PATH_LIST'],
    },
  },
  read_asset: {
    does: 'reads type, container and tags of an asset; never its secret fields',
    ...{ code: 'vault/assets.ts#readAsset', reaches: 'vault', runs: 'alone', addresses: ['VAULT_PATH_ASSET'] },
  },
  read_ticket: {
    does: 'reads a ticket that a waiting request names, from a system of `access.yml`; off without one',
    ...{ code: 'tickets/look_up.ts#openLookUp', reaches: 'tickets', runs: 'alone' },
  },
  discover_credential_operations: {
    does: 'reads where the vault offers credential requests',
    ...{ code: 'vault/discovery.ts#discover', reaches: 'vault', runs: 'alone' },
  },
  request_own_credential: {
    does: 'asks the vault for the keys of the agent itself, and waits until somebody grants it',
    ...{ code: 'vault/credential_requests.ts#createCredentialRequests', reaches: 'vault', runs: 'alone' },
    addresses: ['VAULT_PATH_SUBMIT_REQUEST', 'VAULT_PATH_REQUEST_STATUS'],
  },
  read_own_credential: {
    does: 'reads a key that was granted to the agent; into memory only',
    ...{ code: 'vault/credentials.ts#createCredentialBroker', reaches: 'vault', runs: 'granted' },
    addresses: ['VAULT_PATH_GET_CREDENTIALS'],
  },
  release_own_credential: {
    does: 'gives a credential request of the agent back',
    ...{ code: 'vault/give_back.ts#giveBack', reaches: 'vault', runs: 'alone' },
    addresses: ['VAULT_PATH_COMPLETE_REQUEST'],
  },
  rate_requests: {
    does: 'asks the model for the risk of each request',
    ...{ code: 'score/score.ts#score', reaches: 'model', runs: 'alone' },
  },
  confirm_candidates: {
    does: 'asks the model a second time about requests that are about to be approved or rejected',
    ...{ code: 'score/confirm.ts#confirm', reaches: 'model', runs: 'alone' },
  },
  grant_pending_request: {
    does: 'approves one level of an Active request',
    ...{ code: 'vault/actions.ts#createWriter', reaches: 'vault', addresses: ['VAULT_PATH_APPROVE'] },
    runs: { switches: [[AUTONOMOUS, 'AUTO_APPROVE_LOW_RISK']] },
  },
  reject_pending_request: {
    does: 'rejects an Active request',
    ...{ code: 'vault/actions.ts#createWriter', reaches: 'vault', addresses: ['VAULT_PATH_REJECT'] },
    runs: { switches: [[AUTONOMOUS, 'AUTO_REJECT_HIGH_RISK']] },
  },
  revoke_stale_approval: {
    does: 'closes granted access that is stale, past the maximum of its class, or approved by the agent and taken back by a person',
    ...{ code: 'vault/actions.ts#createWriter', reaches: 'vault', addresses: ['VAULT_PATH_COMPLETE'] },
    runs: {
      switches: [
        [AUTONOMOUS, 'AUTO_CLOSE_STALE'],
        [AUTONOMOUS, 'AUTO_CLOSE_EXPIRED'],
      ],
    },
  },
  record_action: {
    does: 'writes intent and outcome of each action to the state folder',
    ...{ code: 'ledger/action_history.ts#openActionHistory', reaches: 'disk', runs: 'alone' },
  },
  write_run_report: {
    does: 'writes report and JSON twin',
    ...{ code: 'report/write.ts#writeReport', reaches: 'disk', runs: 'alone' },
  },
  send_run_mail: {
    does: 'sends one mail per run to the recipients of the settings',
    ...{ code: 'mail/graph_mailer.ts#createMailer', reaches: 'mail', runs: 'alone' },
  },
  send_heartbeat: {
    does: 'tells the monitor behind HEARTBEAT_URL that a cycle began and how it ended; nothing about requests',
    ...{ code: 'daemon/heartbeat.ts#createHeartbeat', reaches: 'monitor', runs: 'alone' },
  },
  send_fallback_alert: {
    does: 'tells the receiver behind ALERT_FALLBACK_URL of a run that failed, was blind or could not mail: counts and problems, signed; nothing that a requestor wrote',
    ...{ code: 'daemon/fallback.ts#createFallback', reaches: 'webhook', runs: 'alone' },
  },
  send_health_answers: {
    does: 'answers `/healthz` and `/metrics` with counts and times, on this machine alone unless HEALTH_HOST says more',
    ...{ code: 'daemon/health_server.ts#serveHealth', reaches: 'monitor', runs: 'alone' },
  },
  send_decisions: {
    does: 'begins a run when a signed message names requests, and tells the message and the bearer of INTAKE_TOKEN what was decided; off unless INTAKE_PORT is set',
    ...{ code: 'intake/routes.ts#intakeRoutes', reaches: 'caller', runs: 'alone' },
  },
} as const satisfies Record<string, Tool>;
export type ToolName = keyof typeof TOOLS;

/** Which tool each action is. INVARIANT: an action without a tool does not compile. */
export const TOOL_OF = {
  approve: 'grant_pending_request',
  reject: 'reject_pending_request',
  close: 'revoke_stale_approval',
} as const satisfies Record<Action, ToolName>;
