/** What a client finds when it asks what the server can do: the OpenAPI document, or a card that points to it. Pure. */
import type { VaultKnobs } from './knobs.ts';

export type Origins = { readonly own: string; readonly foreign: string; readonly base: string };

type Operation = readonly [method: 'get' | 'post' | 'put', id: string, path: string, summary: string];

const OPERATIONS: readonly Operation[] = [
  ['get', 'search-assets', '/search-assets', 'Find assets by name or tag'],
  ['get', 'get-asset-actions', '/get-asset-actions/{assetId}', 'List the actions that can be requested on an asset'],
  ['get', 'get-asset-credentials', '/get-asset-credentials/{assetId}', 'Read the credentials of an asset'],
  ['post', 'submit-request', '/submit-request', 'Request access to an asset'],
  ['get', 'get-request-status', '/get-request-status/{action}', 'Read the state of own requests'],
  ['put', 'complete-request', '/complete-request/{requestId}', 'End an own request'],
];

const QUERY_PARAMETERS: Readonly<Record<string, string>> = {
  'search-assets': 'query',
  'get-request-status': 'assetId',
};

export function specification(knobs: VaultKnobs, { own, foreign, base }: Origins) {
  const paths = Object.fromEntries(
    OPERATIONS.map(([method, id, path, summary]) => [
      knobs.mcpPath + path,
      { [method]: { operationId: styled(id, knobs.operationIds), summary, ...details(id, path) } },
    ]),
  );
  const servers = { own: [{ url: own + base }], foreign: [{ url: foreign + base }], none: undefined }[
    knobs.specServers
  ];
  const info = { title: 'Vault MCP', version: '1.0.0' };
  return { openapi: '3.0.3', info, ...(servers && { servers }), paths };
}

/** `agent.json` names the specification and holds nothing else of use. */
export function pointer(knobs: VaultKnobs, { own, foreign, base }: Origins) {
  const path = `${base}/api/mcp-spec.json`;
  const target = { absolute: own + path, path, foreign: foreign + path }[knobs.pointerTarget];
  const card = { name: 'Vault agent', description: 'Access requests and credentials', version: '1.0.0' };
  return knobs.pointerName === 'api.url'
    ? { ...card, api: { type: 'openapi', url: target } }
    : { ...card, [knobs.pointerName]: target };
}

function details(id: string, path: string) {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => parameter(name ?? '', 'path'));
  const inQuery = QUERY_PARAMETERS[id];
  if (inQuery) parameters.push(parameter(inQuery, 'query'));
  const content = { 'application/json': { schema: { type: 'object' } } };
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(id === 'submit-request' && { requestBody: { required: true, content } }),
    responses: {
      200: { description: 'done', content },
      500: { description: 'refused; the body carries an MSG- code' },
    },
  };
}

function parameter(name: string, where: 'path' | 'query') {
  return { name, in: where, required: where === 'path', schema: { type: 'string' } };
}

function styled(id: string, style: VaultKnobs['operationIds']): string {
  if (style === 'camel') return id.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  return style === 'snake' ? id.replaceAll('-', '_') : id;
}
