import * as kind from '../kinds.ts';
import type { Settings } from '../setting.ts';

/** How the model is reached, how it is asked, and how long its answers are kept. */
export const MODEL = {
  OPENAI_ASSET_ID: {
    schema: kind.text.optional(),
    about: 'Vault asset that holds the model key; fetched at run time, given back at the end.',
  },
  OPENAI_API_KEY: {
    schema: kind.text.optional(),
    secret: true,
    about: 'The key itself, for trials. Used only when no asset id is set.',
  },
  OPENAI_BASE_URL: {
    schema: kind.httpUrl.optional(),
    about:
      'Any OpenAI-compatible endpoint, such as `https://llm.example.com/v1` (docs/models.md). Empty: the public one. Plain http on this machine only.',
  },
  OPENAI_ALLOW_HTTP: {
    schema: kind.flag,
    fallback: 'false',
    about:
      'Let `OPENAI_BASE_URL` be plain http on another machine: everybody on the way can read key and questions, and write the answers. Named in every report.',
  },
  OPENAI_MODEL: {
    schema: kind.text,
    fallback: 'gpt-4.1-mini',
    about: 'Model name as the endpoint knows it.',
  },
  OPENAI_MODEL_SHARED: {
    schema: kind.text.optional(),
    about:
      'A cheaper model of the same endpoint for what is settled (granted, refused or over), on which nothing is done. Empty: `OPENAI_MODEL`.',
  },
  OPENAI_ANALYSIS_BATCH_SIZE: {
    schema: kind.wholeNumber(1, 100),
    fallback: '25',
    about: 'Requests per question.',
  },
  OPENAI_SHARED_BATCH_SIZE: {
    schema: kind.wholeNumber(1, 200).optional(),
    about:
      'Requests per question of what is settled (granted, refused or over), on which nothing is done. More make a run cheaper and its ratings of those coarser. Empty: as `OPENAI_ANALYSIS_BATCH_SIZE`.',
  },
  OPENAI_CONCURRENCY: {
    schema: kind.wholeNumber(1, 64),
    fallback: '8',
    about: 'Questions at the same time; fewer while the endpoint says that its limit is near.',
  },
  OPENAI_TIMEOUT_SECONDS: {
    schema: kind.seconds(0.1, 1800),
    fallback: '120',
    about: 'Longest wait for one answer of the model.',
  },
  OPENAI_CA_FILE: {
    schema: kind.text.optional(),
    about: 'PEM file of a private certificate authority to trust for the model.',
  },
  OPENAI_PROXY: {
    schema: kind.proxyUrl.optional(),
    secret: true,
    about: 'Proxy for the model, in the same way. With it the address of the model must be https.',
  },
  ASSESSMENTS_REMEMBER: {
    schema: kind.flag,
    fallback: 'true',
    about:
      'Do not ask again about a request when nothing has changed that the model would see. What opens an approval or a rejection is always asked anew.',
  },
  ASSESSMENTS_KEEP_DAYS: {
    schema: kind.wholeNumber(0, 365),
    fallback: '3',
    about: 'How long an assessment is kept that no run has used any more.',
  },
} as const satisfies Settings;
