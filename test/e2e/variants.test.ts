/** The same run against vaults that differ in everything their guide leaves open, and with settings at their edges. */
import { describe, expect, test } from 'vitest';
import type { KnobSettings } from '../../simulator/vault/knobs.ts';
import { DAY, openPlace, type Place } from './place.ts';
import { byTag } from './tagged_model.ts';

const tagged = { model: { behaviour: byTag } };

function fill(place: Place): void {
  const old = { created: place.now() - 12 * DAY, requestedTo: place.now() + 30 * DAY };
  place.request('a low one', 'low');
  place.request('a critical one', 'critical');
  place.request('a stale grant', 'low', { ...old, status: 'Approved', approved: place.now() - 10 * DAY });
  place.request("the agent's own", 'low', { requestor: place.sim.vault.agent });
}
const RIGHT = ['approve a low one', 'complete a stale grant', 'reject a critical one'];

describe.concurrent('vaults of every kind', () => {
  const VAULTS: Readonly<Record<string, KnobSettings>> = {
    'times as ISO 8601, discovery by the small document': {
      times: 'iso',
      discovery: 'agent-json',
      pointerName: 'openapi',
    },
    'times as digits, no discovery, no total': { times: 'digits', discovery: 'none', totalName: 'absent' },
    'other field names, requestor as text': {
      names: {
        id: 'uuid',
        created: 'createdAt',
        approved: 'approvals',
        message: 'reason',
        requestor: 'createdBy',
        entityId: 'asset.id',
        entityName: 'asset.name',
      },
      requestorShape: 'text',
      totalName: 'rowCount',
    },
    'yet other field names, everything refused with 500': {
      names: {
        id: 'requestId',
        created: 'requested',
        approved: 'approvedDate',
        message: 'justification',
        requestor: 'requester',
        entityId: 'assetId',
        entityName: 'assetName',
      },
      refusalStatus: '500',
      messageForm: 'nested',
    },
    'moved operations with snake names, codes in JSON': {
      mcpPath: '/api/v2/agents',
      operationIds: 'snake',
      messageForm: 'json',
    },
    'a pointer to a foreign origin, which is not followed': { discovery: 'agent-json', pointerTarget: 'foreign' },
    'a server entry of a foreign origin, which is not believed': { specServers: 'foreign', operationIds: 'camel' },
    'credentials as fields, filed under another action': {
      credentialShape: 'fields',
      filedAs: 'AssetConnect',
      statusShape: 'data',
    },
    'credentials as a list, granted at once': {
      credentialShape: 'data',
      credentialApproval: { polls: 0 },
      statusShape: 'object',
    },
    'credentials that a person takes a while to grant': { credentialApproval: { polls: 4 } },
    'assets of another shape, two per page': {
      assetTypeShape: 'assetType-text',
      containerShape: 'container-without-path',
      tagShape: 'term',
      pageCap: 2,
    },
  };
  test.each(Object.entries(VAULTS))('%s', async (_name, vault) => {
    await using place = await openPlace({ ...tagged, vault }, { DEEP_ANALYSIS: 'true' });
    fill(place);
    const { code, report } = await place.run();
    expect(place.acts().sort()).toEqual(RIGHT);
    expect(code).toBe(0);
    expect(report).toContain('/Test');
    expect(place.openCredentials()).toEqual([]);
    expect(place.sim.mailbox.mails.map(({ recipients }) => recipients.length)).toEqual([2]);
    expect(place.leaks()).toEqual([]);
    const second = await place.run();
    expect([second.code, place.acts().length]).toEqual([0, 3]);
  });

  test.each(['svc-portcullis', 'SVC-PORTCULLIS@corp.example', 'CORP\\svc-portcullis'])(
    'a token that names nobody and AGENT_USERNAME=%s: own requests are known',
    async (AGENT_USERNAME) => {
      await using place = await openPlace({ ...tagged, tokenNamesUser: false }, { AGENT_USERNAME });
      fill(place);
      const { code } = await place.run();
      expect(place.acts().sort()).toEqual(RIGHT);
      expect(code).toBe(0);
    },
  );
});

