import { randomUUID } from 'node:crypto';
import { agent, entry } from './records.ts';
import {
  type Call,
  type CredentialRequest,
  coded,
  mailAsset,
  modelAsset,
  type Reply,
  secrets,
  type World,
} from './world.ts';

type Operation = (world: World, parameter: string, call: Call) => Reply;

interface Published {
  id: string;
  method: 'GET' | 'POST' | 'PUT';
  usual: string;
  moved: string;
  answer: Operation;
}

const operations: Published[] = [
  {
    ...{ id: 'search-assets', method: 'GET', usual: '/api/mcp/search-assets', moved: '/agent/v2/assets' },
    answer: () => ({ status: 200, body: { data: [{ id: modelAsset, name: 'Model key', type: 'Key' }] } }),
  },
  {
    ...{ id: 'get-asset-credentials', method: 'GET', usual: '/api/mcp/get-asset-credentials/{assetId}' },
    ...{ moved: '/agent/v2/assets/{assetId}/secret', answer: getCredentials },
  },
  {
    ...{ id: 'submit-request', method: 'POST', usual: '/api/mcp/submit-request', moved: '/agent/v2/requests' },
    answer: submit,
  },
  {
    ...{ id: 'get-request-status', method: 'GET', usual: '/api/mcp/get-request-status/{action}' },
    ...{ moved: '/agent/v2/requests/by-action/{action}', answer: status },
  },
  {
    ...{ id: 'complete-request', method: 'PUT', usual: '/api/mcp/complete-request/{requestId}' },
    ...{ moved: '/agent/v2/requests/{requestId}/finish', answer: complete },
  },
  {
    ...{ id: 'list-my-spaces', method: 'GET', usual: '/api/mcp/list-my-spaces', moved: '/agent/v2/spaces' },
    answer: () => ({ status: 200, body: { data: [] } }),
  },
];

export function answerCredentials(world: World, call: Call): Reply | undefined {
  const moved = world.variant.discovery !== 'none' && world.variant.discovery !== 'foreign';
  for (const operation of operations) {
    const pattern = (moved ? operation.moved : operation.usual).replace(/\{\w+\}/, '([^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(call.path);
    if (match && call.method === operation.method) {
      return operation.answer(world, decodeURIComponent(match[1] ?? ''), call);
    }
  }
  return answerDiscovery(world, call);
}

function answerDiscovery(world: World, call: Call): Reply | undefined {
  const { discovery, space } = world.variant;
  if (call.method !== 'GET') return undefined;
  const address = `${world.base}/documents/agent-openapi.json`;
  if (call.path === '/documents/agent-openapi.json' && discovery !== 'none') return specification(world);
  if (call.path === '/.well-known/mcp-agent.json') {
    if (discovery === 'mcp-agent') return specification(world);
    if (discovery === 'mcp-pointer') return { status: 200, body: { name: 'vault', spec: address } };
    if (discovery === 'foreign') return { status: 200, body: { spec: `${world.foreignOrigin}/openapi.json` } };
  }
  if (call.path === '/root/.well-known/agent.json' && space === '') {
    const name = 'Vault agent';
    if (discovery === 'spec') return { status: 200, body: { name, spec: world.origin + address } };
    if (discovery === 'openapi') return { status: 200, body: { name, openapi: address } };
    if (discovery === 'url') return { status: 200, body: { name, url: world.origin + address } };
    if (discovery === 'api.url') return { status: 200, body: { name, api: { type: 'openapi', url: address } } };
  }
  return undefined;
}

function specification(world: World): Reply {
  const spell = {
    published: (id: string) => id,
    UPPER_CASE: (id: string) => id.toUpperCase().replaceAll('-', '_'),
    camelCase: (id: string) => id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
  }[world.variant.operationIds];
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { id, method, moved } of operations) {
    const name = /\{(\w+)\}/.exec(moved)?.[1];
    const parameters = name ? [{ name, in: 'path', required: true, schema: { type: 'string' } }] : [];
    const query = id === 'get-request-status' ? [{ name: 'assetId', in: 'query', schema: { type: 'string' } }] : [];
    const operation = { operationId: spell(id), parameters: [...parameters, ...query], responses: {} };
    paths[moved] = { ...paths[moved], [method.toLowerCase()]: operation };
  }
  const servers = world.variant.discovery === 'spec' ? [{ url: world.foreignOrigin }] : [];
  return { status: 200, body: { openapi: '3.0.3', info: { title: 'Vault', version: '1' }, servers, paths } };
}

