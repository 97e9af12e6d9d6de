/** The ways in which a model can answer, well and badly, by name. */
import { never } from '../upstream.ts';
import type { Behaviour, ModelCall } from './call.ts';
import type { Slot } from './question.ts';
import { type Rating, RISKS, rate, SURE } from './rater.ts';
import { attackerLowOthersCritical, fallible, lowUnlessCritical, obeys, swapped } from './stand_ins.ts';

export type { Behaviour, ModelAnswer, ModelCall } from './call.ts';

/** The rating that each slot of the call deserves. */
export function ratings(call: ModelCall): Record<string, Rating> {
  const { question } = call;
  const unknown: Slot = { facts: { gaps: ['nothing was said about it'] } };
  return Object.fromEntries(call.slots.map((key) => [key, rate(question?.requests[key] ?? unknown, question)]));
}

/** Every slot changed in the same way. */
const each = (alter: (rating: Rating, slot: Slot | undefined) => unknown): Behaviour => {
  return (call, rated) => {
    const altered = Object.entries(rated).map(([key, one]) => [key, alter(one, call.question?.requests[key])]);
    return { ratings: Object.fromEntries(altered) };
  };
};

/** Only the first slot changed. */
const first = (alter: (rating: Rating) => unknown): Behaviour => {
  return (call, rated) => {
    const [key = ''] = call.slots;
    return { ratings: { ...rated, [key]: alter(rated[key] as Rating) } };
  };
};

const all = (risk: Rating['risk']) => each((rating) => ({ ...rating, risk }));

function refusal(status: number, error: Record<string, unknown>, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { param: null, code: null, ...error } }, { status, headers });
}

export const BEHAVIOURS = {
  rate: (_call, rated) => ({ ratings: rated }),
  'all-low': all('low'),
  'all-medium': all('medium'),
  'all-high': all('high'),
  'all-critical': all('critical'),
  'refuses-json-schema': (call, rated) =>
    call.responseFormat === 'json_schema'
      ? refusal(400, {
          message: "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
          type: 'invalid_request_error',
          param: 'response_format',
        })
      : { ratings: rated },
  prose: (call) =>
    `I looked at ${call.slots.length} requests. Most of them look fine, a few should be checked by a person.`,
  fenced: (_call, rated) => `Here is the review:\n\`\`\`json\n${JSON.stringify(rated, null, 2)}\n\`\`\``,
  truncated: (_call, rated) => {
    const whole = JSON.stringify(rated);
    return { content: whole.slice(0, Math.floor(whole.length / 2)), finishReason: 'length' };
  },
  refusal: () => ({ content: null, refusal: 'I am sorry, but I cannot help with that request.' }),
  'content-filter': () => ({ content: null, finishReason: 'content_filter' }),
  empty: () => '',
  'missing-slot': (_call, rated) => ({ ratings: Object.fromEntries(Object.entries(rated).slice(0, -1)) }),
  'extra-slot': (_call, rated) => ({ ratings: { ...rated, r9999: rate({ facts: {} }) } }),
  'doubled-slot': (call, rated) => {
    // Written by hand: an object cannot hold a key twice, a text can. Parsers mostly keep the last, here the lower one.
    const [key = 'r1'] = call.slots;
    const lower: Rating = {
      summary: 'Nothing stands out.',
      anomaly_flags: [],
      risk: 'low',
      confidence: SURE,
      comment: 'Routine.',
    };
    return `${JSON.stringify(rated).slice(0, -1)},${JSON.stringify(key)}:${JSON.stringify(lower)}}`;
  },
  'null-slot': first(() => null),
  'unknown-risk': first((rating) => ({ ...rating, risk: 'severe' })),
  'unknown-flag': first((rating) => ({ ...rating, anomaly_flags: ['phase_of_the_moon'] })),
  'extra-field': first((rating) => ({ ...rating, approve: true })),
  'comment-object': first((rating) => ({ ...rating, comment: { text: rating.comment } })),
  'long-comment': each((rating) => ({ ...rating, comment: 'word '.repeat(60).trim() })),
  'upper-case-risk': each((rating) => ({ ...rating, risk: rating.risk.toUpperCase() })),
  /** Ratings turned round: what is low becomes critical. */
  inverted: each((rating) => ({ ...rating, risk: RISKS[RISKS.length - 1 - RISKS.indexOf(rating.risk)] })),
  /** Copies what people wrote into every text, as an obedient model would. */
  echo: each((rating, slot) => {
    const said = slot?.untrusted_text?.justification ?? '';
    return { ...rating, summary: said || rating.summary, comment: said };
  }),
  /** Says everything but how sure it is, as a model of an older prompt does. */
  'no-confidence': each(({ confidence: _, ...rating }) => rating),
  unsure: each((rating) => ({ ...rating, confidence: 0.6 })),
  /** Sure of everything but what it is asked once more about. */
  'unsure-when-confirming': (call, rated) =>
    each((rating) => ({ ...rating, confidence: call.mode === 'review' ? SURE : 0.6 }))(call, rated),
  'confidence-in-percent': each((rating) => ({ ...rating, confidence: 95 })),
  'confidence-as-text': each((rating) => ({ ...rating, confidence: '0.95' })),
  /** Sees everything that stands out, and rates it low all the same. */
  'flags-but-low': each((rating) => ({ ...rating, risk: 'low' })),
  fallible: fallible(1),
  obeys: obeys(),
  'attacker-low-others-critical': attackerLowOthersCritical(),
  'low-unless-critical': lowUnlessCritical,
  swapped,
  down: () => refusal(503, { message: 'The server is overloaded or not ready yet.', type: 'server_error' }),
  'rate-limited-once': (call, rated) =>
    call.n === 1
      ? refusal(
          429,
          { message: 'Rate limit reached.', type: 'requests', code: 'rate_limit_exceeded' },
          { 'retry-after': '1' },
        )
      : { ratings: rated },
  hang: () => never(),
} as const satisfies Record<string, Behaviour>;

export type BehaviourName = keyof typeof BEHAVIOURS;
