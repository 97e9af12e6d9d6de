import { afterAll, beforeAll, expect, test } from 'vitest';
import { TROUBLE_NAMES, troubleOf } from '../../../simulator/microsoft/troubles.ts';
import { type Simulator, startSimulator } from '../../../simulator/simulator.ts';
import { createMailer } from '../../../src/mail/graph_mailer.ts';
import { UPSTREAM_CODES, UpstreamError } from '../../../src/util/errors.ts';

let sim: Simulator;
beforeAll(async () => {
  sim = await startSimulator({ data: 'none' });
});
afterAll(() => sim.close());

async function failure(): Promise<UpstreamError> {
  const { settings, vault, estate } = sim;
  const mailer = createMailer({
    tenantId: settings.ALERT_TENANT_ID ?? '',
    clientId: settings.ALERT_CLIENT_ID ?? '',
    authorityHost: settings.ALERT_AUTHORITY_HOST ?? '',
    graphBaseUrl: settings.GRAPH_BASE_URL ?? '',
    clientSecret: async () => vault.asset(estate.graphSecret.id)?.credential?.password ?? '',
    ...{ sender: settings.ALERT_SENDER_EMAIL ?? '', recipients: ['a@b.example'], format: 'html', ca: sim.caPem },
    ...{ proxy: undefined, timeoutMs: 10_000, clock: { now: () => Date.now(), sleep: async () => {} } },
  });
  const error = await mailer
    .send({ runId: '1', subject: 's', html: '<p>h</p>', text: 't' })
    .then(
      () => expect.fail('the mail was taken'),
      (e: unknown) => e,
    )
    .finally(mailer.close);
  expect(error).toBeInstanceOf(UpstreamError);
  return error as UpstreamError;
}

const WITHOUT_WORDS = ['answer-lost'];

test.each(TROUBLE_NAMES)('the trouble `%s` is played, and has advice of its own', async (name) => {
  const fault = sim.faults.add(troubleOf(name));
  const error = await failure().finally(fault.remove);
  const general = Object.values(UPSTREAM_CODES).some(({ about }) => error.advice.startsWith(about));
  expect(general).toBe(WITHOUT_WORDS.includes(name));
  expect(error.maybeDone).toBe(name === 'answer-lost' || name === 'gateway-lost-it');
});
