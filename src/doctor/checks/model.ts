import type { SettingName } from '../../config/settings.ts';
import { faultIn } from '../../http/faults.ts';
import { openUpstream } from '../../http/upstream.ts';
import { parseAnswer } from '../../score/answer.ts';
import { abilityWords } from '../../score/client/abilities.ts';
import { type Answer, createModelClient, MODEL_ADDRESS, type Question } from '../../score/client/model_client.ts';
import { UPSTREAMS, UpstreamError } from '../../util/errors.ts';
import { type Check, type Found, fail, faultOf, notAsked, ok, warn } from '../check.ts';
import { originOf, type World } from '../world.ts';

const WAY = ['OPENAI_BASE_URL', 'OPENAI_ALLOW_HTTP', 'OPENAI_CA_FILE', 'OPENAI_PROXY'] as const satisfies SettingName[];
const KEY = ['OPENAI_ASSET_ID', 'OPENAI_API_KEY'] as const satisfies SettingName[];

export const MODEL_CHECKS: readonly Check[] = [
  {
    name: 'model connection',
    about:
      'whether something answers at `OPENAI_BASE_URL`, through `OPENAI_PROXY` where it is set, with a certificate that is trusted; no key is sent',
    needs: WAY,
    look: connection,
  },
  {
    name: 'model question',
    about:
      'whether a key is given, and with a key in the settings (or `--ask`) one tiny question with the schema: what the endpoint can do',
    needs: [...WAY, ...KEY, 'OPENAI_MODEL'],
    look: question,
  },
];

async function connection({ config, signal }: World): Promise<Found> {
  const { baseUrl: url = MODEL_ADDRESS, ca, proxy, timeoutMs } = config.model;
  const upstream = openUpstream({
    ...{ upstream: UPSTREAMS.model, url, ca, proxy },
    timeoutMs: Math.min(timeoutMs, LONGEST_MS),
    maxAnswerBytes: 0,
  });
  const way = proxy === undefined ? '' : ` through the proxy \`${new URL(proxy).host}\``;
  try {
    const { status } = await upstream.fetch(`${url.replace(/(?<!\/)\/+$/, '')}/models`, { signal });
    return ok(`\`${url}\`${way} answers (${status} without a key)`);
  } catch (error) {
    const { code, message, certificate } = faultIn(error);
    return faultOf(
      new UpstreamError('model', code, `the model endpoint could not be talked to: ${message}`, { certificate }),
    );
  } finally {
    upstream.close();
  }
}
/** It has nothing to think about here. */
const LONGEST_MS = 15_000;

async function question({ config, secrets, signal, clock }: World): Promise<Found> {
  const { model } = config;
  const origin = originOf(model.assetId, model.apiKey);
  if (origin === null) return fail('no model key is configured', 'set OPENAI_ASSET_ID, or OPENAI_API_KEY for a trial');
  if (origin.kind === 'vault' && !secrets.ask) {
    return notAsked('OPENAI_ASSET_ID');
  }
  const key = origin.kind === 'vault' ? await secrets.of(origin.assetId, 'model key') : (model.apiKey ?? '');
  const client = createModelClient({
    ...{ apiKey: async () => key, baseUrl: model.baseUrl, model: model.model, timeoutMs: model.timeoutMs },
    ...{ ca: model.ca, proxy: model.proxy, clock },
  });
  try {
    const answer = await client.ask(TINY, signal);
    return answered(answer, `\`${model.model}\``, abilityWords(client.abilities()));
  } finally {
    client.close();
  }
}

/** Made up here: nothing of any request, and no prompt that somebody edited. */
const TINY: Question = {
  kind: 'single',
  system: [
    'You rate access requests. This one is made up, to see whether you answer in the form that is wanted.',
    'Rate the risk of the request in the document as low, medium, high or critical, with no anomaly flags,',
    'and say in `confidence`, from 0 to 1, how sure you are.',
  ].join(' '),
  user: JSON.stringify({ mode: 'solo', requests: { r1: { facts: { status: 'Active', requested_hours: 1 } } } }),
  slots: ['r1'],
};

function answered(answer: Answer, model: string, can: string): Found {
  if (answer.kind === 'failed' || answer.kind === 'rejected') return faultOf(answer.error);
  if (answer.kind !== 'text') return fail(`${model} did not answer a made-up question (${answer.kind})`, TRY_ANOTHER);
  const { assessments, malformed } = parseAnswer(answer.text, TINY.slots);
  const rated = assessments.get('r1');
  if (rated === undefined) {
    return fail(
      `${model} answered ${malformed ? 'something that is not the JSON that was asked for' : 'without a rating'}`,
      TRY_ANOTHER,
    );
  }
  if (rated.confidence === undefined || rated.confidence === null) {
    return warn(
      `${model} answers without a confidence; it takes ${can}`,
      'without a confidence nothing is approved, unless CONFIDENCE_THRESHOLD is 0: another model may give one',
    );
  }
  return ok(`${model} answers in the form that is wanted; it takes ${can}`);
}
const TRY_ANOTHER =
  'what it does not rate is neither approved nor rejected: see docs/models.md for models that are known to do it';
