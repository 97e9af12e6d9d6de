import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** How the vault is reached, and as whom. */
export const VAULT = {
  VAULT_URL: {
    schema: kind.httpsUrl,
    about: 'Address with the tenant, such as `https://vault.example.com:6443/ztna/acme`. https only.',
  },
  VAULT_API_TOKEN: {
    schema: kind.jwt.optional(),
    secret: true,
    needed: true,
    about: 'Bearer token of the user the agent acts as. This, or the next one.',
  },
  VAULT_API_TOKEN_FILE: {
    schema: kind.text.optional(),
    about:
      'File that holds the token, instead of the token itself. Read anew for each run, so that something else can rotate it.',
  },
  TOKEN_WARN_DAYS: {
    schema: kind.wholeNumber(0, 365),
    fallback: '14',
    about:
      'From so many days before the end of the token on its end is told, or from the last third of its life when that is shorter. 0: only when it has ended.',
  },
  VAULT_CA_FILE: {
    schema: kind.text.optional(),
    about: 'PEM file of a private certificate authority to trust for the vault.',
  },
  VAULT_PROXY: {
    schema: kind.proxyUrl.optional(),
    secret: true,
    about:
      'Proxy for the vault, such as `http://user:password@proxy.example.com:3128`. Every call goes through it by CONNECT, also to this machine; it sees host and port. Empty: straight there.',
  },
  VAULT_TLS_INSECURE: {
    schema: kind.flag,
    fallback: 'false',
    about: 'Trust any certificate. For a lab only: it warns on every run and is named in the report.',
  },
  VAULT_PAGE_SIZE: {
    schema: kind.wholeNumber(10, 1000),
    fallback: '200',
    about: 'Requests asked for per page. The vault may give fewer.',
  },
  VAULT_MAX_PAGES: {
    schema: kind.wholeNumber(1, 100_000),
    fallback: '25000',
    about: 'A list longer than this many pages is taken for a broken server, and the run fails.',
  },
  VAULT_CONCURRENCY: {
    schema: kind.wholeNumber(1, 64),
    fallback: '8',
    about: 'Calls to the vault at the same time.',
  },
  VAULT_TIMEOUT_SECONDS: {
    schema: kind.seconds(0.1, 600),
    fallback: '30',
    about: 'Longest wait for one answer of the vault.',
  },
  VAULT_CREDENTIAL_WAIT_SECONDS: {
    schema: kind.seconds(0, 86_400),
    fallback: '600',
    about: 'Longest wait for a person to grant a credential request of the agent. The next run goes on waiting.',
  },
  VAULT_CREDENTIAL_POLL_SECONDS: {
    schema: kind.seconds(0.05, 3600),
    fallback: '5',
    about: 'Pause between two looks at a credential request that is not granted yet.',
  },
  VAULT_CREDENTIAL_HOURS: {
    schema: kind.wholeNumber(1, 24),
    fallback: '4',
    about: 'Length of the access that a credential request asks for.',
  },
  VAULT_CREDENTIAL_ACTIONS: {
    schema: kind.list(kind.word),
    fallback: 'AssetUnlock,AssetView,AssetConnect,AssetEdit',
    about: 'Action types under which a credential request may be found; the first one is asked for.',
  },
  VAULT_OTHER_STATUSES: {
    schema: kind.list(kind.text).optional(),
    about:
      'Words for the status of a request, beside Active, Approved, Rejected and Completed, at which nothing has to be done, such as `Expired,Cancelled`. Any other word is a problem, and no word is ever taken for Active.',
  },
  MALFORMED_SHARE: {
    schema: kind.fraction,
    fallback: '0.05',
    about:
      'Share of the records in the list from which on what cannot be read is a problem of every run. Below it only new ones are. When no record can be read, the run fails.',
  },
  UNREADABLE_ASSETS_SHARE: {
    schema: kind.fraction,
    fallback: '0.2',
    about: 'Share of the assets looked up from which on those that cannot be read are a problem; below it a warning.',
  },
  AGENT_USERNAME: {
    schema: kind.text.optional(),
    about:
      "The agent's own user name, as requests in the vault name it. Needed only if the token carries no `ousr` claim, or names the user in another spelling.",
  },
} as const satisfies Settings;
