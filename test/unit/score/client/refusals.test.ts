/** What the refusals of servers and gateways mean, in their own words and shapes. */
import { describe, expect, test } from 'vitest';
import { type Meaning, meaningOf } from '../../../../src/score/client/refusals.ts';
import { saidIn } from '../../../../src/score/client/said.ts';

type Case = readonly [who: string, status: number, body: unknown];
const openAi = (message: string, more: object = {}) => ({
  error: { message, type: 'invalid_request_error', param: null, code: null, ...more },
});

function meaning(status: number, body: unknown): Meaning | null {
  const said = saidIn(status, typeof body === 'string' ? body : JSON.stringify(body));
  return said === null ? null : meaningOf(said);
}

const CASES: Readonly<Record<Meaning, readonly Case[]>> = {
  'too-long': [
    [
      'Gemini, in other words',
      400,
      [
        {
          error: {
            code: 400,
            message:
              'Unable to submit request because the input token count is 40000 but model only supports up to 32767. Reduce the input token count and try again.',
          },
        },
      ],
    ],
    [
      'Cloudflare, by characters',
      400,
      {
        errors: [
          { message: 'AiError: Input prompt contains 9021 characters which exceeds the limit of 6144', code: 5006 },
        ],
      },
    ],
    ['vLLM, with less than nothing left for the answer', 400, openAi('max_tokens must be at least 1, got -311.')],
    ['TabbyAPI', 400, { detail: 'Prompt length 9000 is greater than max_seq_len 8192' }],
    ['KoboldCpp', 500, { error: 'requested context of 9000 is over 8192' }],
    ['Baidu, with HTTP 200', 200, { error_code: 336104, error_msg: 'prompt tokens too long' }],
    ['Zhipu', 400, { error: { code: '1261', message: 'Prompt 超长' } }],
    [
      'OpenAI',
      400,
      openAi(
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. Please reduce the length of the messages.",
        { code: 'context_length_exceeded', param: 'messages' },
      ),
    ],
    [
      'OpenAI, by bytes',
      400,
      openAi(
        "Invalid 'messages[1].content': string too long. Expected a string with maximum length 1048576, but got a string with length 1200000 instead.",
        { code: 'string_above_max_length' },
      ),
    ],
    [
      'OpenAI, more than a minute allows',
      429,
      openAi('Request too large for gpt-x on tokens per min (TPM): Limit 30000, Requested 39000.', {
        type: 'tokens',
        code: 'rate_limit_exceeded',
      }),
    ],
    [
      'Anthropic',
      400,
      {
        type: 'error',
        error: { type: 'invalid_request_error', message: 'prompt is too long: 215000 tokens > 200000 maximum' },
      },
    ],
    [
      'Anthropic, both together',
      400,
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'input length and `max_tokens` exceed context limit: 199000 + 4096 > 200000',
        },
      },
    ],
    [
      'Anthropic, by bytes',
      413,
      { type: 'error', error: { type: 'request_too_large', message: 'Request exceeds the maximum size' } },
    ],
    ['Bedrock', 400, { message: 'Input is too long for requested model.' }],
    [
      'Bedrock behind LiteLLM',
      500,
      openAi(
        'litellm.APIConnectionError: BedrockException - {"message":"The model returned the following errors: Input is too long for requested model."}',
      ),
    ],
    [
      'Gemini, in a list',
      400,
      [
        {
          error: {
            code: 400,
            message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
            status: 'INVALID_ARGUMENT',
          },
        },
      ],
    ],
    [
      'vLLM',
      400,
      {
        object: 'error',
        message:
          "This model's maximum context length is 4096 tokens. However, you requested 6396 tokens (4096 in the messages, 2300 in the completion).",
        type: 'BadRequestError',
        param: null,
        code: 400,
      },
    ],
    [
      'vLLM, newer',
      400,
      openAi(
        "'max_tokens' or 'max_completion_tokens' is too large: 2300. This model's maximum context length is 4096 tokens and your request has 3000 input tokens (2300 > 4096 - 3000).",
        { code: 400 },
      ),
    ],
    [
      'vLLM as 500',
      500,
      openAi(
        "This model's maximum context length is 16384 tokens. However, you requested 4096 output tokens and your prompt contains at least 12289 input tokens",
      ),
    ],
    ['SGLang', 400, { message: "The input (9000 tokens) is longer than the model's context length (8192 tokens)." }],
    [
      'TGI',
      422,
      {
        error:
          'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 2300 `max_new_tokens`',
        error_type: 'validation',
      },
    ],
    ['Ollama', 400, { error: 'prompt too long; exceeded max context length by 4096 tokens' }],
    ['Ollama, the runner', 500, openAi('the input length exceeds the context length', { type: 'api_error' })],
    [
      'llama.cpp',
      400,
      {
        error: {
          code: 400,
          message: 'request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it',
          type: 'exceed_context_size_error',
          n_ctx: 4096,
        },
      },
    ],
    [
      'llama.cpp, older',
      500,
      {
        error: {
          code: 500,
          message:
            'the request exceeds the available context size. try increasing the context size or enable context shift',
          type: 'exceed_context_size_error',
        },
      },
    ],
    [
      'llama.cpp while it writes',
      500,
      { error: { code: 500, message: 'Context size has been exceeded.', type: 'server_error' } },
    ],
    ['llama-cpp-python', 500, { detail: 'Requested tokens (2285) exceed context window of 2048' }],
    [
      'LM Studio',
      400,
      {
        error:
          'Trying to keep the first 11490 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough.',
      },
    ],
    [
      'LM Studio with HTTP 200',
      200,
      {
        error:
          'The number of tokens to keep from the initial prompt is greater than the context length. Try to load the model with a larger context length, or provide a shorter input',
      },
    ],
    [
      'Mistral',
      400,
      {
        object: 'error',
        message:
          'Prompt contains 300000 tokens and 0 draft tokens, too large for model with 131072 maximum context length',
        type: 'invalid_request_error',
        code: '3051',
      },
    ],
    [
      'Cohere',
      400,
      { message: 'too many tokens: size limit exceeded by 300 tokens. Try using shorter or fewer inputs' },
    ],
    [
      'OpenRouter',
      400,
      {
        error: {
          code: 400,
          message:
            "This endpoint's maximum context length is 131072 tokens. However, you requested about 537812 tokens. Please reduce the length of either one.",
        },
      },
    ],
    [
      'OpenRouter with the words of another',
      400,
      {
        error: {
          code: 400,
          message: 'Provider returned error',
          metadata: {
            raw: '{"error":{"message":"prompt is too long: 215000 tokens > 200000 maximum"}}',
            provider_name: 'X',
          },
        },
      },
    ],
    [
      'xAI',
      400,
      {
        code: 'Client specified an invalid argument',
        error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
      },
    ],
    [
      'Groq',
      400,
      openAi('Please reduce the length of the messages or completion.', { code: 'context_length_exceeded' }),
    ],
    ['Qwen', 400, openAi('Range of input length should be [1, 129024]')],
    ['a proxy, as a page', 413, '<html><head><title>413 Request Entity Too Large</title></head></html>'],
    ['FastAPI', 422, { detail: [{ loc: ['body'], msg: 'input is too long', type: 'value_error' }] }],
    [
      'llama.cpp, its cache',
      500,
      {
        error: {
          code: 500,
          message: 'failed to decode the batch: KV cache is full - try increasing it via the context size',
          type: 'server_error',
        },
      },
    ],
    ['Bedrock, by letters', 400, { message: 'Malformed input request: expected maxLength: 40960, actual: 50000' }],
    ['vLLM, older', 400, openAi('The decoder prompt (length 9000) is longer than the maximum model length of 8192.')],
    ['a gateway', 400, openAi('Input exceeds model context')],
    ['a gateway in few words', 400, openAi('Token limit reached')],
    ['a server in few words', 500, { error: 'context window full' }],
  ],
  filtered: [
    [
      'Azure',
      400,
      openAi("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", {
        code: 'content_filter',
        param: 'prompt',
        innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: { violence: { filtered: true } } },
      }),
    ],
    [
      'Azure behind LiteLLM',
      400,
      openAi(
        'litellm.BadRequestError: litellm.ContentPolicyViolationError: AzureException - The response was filtered',
        { code: '400', provider_specific_fields: { innererror: { code: 'ResponsibleAIPolicyViolation' } } },
      ),
    ],
    [
      'Azure behind LiteLLM as 500',
      500,
      openAi(
        "AzureException - The response was filtered due to the prompt triggering Azure OpenAI's content management policy",
      ),
    ],
    [
      'OpenAI',
      400,
      openAi('Invalid prompt: your prompt was flagged as potentially violating our usage policy.', {
        code: 'invalid_prompt',
      }),
    ],
    [
      'OpenAI, the safety system',
      400,
      openAi('Your request was rejected as a result of our safety system.', { code: 'content_policy_violation' }),
    ],
    [
      'Anthropic',
      400,
      {
        type: 'error',
        error: { type: 'invalid_request_error', message: 'Output blocked by content filtering policy' },
      },
    ],
    [
      'a Bedrock guardrail behind LiteLLM',
      400,
      {
        error: {
          message: { error: 'Violated guardrail policy', bedrock_guardrail_response: 'Sorry.' },
          type: 'None',
          param: 'None',
          code: '400',
        },
      },
    ],
    [
      'OpenRouter',
      403,
      {
        error: {
          code: 403,
          message: 'Your chosen model requires moderation and your input was flagged',
          metadata: { reasons: ['violence'], flagged_input: 'kill…', provider_name: 'OpenAI' },
        },
      },
    ],
    [
      'OpenRouter, in few words',
      403,
      {
        error: {
          code: 403,
          message: 'Provider returned error',
          metadata: { reasons: ['violence'], flagged_input: 'kill…' },
        },
      },
    ],
    ['Gemini with HTTP 200', 200, { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: {} }],
    ['Gemini with HTTP 200 and no choice', 200, { choices: null, promptFeedback: { blockReason: 'SAFETY' } }],
    ['DeepSeek', 400, openAi('Content Exists Risk')],
    ['Qwen', 400, openAi('Input data may contain inappropriate content.', { code: 'data_inspection_failed' })],
    [
      'Portkey',
      446,
      { error: { message: 'The guardrail checks defined in the config failed.', type: 'hooks_failed' } },
    ],
    [
      'Cloudflare',
      424,
      { success: false, errors: [{ code: 2016, message: 'Prompt blocked due to security configurations' }] },
    ],
    ['a proxy', 403, { error: 'Request blocked: malicious prompt detected' }],
    ['a proxy that protects data', 403, { message: 'Prompt contains PII and was blocked' }],
    ['Prompt Guard', 403, { detail: 'Prompt Guard: malicious input' }],
    ['data loss prevention', 403, { error: { message: 'DLP rule 7 matched', type: 'forbidden' } }],
    ['a scanner', 400, openAi('Sensitive information detected in messages')],
    ['a rule', 403, { message: 'Access denied by the content firewall' }],
    ['a word', 403, { message: 'The text includes a keyword that is denied' }],
    ['Cloudflare, as a page', 403, '<html><h1>Sorry, you have been blocked</h1></html>'],
    ['a firewall in two words', 403, '<html><body>Request blocked.</body></html>'],
    [
      'a firewall, as a page',
      403,
      '<html><body><h1>Request blocked</h1><p>The request is blocked by the web application firewall.</p></body></html>',
    ],
  ],
  parameter: [
    [
      'OpenRouter, of a system message',
      404,
      { error: { message: 'No endpoints found that support the use of system messages', code: 404 } },
    ],
    [
      'OpenRouter, of the schema',
      404,
      { error: { message: 'No endpoints found that support response_format json_schema', code: 404 } },
    ],
    [
      'Mistral, in an object under `message`',
      422,
      {
        object: 'error',
        message: {
          detail: [
            { type: 'extra_forbidden', loc: ['body', 'max_completion_tokens'], msg: 'Extra inputs are not permitted' },
          ],
        },
      },
    ],
    [
      'Gemini, of a word in the schema',
      400,
      [
        {
          error: {
            code: 400,
            message: 'Invalid JSON payload received. Unknown name "additionalProperties": Cannot find field.',
          },
        },
      ],
    ],
    [
      'Groq, whose model does not keep to the schema',
      400,
      openAi('Failed to generate JSON. Please adjust your prompt.', { code: 'json_validate_failed' }),
    ],
    ['LM Studio, the role', 400, { error: 'Error rendering prompt: Only user and assistant roles are supported!' }],
    ['LM Studio, the role as 500', 500, { error: 'Only user and assistant roles are supported!' }],
    [
      'FastAPI, the tag',
      422,
      openAi("Input tag 'system' found using 'role' does not match any of the expected tags: 'user', 'assistant'"),
    ],
    ['a gateway, the role', 400, openAi('Role must be one of user, assistant')],
    ['a gateway, the values', 400, openAi("Unsupported value. Supported values are: 'user' and 'assistant'.")],
    [
      'FastAPI, the place of the role',
      422,
      { detail: [{ loc: ['body', 'messages', 0, 'role'], msg: 'value is not a valid enumeration member' }] },
    ],
    [
      'FastAPI, the place behind another',
      422,
      {
        detail: [
          { loc: ['body', 'x'], msg: 'no' },
          { loc: ['body', 'response_format'], msg: 'extra fields' },
        ],
      },
    ],
    [
      'OpenAI',
      400,
      openAi("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", {
        param: 'response_format',
      }),
    ],
    [
      'OpenAI, temperature',
      400,
      openAi(
        "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
        { param: 'temperature', code: 'unsupported_value' },
      ),
    ],
    [
      'OpenAI, the limit',
      400,
      openAi("Unsupported parameter: 'max_completion_tokens' is not supported with this model."),
    ],
    [
      'OpenAI, the role',
      400,
      openAi("Unsupported value: 'messages[0].role' does not support 'system' with this model.", {
        param: 'messages[0].role',
        code: 'unsupported_value',
      }),
    ],
    [
      'vLLM, the role',
      400,
      { object: 'error', message: 'System role not supported', type: 'BadRequestError', code: 400 },
    ],
    [
      'Gemini, the role',
      400,
      [
        {
          error: {
            code: 400,
            message: 'Developer instruction is not enabled for models/gemma-3-27b-it',
            status: 'INVALID_ARGUMENT',
          },
        },
      ],
    ],
    [
      'llama.cpp, the role',
      500,
      {
        error: {
          code: 500,
          message: 'Only user, assistant and tool roles are supported, got system at row 12',
          type: 'server_error',
        },
      },
    ],
    [
      'a template',
      422,
      { error: 'Template error: syntax error: Conversation roles must alternate user/assistant/user/assistant/' },
    ],
    [
      'llama.cpp, the grammar',
      400,
      {
        error: {
          code: 400,
          message: 'Failed to initialize samplers: failed to parse grammar',
          type: 'invalid_request_error',
        },
      },
    ],
    [
      'llama.cpp, the grammar as 500',
      500,
      { error: { code: 500, message: 'Failed to parse grammar', type: 'server_error' } },
    ],
    ['Ollama', 500, openAi('failed to load model vocabulary required for format', { type: 'api_error' })],
    ['LM Studio', 400, { error: "'response_format.type' must be 'json_schema' or 'text'" }],
    ['a schema that is too much', 500, { detail: 'the schema is not supported by this backend' }],
    [
      'Anthropic behind a gateway',
      400,
      openAi('messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter'),
    ],
  ],
  'unknown-model': [
    [
      'Bedrock, without an inference profile',
      400,
      {
        message: 'Invocation of model ID x with on-demand throughput isn’t supported. Retry with an inference profile.',
      },
    ],
    ['Together', 400, openAi('Unable to access non-serverless model x.', { code: 'model_not_available' })],
    [
      'OpenAI, of another way to ask',
      400,
      openAi('This model is only supported in v1/responses and not in v1/chat/completions.'),
    ],
    ['LM Studio, of a path', 200, { error: 'Unexpected endpoint or method. (POST /chat/completions)' }],
    [
      'OpenAI',
      404,
      openAi('The model `gpt-x` does not exist or you do not have access to it.', { code: 'model_not_found' }),
    ],
    [
      'Azure',
      404,
      { error: { code: 'DeploymentNotFound', message: 'The API deployment for this resource does not exist.' } },
    ],
    ['Ollama', 404, openAi('model "llama9" not found, try pulling it first', { type: 'api_error' })],
    [
      'LiteLLM',
      400,
      openAi('Invalid model name passed in model=gpt-x. Call `/v1/models` to view available models for your key.', {
        code: '400',
      }),
    ],
    [
      'Groq',
      400,
      openAi('The model `x` has been decommissioned and is no longer supported.', { code: 'model_decommissioned' }),
    ],
    ['OpenRouter', 400, { error: { code: 400, message: 'gpt-x is not a valid model ID' } }],
    ['Bedrock', 400, { message: 'The provided model identifier is invalid.' }],
    ['Mistral', 400, { object: 'error', message: 'Invalid model: x', type: 'invalid_model', code: '1500' }],
    [
      'OpenAI, no access',
      403,
      openAi('Project `p` does not have access to model `gpt-x`', { code: 'model_not_found' }),
    ],
    ['with HTTP 200', 200, { error: { code: 404, message: 'no such thing' } }],
    ['no API at all', 404, '<html><title>404 Not Found</title></html>'],
    ['gone', 410, { error: 'gone' }],
  ],
  'used-up': [
    [
      'LiteLLM, as 429',
      429,
      openAi('Budget has been exceeded! Current cost: 1.2, Max budget: 1.0', { type: 'budget_exceeded' }),
    ],
    [
      'xAI',
      403,
      {
        code: 'The caller does not have permission',
        error: 'Your team has either used all available credits or reached its monthly spending limit.',
      },
    ],
    [
      'OpenAI',
      429,
      openAi('You exceeded your current quota', { code: 'insufficient_quota', type: 'insufficient_quota' }),
    ],
    ['OpenRouter', 402, { error: { code: 402, message: 'This request requires more credits' } }],
    ['OpenRouter with HTTP 200', 200, { error: { code: 402, message: 'Insufficient credits' } }],
    [
      'Anthropic',
      400,
      {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'Your credit balance is too low to access the Anthropic API.',
        },
      },
    ],
    ['LiteLLM', 400, openAi('ExceededBudget: User=x over budget. budget_exceeded', { type: 'budget_exceeded' })],
  ],
  unauthorized: [
    ['Bedrock, of its own token', 403, { message: 'The security token included in the request is invalid.' }],
    [
      'Azure, behind a private endpoint',
      403,
      { error: { code: '403', message: 'Public access is disabled. Please configure private endpoint.' } },
    ],
    ['OpenAI', 401, openAi('Incorrect API key provided: sk-x', { code: 'invalid_api_key' })],
    ['a gateway', 403, { message: 'Forbidden' }],
    ['a gateway, as a line', 403, 'RBAC: access denied'],
    ['a gateway without a word', 403, ''],
    ['a gateway with nothing in its JSON', 403, {}],
    ['Google', 403, { error: { code: 403, message: 'The caller is refused', status: 'PERMISSION_DENIED' } }],
    ['Anthropic, no right', 403, { error: { type: 'permission_error', message: 'Your key cannot use this resource' } }],
    ['a key that is barred', 403, { error: 'This API key has been blocked; requests with it are denied' }],
    ['OpenAI, the country', 403, openAi('Not here', { code: 'unsupported_country_region_territory' })],
    ['a page about the key', 403, '<html>Invalid API key</html>'],
    [
      'Gemini',
      400,
      [
        {
          error: {
            code: 400,
            message: 'API key not valid. Please pass a valid API key.',
            status: 'INVALID_ARGUMENT',
            details: [{ reason: 'API_KEY_INVALID' }],
          },
        },
      ],
    ],
    ['with HTTP 200', 200, { error: { code: 401, message: 'User not found.' } }],
  ],
  busy: [
    ['Bedrock, as 400', 400, { message: 'ThrottlingException: Too many tokens, please wait before trying again.' }],
    ['Bedrock, as 424', 424, { message: 'The model has timed out in processing the request. Try your request again.' }],
    ['Together, as 400', 400, openAi('Service overloaded, please try again')],
    ['Groq, a full tier', 498, openAi('Flex tier capacity exceeded')],
    ['nginx, that ended the call', 499, ''],
    ['too early', 425, ''],
    [
      'Cloudflare, with HTTP 200',
      200,
      { success: false, errors: [{ code: 3040, message: 'Capacity temporarily exceeded, please try again.' }] },
    ],
    ['MiniMax, with HTTP 200', 200, { choices: null, base_resp: { status_code: 1002, status_msg: 'rate limit' } }],
    [
      'Apigee, with HTTP 200',
      200,
      {
        fault: {
          faultstring: 'Rate limit quota violation.',
          detail: { errorcode: 'policies.ratelimit.QuotaViolation' },
        },
      },
    ],
    [
      'OpenAI',
      429,
      openAi(
        'Rate limit reached for gpt-x on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.',
        { type: 'tokens', code: 'rate_limit_exceeded' },
      ),
    ],
    ['Bedrock, in the words of too long', 429, { message: 'Too many tokens, please wait before trying again.' }],
    ['Anthropic', 529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
    ['vLLM', 500, { object: 'error', message: 'Internal Server Error', code: 500 }],
    ['a filter that is down', 503, openAi('The content filter is temporarily unavailable')],
    [
      'a model that is being loaded',
      503,
      { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
    ],
    ['OpenRouter with HTTP 200', 200, { error: { code: 429, message: 'Provider returned error' } }],
    [
      'OpenRouter in a choice',
      200,
      {
        choices: [
          { finish_reason: 'error', message: { content: '' }, error: { code: 502, message: 'Upstream error' } },
        ],
      },
    ],
    ['Google with HTTP 200', 200, { error: { status: 'UNAVAILABLE', message: 'The model is overloaded.' } }],
    ['with HTTP 200 and a word', 200, { choices: null, error: { type: 'rate_limit_error', message: 'slow down' } }],
    ['with HTTP 200 and a number in a text', 200, { error: { code: '503', message: 'x' } }],
    ['a page', 502, '<html>Bad Gateway</html>'],
    ['with HTTP 200 and a sentence', 200, { error: { message: 'Rate limit exceeded, slow down' } }],
    ['with HTTP 200 and nothing but a sentence', 200, { error: 'rate limit exceeded' }],
    ['with HTTP 200, out of service', 200, { message: 'Service temporarily unavailable' }],
    ['with HTTP 200, too late', 200, { error: { message: 'The upstream timed out' } }],
    ...['status_code', 'statusCode', 'http_status', 'error_code'].map(
      (name): Case => [`with HTTP 200 and ${name}`, 200, { error: { message: 'x', [name]: 503 } }],
    ),
    ['with HTTP 200 and a number beside it', 200, { error: 'x', statusCode: 429 }],
    ['with HTTP 200 and null choices', 200, { choices: null, code: 503, message: 'x' }],
    ['with HTTP 200, null choices and no word', 200, { choices: null, code: 503 }],
    ['with HTTP 200 and no choice', 200, { choices: [], code: 503, message: 'x' }],
    ['a filter that has too much to do', 503, { error: 'The request was rejected because the queue is full' }],
  ],
  refused: [
    ['anything else', 400, openAi('the project is archived')],
    ['with HTTP 200', 200, { error: { message: 'something else' } }],
    ['a word with HTTP 200', 200, { error: 'no' }],
    ['a sentence about a right, with HTTP 200', 200, { error: 'not authorized to do so' }],
    [
      'OpenRouter, of parameters that it does not name',
      404,
      { error: { message: 'No endpoints found that can handle the requested parameters.', code: 404 } },
    ],
    ['a 403 in words that nobody knows', 403, { error: 'code 17' }],
    ['a 403 with fields that nobody knows', 403, { categories: ['x'] }],
    ['a page that only forbids', 403, '<html><h1>403 Forbidden</h1>You do not have permission to open this</html>'],
  ],
};

describe.each(Object.entries(CASES))('%s is what it means', (expected, cases) => {
  test.each(cases)('when %s says so with HTTP %i', (_who, status, body) => {
    expect(meaning(status, body)).toBe(expected);
  });
});

describe('an answer', () => {
  const whole = { choices: [{ finish_reason: 'stop', message: { content: '{}' } }] };
  test.each([
    ['without an error', whole],
    ['with an empty one beside it', { ...whole, error: null }],
    ['with an empty object beside it', { ...whole, error: {} }],
    ['without a choice and without a word about it', { choices: [] }],
    ['of another API', { data: [] }],
  ])('%s is no refusal', (_what, body) => {
    expect(meaning(200, body)).toBeNull();
  });
});

describe('what a requestor wrote', () => {
  test('and an endpoint repeats behind its own words is not listened to', () => {
    const echo = `${'x'.repeat(700)} context_length_exceeded, the model does not exist, content_filter`;
    expect(meaning(400, openAi(`Bad request. Your input was: ${echo}`))).toBe('refused');
    expect(meaning(403, { error: { message: 'no', metadata: { flagged_input: 'insufficient_quota' } } })).toBe(
      'filtered',
    );
    expect(meaning(422, { detail: [{ msg: 'Field required', input: 'the model does not exist' }] })).toBe('refused');
  });
});
