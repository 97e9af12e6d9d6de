import { ConfidentialClientApplication } from '@azure/msal-node';
import { jwtDecode } from 'jwt-decode';
import type { ConnectionOptions } from '../http/connections.ts';
import type { Network } from '../http/network.ts';
import type { Clock } from '../util/clock.ts';
import { UpstreamError } from '../util/errors.ts';
import { createSignInHttp } from './sign_in_http.ts';

export type SignInOptions = Pick<ConnectionOptions, 'ca' | 'proxy'> & {
  readonly tenantId: string;
  readonly clientId: string;
  readonly authorityHost: string;
  readonly graphBaseUrl: string;
  readonly timeoutMs: number;
  /** Asked for only when a token is needed; what it throws passes through. */
  readonly clientSecret: () => Promise<string>;
  readonly clock: Clock;
  readonly network?: Network | undefined;
};

/** Access tokens for Graph by client credentials. Tokens and the secret live in memory only. */
export type SignIn = {
  token(signal?: AbortSignal): Promise<string>;
  /** Closes the connections. */
  close(): void;
};

export function createSignIn(options: SignInOptions): SignIn {
  const authority = new URL(options.authorityHost);
  const scopes = [`${graphResource(options.graphBaseUrl)}/.default`];
  let app: ConfidentialClientApplication | undefined;
  let failure: UpstreamError | undefined;
  let stop: AbortSignal | undefined;

  const { ca, proxy, timeoutMs, network, clock } = options;
  const http = createSignInHttp(
    { ca, proxy, timeoutMs, network, origin: authority.origin, signal: () => stop, now: clock.now },
    (e) => {
      failure = e;
    },
  );

  function createApp(clientSecret: string): ConfidentialClientApplication {
    return new ConfidentialClientApplication({
      auth: {
        clientId: options.clientId,
        clientSecret,
        authority: `${authority.href.replace(/(?<!\/)\/+$/, '')}/${encodeURIComponent(options.tenantId)}`,
        // With the port: without it MSAL asks the public cloud where this authority is.
        knownAuthorities: [authority.host],
      },
      system: { networkClient: http },
    });
  }

  return {
    async token(signal) {
      failure = undefined;
      stop = signal;
      app ??= createApp(await options.clientSecret());
      try {
        const answer = await app.acquireTokenByClientCredential({ scopes, azureRegion: NO_REGION });
        if (answer?.accessToken) return answer.accessToken;
        throw new Error('no token in the answer');
      } catch (error) {
        // After a 5xx or 429 the same instance refuses for a minute without asking again, and a secret may have been
        // renewed in the vault: the next attempt starts afresh.
        app = undefined;
        throw failure ?? unexplained(error, authority.host);
      }
    },
    close: http.close,
  };
}

/**
 * The permissions that a token says it has; null when it says nothing that can be read. It is not verified, and nothing is
 * granted on the strength of it: Graph alone decides.
 */
export function rightsOf(token: string): readonly string[] | null {
  try {
    const { roles, scp } = jwtDecode<Readonly<Record<'roles' | 'scp', unknown>>>(token);
    const listed = Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [];
    return [...listed, ...(typeof scp === 'string' ? scp.split(' ') : [])].filter((right) => right !== '');
  } catch {
    return null;
  }
}

/** MSAL's word for it; without it a variable of the environment (MSAL_FORCE_REGION) would choose another address. */
const NO_REGION = 'DisableMsalForceRegion';

/** An answer that MSAL did not like although it was fine as HTTP. Its own message is not ours to show. */
function unexplained(error: unknown, host: string): UpstreamError {
  const code = (error as { errorCode?: unknown } | null)?.errorCode;
  const word = typeof code === 'string' && /^[\w-]{1,60}$/.test(code) ? `: ${code}` : '';
  return new UpstreamError('sign-in', 'wrong-shape', `sign-in at \`${host}\` gave no usable token${word}`);
}

/** National clouds have a Graph of their own and tokens for it; anything else stands in for the public one. */
const NATIONAL_GRAPHS = ['graph.microsoft.us', 'dod-graph.microsoft.us', 'microsoftgraph.chinacloudapi.cn'];

function graphResource(graphBaseUrl: string): string {
  const { origin, hostname } = new URL(graphBaseUrl);
  return NATIONAL_GRAPHS.includes(hostname) ? origin : 'https://graph.microsoft.com';
}