function getCredentials(world: World, assetId: string): Reply {
  const secret = { [modelAsset]: secrets.modelKey, [mailAsset]: secrets.clientSecret }[assetId];
  if (secret === undefined) return coded(world, 404, 'MSG-00404', 'No such asset');
  if (world.variant.workflow !== 'none') {
    const held = world.credentialRequests.find((one) => one.assetId === assetId && one.status !== 'Completed');
    if (!held) return coded(world, 500, 'MSG-00863', 'Submit a request first');
    if (held.status === 'Active') return coded(world, 500, 'MSG-00864', 'A request is pending');
  }
  const forms = {
    password: { user: 'api', password: secret },
    fields: { fields: { Password: secret } },
    data: { data: [{ name: 'User', value: 'api' }, ...[{ name: 'Password', value: secret }]] },
  };
  return { status: 200, body: forms[world.variant.secretForm] };
}

/** The vault files the request under the action that its form has, whatever the agent proposed. */
export function openCredentialRequest(world: World, assetId: string, message: string): CredentialRequest {
  const listed = entry('a credential request of the agent', 'nothing', { requestor: agent, message, assetId });
  listed.created = Date.now();
  world.requests.push(listed);
  const action = world.variant.credentialAction;
  const held: CredentialRequest = { id: randomUUID(), assetId, action, status: 'Active', looks: 0, listed };
  world.credentialRequests.push(held);
  return held;
}

function submit(world: World, _parameter: string, call: Call): Reply {
  const asked: unknown = JSON.parse(call.body.toString());
  const { assetId, action, message } = asked as Record<string, unknown>;
  if (typeof assetId !== 'string' || typeof action !== 'string' || typeof message !== 'string') {
    return coded(world, 400, 'MSG-00400', 'assetId, action and message are required');
  }
  if (world.credentialRequests.some((one) => one.assetId === assetId && one.status !== 'Completed')) {
    world.journal.complaints.push(`a second request for ${assetId} while one is open`);
  }
  const held = openCredentialRequest(world, assetId, message);
  return { status: 200, body: { requestId: held.id, status: 'Active' } };
}

/** With the agent's request come others that are not its own business: an old one, and one for another asset. */
function status(world: World, action: string, call: Call): Reply {
  const assetId = call.query.get('assetId');
  const held = world.credentialRequests.find(
    (one) => one.assetId === assetId && one.action === action && one.status !== 'Completed',
  );
  if (held) {
    held.looks += 1;
    if (world.variant.workflow !== 'nobody' && held.looks >= world.variant.looksUntilOpen) {
      held.status = 'Open';
      held.listed.status = 'Approved';
      held.listed.approved = Date.now();
    }
  }
  const own = held ? [{ requestId: held.id, assetId, action, status: held.status }] : [];
  if (world.variant.statusForm === 'object') return own[0] ? { status: 200, body: own[0] } : { status: 404, body: '' };
  const others = [
    { requestId: 'an-old-request', assetId, action, status: 'Completed' },
    { requestId: 'a-request-for-another-asset', assetId: 'another-asset', action, status: 'Active' },
  ];
  const all = [...others, ...own];
  return { status: 200, body: world.variant.statusForm === 'list' ? all : { data: all } };
}

function complete(world: World, requestId: string): Reply {
  const held = world.credentialRequests.find((one) => one.id === requestId);
  if (!held) return coded(world, 404, 'MSG-00404', 'No such request');
  held.status = 'Completed';
  held.listed.status = 'Completed';
  return { status: 200 };
}
