/** Microsoft sign-in for applications: the client-credentials flow, with client id, secret and scope really checked. */
import { secretFor } from '../identity.ts';
import {
  faultPoint,
  makeUpstream,
  rawBody,
  type SimulatorContext,
  type Upstream,
  type UpstreamContext,
} from '../upstream.ts';

export type SignInSettings = {
  readonly seed: number;
  readonly tenantId: string;
  readonly clientId: string;
  /** Read at each sign-in, so that a secret rotated in the vault counts at once. */
  readonly clientSecret: () => string | undefined;
  /** Seconds. Below 300 MSAL takes a token for expired at once. */
  readonly tokenSeconds: number;
  /** Which permissions the app has, as the token says them. */
  readonly graphRoles: readonly string[];
  /** The origins whose `/.default` may be asked for. */
  readonly resources: () => readonly string[];
};

export type SignIn = {
  readonly app: Upstream;
  /** Whether this authorization header carries a token that was issued here and is still good. */
  accepts(authorization: string | undefined): boolean;
};

export function makeSignIn(settings: SignInSettings, context: SimulatorContext): SignIn {
  const { tenantId, clientId, clientSecret, tokenSeconds, graphRoles, resources, seed } = settings;
  const { now, journal } = context;
  const app = makeUpstream('sign-in', context);
  const issued = new Map<string, number>();

  app.get('/:tenant/v2.0/.well-known/openid-configuration', (c) => {
    if (c.req.param('tenant') !== tenantId) return denied(c, 400, 'invalid_tenant', 90002, 'Tenant not found');
    const authority = `${new URL(c.req.url).origin}/${tenantId}`;
    return c.json({
      token_endpoint: `${authority}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
      jwks_uri: `${authority}/discovery/v2.0/keys`,
      response_modes_supported: ['query', 'fragment', 'form_post'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      response_types_supported: ['code', 'id_token', 'token'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer: `${authority}/v2.0`,
      authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
      tenant_region_scope: 'EU',
      cloud_instance_name: 'microsoftonline.com',
    });
  });

  app.post('/:tenant/oauth2/v2.0/token', faultPoint('token', context), async (c) => {
    const body = await rawBody(c);
    const form = new URLSearchParams(body);
    const answer = decide(c, form);
    const masked = new URLSearchParams(body);
    if (masked.has('client_secret')) masked.set('client_secret', '[secret]');
    journal.note({
      what: 'token',
      id: form.get('client_id') ?? '',
      body: `${masked}`,
      contentType: c.req.header('content-type') ?? null,
      user: null,
      status: answer.status,
      before: null,
      after: answer.ok ? 'issued' : null,
    });
    return answer;
  });

  function decide(c: UpstreamContext, form: URLSearchParams): Response {
    if (c.req.param('tenant') !== tenantId) return denied(c, 400, 'invalid_request', 90002, 'Tenant not found');
    if (form.get('grant_type') !== 'client_credentials') {
      return denied(c, 400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type');
    }
    if (form.get('client_id') !== clientId) {
      return denied(c, 400, 'unauthorized_client', 700016, 'Application was not found in the directory');
    }
    if (clientSecret() === undefined || form.get('client_secret') !== clientSecret()) {
      return denied(c, 401, 'invalid_client', 7000215, 'Invalid client secret provided');
    }
    const asked = (form.get('scope') ?? '')
      .split(' ')
      .filter((scope) => !['openid', 'profile', 'offline_access'].includes(scope));
    const allowed = resources().map((origin) => `${origin}/.default`);
    if (asked.length !== 1 || !allowed.includes(asked[0] ?? '')) {
      return denied(c, 400, 'invalid_scope', 1002012, 'The provided value for scope is not valid');
    }
    const claims = { aud: 'https://graph.microsoft.com', appid: clientId, roles: graphRoles };
    const coded = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const token = [...coded, secretFor('sim-graph-', seed, issued.size)].join('.');
    issued.set(token, now() + tokenSeconds * 1000);
    const lifetime = { expires_in: tokenSeconds, ext_expires_in: tokenSeconds };
    return c.json({ token_type: 'Bearer', ...lifetime, access_token: token });
  }

  return {
    app,
    accepts: (authorization) => (issued.get(authorization?.replace(/^Bearer /, '') ?? '') ?? 0) > now(),
  };
}

function denied(c: UpstreamContext, status: 400 | 401, error: string, code: number, sentence: string): Response {
  const description = `AADSTS${code}: ${sentence}. Trace ID: 00000000-0000-0000-0000-000000000000`;
  return c.json({ error, error_description: description, error_codes: [code] }, status);
}
