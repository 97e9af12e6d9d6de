import { type Call, type Reply, secrets, tenant, type World } from './world.ts';

/** The OpenAI-compatible model, Microsoft sign-in and Graph. `undefined`: not an address of theirs. */
export function answerCloud(world: World, call: Call): Reply | Promise<Reply> | undefined {
  const { method, path } = call;
  if (method === 'POST' && path === '/model/v1/chat/completions') return answerModel(world, call);
  if (method === 'GET' && path === `/${tenant}/v2.0/.well-known/openid-configuration`) return openIdDocument(world);
  if (method === 'POST' && path === `/${tenant}/oauth2/v2.0/token`) return signIn(world, call);
  const mail = /^\/v1\.0\/users\/([^/]+)\/sendMail$/.exec(path);
  if (method === 'POST' && mail) return sendMail(world, call, decodeURIComponent(mail[1] ?? ''));
  return undefined;
}

interface Question {
  mode?: string;
  shared_facts?: Facts;
  facts_unless_stated?: Facts;
  requests: Record<string, { facts: Facts; untrusted_text?: { justification?: string } }>;
}

interface Facts {
  container_path?: string;
  privileged?: boolean;
}

interface Asked {
  messages: { role: string; content: string }[];
  response_format?: { type: string; json_schema?: { strict?: boolean; schema?: { properties?: object } } };
}

async function answerModel(world: World, call: Call): Promise<Reply> {
  const { journal, variant } = world;
  if (call.headers.authorization !== `Bearer ${secrets.modelKey}`) return { status: 401, body: { error: 'key' } };
  if (variant.model === 'down') return { status: 503, body: { error: { message: 'down' } } };
  const asked = JSON.parse(call.body.toString()) as Asked;
  const format = asked.response_format;
  if (format?.type === 'json_schema' && variant.jsonSchema === 'refused') {
    return { status: 400, body: { error: { message: 'json_schema is not supported', type: 'invalid_request_error' } } };
  }
  journal.questions.push(call.body.toString());
  world.onQuestion();
  if (variant.model === 'slow') return 'silence';
  for (const one of world.requests) {
    if (one.fate === 'withdrawn while the model thinks') one.status = 'Completed';
  }
  const question = JSON.parse(asked.messages.find(({ role }) => role === 'user')?.content ?? '') as Question;
  const slots = Object.keys(question.requests);
  const promised = Object.keys(format?.json_schema?.schema?.properties ?? {});
  if (format?.type === 'json_schema' && (!format.json_schema?.strict || promised.join() !== slots.join())) {
    journal.complaints.push(`the schema promises ${promised.join()} for ${slots.join()}`);
  }
  journal.complaints.push(...wrongWith(question, world));
  const rated = question.mode === 'blind' ? rateFacts(question) : rate(question, journal.questions.length);
  const content = JSON.stringify(rated);
  const message = { role: 'assistant', content, refusal: null };
  const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };
  const choices = [{ index: 0, finish_reason: 'stop', message, logprobs: null }];
  return { status: 200, body: { id: 'c1', object: 'chat.completion', created: 1, model: 'm', choices, usage } };
}

const comments = {
  low: 'Geprüft – routine work „wie üblich“, 承認',
  medium: 'Nothing stands out',
  high: 'Needs a person',
  critical: 'Zurückgewiesen – exports credentials, 拒否',
};

/** What the contract says of a confirmation: no words of people in a facts-only question, nobody else in a single one. */
function wrongWith({ mode, requests }: Question, { requests: known }: World): string[] {
  const shown = JSON.stringify(requests);
  if (mode === 'solo' && Object.keys(requests).length !== 1)
    return [`a single question about ${Object.keys(requests)}`];
  if (mode !== 'blind') return [];
  const words = known.flatMap(({ id, requestor, message, assetId }) => [id, requestor, message, assetId ?? requestor]);
  const told = words.filter((word) => shown.includes(JSON.stringify(word).slice(1, -1)));
  return [
    ...told.map((word) => `a facts-only question tells ${word}`),
    ...(/untrusted/.test(shown) ? ['has texts'] : []),
  ];
}

/** Without any words of people: by the place and the rights alone. */
function rateFacts({
  requests,
  shared_facts: shared,
  facts_unless_stated: resting,
}: Question): Record<string, unknown> {
  const risk = ({ container_path: path = '', privileged = false }: Facts): string => {
    if (/tier 0/i.test(path)) return 'critical';
    return path.startsWith('/Test') && !privileged ? 'low' : 'medium';
  };
  return Object.fromEntries(
    Object.entries(requests).map(([slot, { facts }]) => {
      return [slot, { anomaly_flags: [], risk: risk({ ...resting, ...shared, ...facts }), confidence: 0.95 }];
    }),
  );
}

/** Rates by the keyword in the justification; some keywords make it misbehave. */
function rate({ requests }: Question, asked: number): Record<string, unknown> {
  const answers: Record<string, unknown> = {};
  for (const [slot, { untrusted_text: text }] of Object.entries(requests)) {
    const said = text?.justification ?? '';
    const has = (keyword: string): boolean => said.includes(`[${keyword}]`);
    const risk = (['critical', 'high', 'low'] as const).find(has) ?? 'medium';
    const wordy = Array.from({ length: 40 }, (_, index) => `word${index + 1}`).join(' ');
    const answer = {
      summary: `Rated ${risk}`,
      anomaly_flags: [],
      risk,
      confidence: 0.95,
      comment: has('wordy') ? wordy : comments[risk],
    };
    if (has('never answered') || (has('answered later') && asked === 1)) continue;
    if (has('garbage')) answers[slot] = { ...answer, risk: 'harmless' };
    else if (has('nested')) answers[slot] = { ...answer, comment: { comment: answer.comment } };
    else if (has('shouted')) answers[slot] = { ...answer, risk: risk.toUpperCase() };
    else answers[slot] = answer;
    if (has('stranger')) answers.r999 = { ...answer, risk: 'low' };
  }
  return answers;
}

function openIdDocument({ origin }: World): Reply {
  const base = `${origin}/${tenant}`;
  const body = {
    ...{ issuer: `${base}/v2.0`, token_endpoint: `${base}/oauth2/v2.0/token`, jwks_uri: `${base}/discovery/v2.0/keys` },
    ...{ authorization_endpoint: `${base}/oauth2/v2.0/authorize`, end_session_endpoint: `${base}/oauth2/v2.0/logout` },
    ...{ response_types_supported: ['code'], subject_types_supported: ['pairwise'], scopes_supported: ['openid'] },
  };
  return { status: 200, body };
}

function signIn({ journal }: World, call: Call): Reply {
  const form = new URLSearchParams(call.body.toString());
  journal.signIns.push(form);
  const good = form.get('grant_type') === 'client_credentials' && form.get('client_secret') === secrets.clientSecret;
  if (!good) return { status: 401, body: { error: 'invalid_client', error_description: 'AADSTS7000215' } };
  const lifetime = { expires_in: 3599, ext_expires_in: 3599 };
  return { status: 200, body: { token_type: 'Bearer', ...lifetime, access_token: secrets.graphToken } };
}

function sendMail({ journal, variant }: World, call: Call, sender: string): Reply {
  const authorization = String(call.headers.authorization);
  journal.mails.push({ authorization, sender, raw: call.body.toString() });
  if (authorization !== `Bearer ${secrets.graphToken}`)
    return { status: 401, body: { error: { code: 'Unauthorized' } } };
  if (variant.graph === 'down') return { status: 503, body: { error: { code: 'serviceNotAvailable' } } };
  return { status: 202 };
}
