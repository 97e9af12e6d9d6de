import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createHeartbeat } from '../../../src/daemon/heartbeat.ts';
import type { RunRecord } from '../../../src/domain/run_record.ts';
import type { Log } from '../../../src/util/log.ts';
import { aRecord } from '../../helpers/records.ts';
import { monitor } from './monitor.ts';

const PATH = '/ping/5ecret-c0de';
const RUN = aRecord().runId;
const ended = (part: Partial<RunRecord> = {}) => Promise.resolve({ record: aRecord(part) });

function listening() {
  const lines: string[] = [];
  const say = (event: string, data?: object) => void lines.push(`${event} ${JSON.stringify(data)}`);
  const log: Log = { info: say, warn: say, error: say };
  return { log, lines };
}

afterEach(() => void vi.unstubAllEnvs());

describe('around a cycle', () => {
  test.each([
    ['done', ''],
    ['done-with-problems', '/fail'],
    ['failed', '/fail'],
    ['stopped', '/fail'],
    ['ledger-not-trusted', '/fail'],
  ] as const)('the monitor hears of its start, and of an end that is %s at %s', async (verdict, suffix) => {
    const { url, heard } = await monitor();
    const { log, lines } = listening();
    await createHeartbeat(url, log)(() => ended({ verdict }));
    expect(heard).toEqual([
      { line: `POST ${PATH}/start`, body: 'started\n' },
      { line: `POST ${PATH}${suffix}`, body: `run ${RUN}: ${verdict}\n` },
    ]);
    expect(lines).toEqual([]);
  });

  test('an exception is a failure for the monitor, and goes on to whoever began the cycle', async () => {
    const { url, heard } = await monitor();
    const cycle = async () => {
      throw new Error('the disk is on fire at VAULT_API_TOKEN');
    };
    await expect(createHeartbeat(url, listening().log)(cycle)).rejects.toThrow('the disk is on fire');
    expect(heard[1]).toEqual({ line: `POST ${PATH}/fail`, body: 'ended with an exception\n' });
  });

  test('a halted run says so beside its verdict', async () => {
    const { url, heard } = await monitor();
    const halt = { source: 'file', since: 0, by: 'anna', reason: 'secret matters' } as const;
    await createHeartbeat(url, listening().log)(() => ended({ halt }));
    expect(heard[1]?.body).toBe(`run ${RUN}: done, halted\n`);
  });

  test('without an address nothing is sent and nothing is logged', async () => {
    const { log, lines } = listening();
    expect((await createHeartbeat(undefined, log)(() => ended())).record.verdict).toBe('done');
    expect(lines).toEqual([]);
  });

  test('the cycle does not wait for its start to be heard, and its end is told after it', async () => {
    let letGo = () => {};
    const asked = new Promise<void>((resolve) => (letGo = resolve));
    const order: string[] = [];
    const { url } = await monitor(async (path, response) => {
      if (path.endsWith('/start')) await asked.then(() => sleep(30));
      order.push(`answered ${path}`);
      response.end('OK');
    });
    await createHeartbeat(
      url,
      listening().log,
    )(async () => {
      order.push('cycle');
      letGo();
      return ended();
    });
    expect(order).toEqual(['cycle', `answered ${PATH}/start`, `answered ${PATH}`]);
  });
});

describe('a monitor that is broken changes nothing about the cycle, and is told in the log without its address', () => {
  const PATIENCE_MS = 150;

  /** What is logged for each of the two pings. */
  async function told(url: string): Promise<string[]> {
    const { log, lines } = listening();
    const { record } = await createHeartbeat(url, log, PATIENCE_MS)(() => ended());
    expect(record.verdict).toBe('done');
    expect(lines.join('\n')).not.toMatch(/5ecret|127\.0\.0\.1|elsewhere/);
    return lines;
  }
  const twice = (why: string) =>
    ['start', 'success'].map((ping) => `heartbeat.failed ${JSON.stringify({ ping, why })}`);

  test('one that never answers costs its time-out and no more', async () => {
    expect(await told((await monitor(() => {})).url)).toEqual(twice('no answer in time'));
  });

  test('one that fails', async () => {
    const { url } = await monitor((_, response) => void response.writeHead(500).end(PATH));
    expect(await told(url)).toEqual(twice('it answered 500'));
  });

  test('one that knows no such address', async () => {
    const { url } = await monitor((_, response) => void response.writeHead(404).end());
    expect(await told(url)).toEqual(twice('it answered 404'));
  });

  test('one that sends elsewhere: nobody goes there', async () => {
    const elsewhere = await monitor();
    const { url } = await monitor((_, response) => void response.writeHead(307, { location: elsewhere.url }).end());
    expect(await told(url)).toEqual(twice('it answered with a redirect, which is not followed'));
    expect(elsewhere.heard).toEqual([]);
  });

  test('one that is not there', async () => {
    const { url, close } = await monitor();
    close();
    expect(await told(url)).toEqual(twice('connection refused'));
  });

  test('one that hangs up', async () => {
    const { url } = await monitor((_, response) => void response.destroy());
    expect(await told(url)).toEqual(twice('connection dropped'));
  });

  test('one that answers without end is not listened to', async () => {
    const { url } = await monitor(async (_, response) => {
      response.on('error', () => {});
      while (!response.destroyed) {
        response.write('OK '.repeat(10_000));
        await sleep(1);
      }
    });
    expect(await told(url)).toEqual([]);
  });

  test('one that sends headers without end is not listened to', async () => {
    const { url } = await monitor(
      (_, response) => void response.writeHead(200, { 'x-long': 'a'.repeat(60_000) }).end(),
    );
    expect(await told(url)).toHaveLength(2);
  });
});

test('the proxy of the environment does not hear of it', async () => {
  const proxy = await monitor();
  const real = await monitor();
  const address = `http://127.0.0.1:${proxy.port}`;
  for (const name of ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY']) vi.stubEnv(name, address);
  vi.stubEnv('NODE_USE_ENV_PROXY', '1');
  await createHeartbeat(real.url, listening().log)(() => ended());
  expect([proxy.heard.length, real.heard.length]).toEqual([0, 2]);
});