describe.concurrent('keys, tokens and certificates that are no good', () => {
  test('an expired token: the line says whose it is and when it ended', async () => {
    await using place = await openPlace(tagged);
    fill(place);
    const expires = place.now() - DAY;
    const VAULT_API_TOKEN = place.sim.vault.issueToken({ expires });
    const { code, record } = await place.run({ settings: { VAULT_API_TOKEN } });
    expect(code).toBe(1);
    expect(place.acts()).toEqual([]);
    expect(record.problems[0]?.message).toContain(
      `401 (the token of \`svc-portcullis\` expired ${new Date(expires).toISOString().slice(0, 16)}`,
    );
    expect([...place.written().values()].some((text) => text.includes(VAULT_API_TOKEN))).toBe(false);
  });

  test('an untrusted certificate of the vault: exit 1, VAULT_CA_FILE is named, the token was never sent', async () => {
    await using place = await openPlace(tagged, { VAULT_CA_FILE: '' });
    const { code, record } = await place.run();
    expect(code).toBe(1);
    expect(record.problems[0]?.message).toMatch(/certificate/);
    expect(record.problems[0]?.advice).toMatch(/VAULT_CA_FILE/);
    expect(place.sim.journal.calls.filter(({ upstream }) => upstream === 'vault')).toEqual([]);
  });

  test('an untrusted certificate of the model: everything unscored, OPENAI_CA_FILE is named, exit 4', async () => {
    await using place = await openPlace(tagged, { OPENAI_CA_FILE: '' });
    fill(place);
    const { code, record } = await place.run();
    expect(code).toBe(4);
    expect(place.acts()).toEqual(['complete a stale grant']);
    expect(record.problems.map(({ advice }) => advice).join()).toMatch(/OPENAI_CA_FILE/);
    expect(place.openCredentials()).toEqual([]);
  });

  test('an untrusted certificate of the mail: the run is done, the mail is kept, ALERT_CA_FILE is named, exit 4', async () => {
    await using place = await openPlace(tagged, { ALERT_CA_FILE: '' });
    fill(place);
    const { code, record } = await place.run();
    expect(code).toBe(4);
    expect(place.acts().sort()).toEqual(RIGHT);
    expect(place.outbox()).toHaveLength(1);
    expect(record.problems.map(({ advice }) => advice).join()).toMatch(/ALERT_CA_FILE/);
    expect(place.leaks()).toEqual([]);
  });

  test.each([
    ['OPENAI_API_KEY', { OPENAI_ASSET_ID: '', OPENAI_API_KEY: 'sk-wrong-key-0815' }, 'sk-wrong-key-0815'],
    [
      'ALERT_CLIENT_SECRET',
      { ALERT_SECRET_ASSET_ID: '', ALERT_CLIENT_SECRET: 'wrong-secret-0815' },
      'wrong-secret-0815',
    ],
  ])('a wrong %s is told without being shown', async (_name, settings, secret) => {
    await using place = await openPlace(tagged, settings);
    fill(place);
    const { code } = await place.run();
    expect(code).toBe(4);
    expect([...place.written().values()].filter((text) => text.includes(secret))).toEqual([]);
  });

  test('a model that the endpoint does not know: unscored, OPENAI_MODEL is named', async () => {
    await using place = await openPlace(tagged, { OPENAI_MODEL: 'gpt-imaginary' });
    fill(place);
    const { code, report } = await place.run();
    expect(code).toBe(4);
    expect(report.replaceAll('\\', '')).toMatch(/OPENAI_MODEL/);
  });

  test('an authority that Node itself was told to trust is trusted, as in version 0.1', async () => {
    await using place = await openPlace(tagged);
    fill(place);
    const { VAULT_CA_FILE: file = '' } = place.settings;
    const without = await place.start(['run'], { VAULT_CA_FILE: '' }).ended;
    expect(without.code, without.stderr).toBe(1);
    expect(`${without.stdout}${without.stderr}`).toMatch(/certificate comes from an authority that is not trusted/);
    expect(place.sim.journal.calls.filter(({ upstream }) => upstream === 'vault')).toEqual([]);
    const { code, stderr } = await place.start(['run'], { VAULT_CA_FILE: '', NODE_EXTRA_CA_CERTS: file }).ended;
    expect(code, stderr).toBe(0);
  });

  test('proxy variables of the environment decide nothing', async () => {
    await using place = await openPlace(tagged);
    fill(place);
    const proxy = 'http://127.0.0.1:9';
    const env = {
      HTTPS_PROXY: proxy,
      https_proxy: proxy,
      HTTP_PROXY: proxy,
      ALL_PROXY: proxy,
      NODE_USE_ENV_PROXY: '1',
    };
    const { code, stderr } = await place.start(['run'], env).ended;
    expect(code, stderr).toBe(0);
    expect(place.acts().sort()).toEqual(RIGHT);
  });
});

describe.concurrent('when a mail goes out', () => {
  const off = { ALERT_ON_RUN_SUMMARY: 'false', ALERT_ON_HIGH_RISK: 'false', ALERT_ON_ANOMALY: 'false' };
  const noMail = Object.fromEntries(
    ['ALERT_TENANT_ID', 'ALERT_CLIENT_ID', 'ALERT_SECRET_ASSET_ID', 'ALERT_SENDER_EMAIL', 'ALERT_RECIPIENT_EMAILS'].map(
      (name) => [name, ''],
    ),
  );
  test.each([
    ['every trigger off', off, ['high'], 0],
    ['only for high risk, and there is none', { ...off, ALERT_ON_HIGH_RISK: 'true' }, ['medium'], 0],
    ['only for high risk, and something was done', { ...off, ALERT_ON_HIGH_RISK: 'true' }, ['low'], 1],
    ['only for high risk, and there is one', { ...off, ALERT_ON_HIGH_RISK: 'true' }, ['high'], 1],
    ['only for anomalies, and there is none', { ...off, ALERT_ON_ANOMALY: 'true' }, ['medium'], 0],
    ['after every run', { ...off, ALERT_ON_RUN_SUMMARY: 'true' }, ['low'], 1],
    ['no mail configured at all', noMail, ['critical'], 0],
  ] as const)('%s', async (_name, settings, risks, mails) => {
    await using place = await openPlace(tagged, settings);
    for (const risk of risks) place.request(`a ${risk} one`, risk);
    const { code } = await place.run();
    expect(code).toBe(0);
    expect(place.sim.mailbox.mails).toHaveLength(mails);
    // Nobody is asked for a secret that is not needed.
    expect(place.sim.journal.of('submit')).toHaveLength(1 + mails);
    expect(place.reportFiles()).toHaveLength(1);
  });
});
