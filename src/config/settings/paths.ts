import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** Where the vault answers what. Not fixed in the code, because the API is known from its description only. */
export const PATHS = {
  VAULT_PATH_LIST: {
    schema: kind.path(),
    fallback: '/api/request/auditor-requests',
    about: 'Lists requests.',
  },
  VAULT_PATH_APPROVE: {
    schema: kind.path('{id}'),
    fallback: '/api/request/approve/{id}',
    about: 'Approves.',
  },
  VAULT_PATH_REJECT: {
    schema: kind.path('{id}'),
    fallback: '/api/request/reject/{id}',
    about: 'Rejects.',
  },
  VAULT_PATH_COMPLETE: {
    schema: kind.path('{id}'),
    fallback: '/api/request/complete/{id}',
    about: 'Closes.',
  },
  VAULT_PATH_ASSET: {
    schema: kind.path('{id}'),
    fallback: '/api/asset/asset/{id}',
    about: 'Reads one asset.',
  },
  VAULT_PATH_GET_CREDENTIALS: {
    schema: kind.path('{assetId}'),
    fallback: '/api/mcp/get-asset-credentials/{assetId}',
    about: 'Fetches a credential, when discovery does not say.',
  },
  VAULT_PATH_SUBMIT_REQUEST: {
    schema: kind.path(),
    fallback: '/api/mcp/submit-request',
    about: 'Asks for a credential, when discovery does not say.',
  },
  VAULT_PATH_REQUEST_STATUS: {
    schema: kind.path('{action}'),
    fallback: '/api/mcp/get-request-status/{action}',
    about: 'Looks at a credential request, when discovery does not say.',
  },
  VAULT_PATH_COMPLETE_REQUEST: {
    schema: kind.path('{requestId}'),
    fallback: '/api/mcp/complete-request/{requestId}',
    about: 'Gives a credential back, when discovery does not say.',
  },
} as const satisfies Settings;
