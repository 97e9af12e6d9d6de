import { z } from 'zod';
import { LONGEST_WAIT_S, MOST_BYTES } from '../src/intake/routes.ts';
import {
  Accepted,
  Asked,
  DECISIONS,
  Decided,
  HANDLE,
  PROBLEMS,
  Problem,
  type ProblemName,
} from '../src/intake/wire.ts';
import { AgentazForm } from '../src/report/agentaz_form.ts';

/** The OpenAPI document of the intake, made from the schemas that the code reads and writes. */

const SCHEMAS = { Asked, Accepted, Decision: AgentazForm, Decided, Problem };

function schemas(): Record<string, unknown> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}`, io: 'output' }).schemas;
  return Object.fromEntries(
    Object.entries(made).map(([id, { $schema: _schema, $id: _id, id: _own, ...schema }]) => [id, schema]),
  );
}

const ref = (name: keyof typeof SCHEMAS) => ({ $ref: `#/components/schemas/${name}` });
const answer = (description: string, schema: object, headers: readonly string[] = []) => ({
  description,
  ...(headers.length > 0 && {
    headers: Object.fromEntries(headers.map((name) => [name, { schema: { type: 'string' } }])),
  }),
  content: { 'application/json': { schema } },
});

/** What may go wrong, by status: several reasons of one status are told together. */
function problems(names: readonly ProblemName[]) {
  const byStatus = Map.groupBy(names, (name) => PROBLEMS[name].status);
  return Object.fromEntries(
    [...byStatus].map(([status, all]) => [
      `${status}`,
      {
        description: `${all.map((name) => PROBLEMS[name].title).join('; or: ')}.`,
        content: { 'application/problem+json': { schema: ref('Problem') } },
      },
    ]),
  );
}

const header = (name: string, description: string, required: boolean, schema: object = { type: 'string' }) => ({
  ...{ name, in: 'header', required, description, schema },
});

export const openapi = () => ({
  openapi: '3.1.0',
  info: {
    title: 'Portcullis: ask for a decision',
    version: '1.0.0',
    description: 'Served by `portcullis start` when INTAKE_PORT is set. What each answer means: docs/intake.md.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: 'http://127.0.0.1:9465', description: 'INTAKE_HOST and INTAKE_PORT; https with INTAKE_TLS_CERT.' }],
  paths: {
    [HANDLE]: {
      post: {
        operationId: 'handleAccess',
        summary: 'Asks for a decision about requests',
        description: `A run over the whole window follows. Signed in the way of Standard Webhooks; at most ${MOST_BYTES} bytes.`,
        security: [{ standardWebhooks: [] }],
        parameters: [
          header('webhook-id', 'The same for each try of one message.', true),
          header('webhook-timestamp', 'Seconds since the epoch, at most five minutes from the time here.', true),
          header(
            'webhook-signature',
            '`v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64; several with blanks.',
            true,
          ),
          header(
            'prefer',
            `\`wait=30\`: the decision is the answer, if the run ends in time; ${LONGEST_WAIT_S} seconds at most.`,
            false,
          ),
        ],
        requestBody: { required: true, content: { 'application/json': { schema: ref('Asked') } } },
        responses: {
          200: answer(
            'With `Prefer: wait`: the decision, or those about several `request_ids`.',
            { anyOf: [ref('Decision'), ref('Decided')] },
            ['Preference-Applied'],
          ),
          202: answer('A run follows.', ref('Accepted'), ['Location', 'Retry-After']),
          ...problems([
            ...([
              'bad-request',
              'unsigned',
              'forged',
              'late',
              'not-found',
              'not-allowed',
              'id-taken',
              'too-large',
            ] as const),
            ...(['wrong-type', 'foreign', 'too-many', 'broken', 'no-decision', 'stopping'] as const),
          ]),
        },
      },
    },
    [`${DECISIONS}/{id}`]: {
      get: {
        operationId: 'readDecision',
        summary: 'The newest recorded decision about a request',
        security: [{ bearer: [] }],
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' }, description: 'Id of the request.' },
        ],
        responses: {
          200: answer('The decision.', ref('Decision')),
          202: answer('A run that was asked for it has not ended yet.', ref('Accepted'), ['Location', 'Retry-After']),
          ...problems(['no-token', 'not-found', 'not-allowed', 'foreign', 'too-many', 'not-believed', 'broken']),
        },
      },
    },
  },
  components: {
    schemas: schemas(),
    securitySchemes: {
      standardWebhooks: {
        type: 'apiKey',
        in: 'header',
        name: 'webhook-signature',
        description: 'INTAKE_SECRET; https://www.standardwebhooks.com',
      },
      bearer: { type: 'http', scheme: 'bearer', description: 'INTAKE_TOKEN' },
    },
  },
});
