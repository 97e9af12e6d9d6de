import { type buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';
import { FetchFault, socketFaultOf } from './faults.ts';

type PoolOptions = Omit<Pool.Options, 'connect'> & {
  readonly connect: buildConnector.BuildOptions & { readonly timeout: number };
};

/**
 * Connections through the proxy at `url`, which `setting` names: one CONNECT for each, and TLS to the upstream inside, so that the proxy learns its host
 * and port and nothing else. User and password go to the proxy alone.
 *
 * INVARIANT: the certificate of the proxy itself is always verified; VAULT_TLS_INSECURE is about the vault.
 */
export function openTunnels(url: string, setting: string, { connect, ...common }: PoolOptions): Dispatcher {
  const { origin, username, password } = new URL(url);
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return new ProxyAgent({
    ...common,
    uri: origin,
    ...(user !== ':' && { token: `Basic ${Buffer.from(user).toString('base64')}` }),
    requestTls: connect,
    proxyTls: { ...connect, rejectUnauthorized: true },
    clientFactory: (proxy, given) =>
      new Pool(proxy, { ...given, headersTimeout: connect.timeout }).compose(namingProxy(setting)),
  });
}

/** A CONNECT that comes to nothing is the fault of the proxy, and not of the upstream behind it. */
const namingProxy =
  (setting: string): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
      onRequestUpgrade(controller, status, headers, socket) {
        if (status === 200) return handler.onRequestUpgrade?.(controller, status, headers, socket);
        socket.on('error', () => {}).destroy();
        handler.onResponseError?.(controller, fault(setting, `answered ${status}${MEANING[status] ?? ''}`));
      },
      onResponseError: (controller, error) =>
        handler.onResponseError?.(controller, fault(setting, `cannot be reached: ${socketFaultOf(error).says}`)),
    });

const MEANING: Readonly<Record<number, string>> = {
  403: ', it does not let us through to that address',
  407: ', it wants a user and a password, or other ones',
  502: ', it cannot reach that address',
  503: ', it cannot reach that address',
  504: ', it cannot reach that address in time',
};

const fault = (setting: string, what: string): FetchFault =>
  new FetchFault('proxy', `the proxy (${setting}) ${what}`, false);
