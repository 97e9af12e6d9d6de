import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import * as kind from '../../../src/config/kinds.ts';

type Case = {
  readonly schema: z.ZodType;
  readonly good: readonly [string, unknown][];
  readonly bad: readonly string[];
};

const KINDS: Record<string, Case> = {
  text: {
    schema: kind.text,
    good: [
      ['a', 'a'],
      [' a b ', 'a b'],
    ],
    bad: ['', '   '],
  },
  'address of a receiver': {
    schema: kind.webhookUrl,
    good: [
      ['https://hooks.example.com/p/a?key=1', 'https://hooks.example.com/p/a?key=1'],
      [' http://127.0.0.1:8080/hook ', 'http://127.0.0.1:8080/hook'],
      ['http://[::1]:8080', 'http://[::1]:8080'],
    ],
    bad: [
      'http://hooks.example.com/p',
      'https://user:password@hooks.example.com',
      'https://hooks.example.com/#a',
      'ftp://hooks.example.com',
      'https:hooks.example.com',
      'hooks.example.com',
      'https://',
    ],
  },
  'secret of a receiver': {
    schema: kind.webhookSecret,
    good: [
      [`whsec_${'A'.repeat(32)}`, `whsec_${'A'.repeat(32)}`],
      [` whsec_${Buffer.alloc(64, 7).toString('base64')}\n`, `whsec_${Buffer.alloc(64, 7).toString('base64')}`],
      ['a text of 24 characters.', 'a text of 24 characters.'],
    ],
    bad: ['', 'too short', `whsec_${'A'.repeat(28)}`, `whsec_${'A'.repeat(90)}`, `whsec_${'%'.repeat(40)}`, 'whsec_'],
  },
  'host name': {
    schema: kind.hostName,
    good: [
      ['Portcullis.Monitoring.svc.', 'portcullis.monitoring.svc'],
      ['a', 'a'],
    ],
    bad: ['a:9464', 'http://a', 'a b', '*', '', 'a/b'],
  },
  flag: {
    schema: kind.flag,
    good: [
      ['true', true],
      ['FALSE', false],
      [' True ', true],
    ],
    bad: ['1', '0', 'yes', 'no', 'on', 'off', 'truee', 't', 'null', '"true"'],
  },
  'whole number': {
    schema: kind.wholeNumber(0, 24),
    good: [
      ['0', 0],
      ['24', 24],
      [' 7 ', 7],
      ['08', 8],
    ],
    bad: ['25', '-1', '+1', '1.0', '1e1', '0x10', '1 2', 'NaN', 'Infinity', '٣', '１', '9999999999'],
  },
  seconds: {
    schema: kind.seconds(0.1, 600),
    good: [
      ['30', 30_000],
      ['0.1', 100],
      ['0.25', 250],
      ['600', 600_000],
    ],
    bad: ['0', '600.1', '-1', '1e2', '.5', '30s', '30,5', '0.0001', 'Infinity'],
  },
  'one of': {
    schema: kind.oneOf(['low', 'high']),
    good: [
      ['low', 'low'],
      [' HIGH ', 'high'],
    ],
    bad: ['medium', 'lo', 'low,high'],
  },
  'https address': {
    schema: kind.httpsUrl,
    good: [
      ['https://vault.example.com:6443/ztna/acme', 'https://vault.example.com:6443/ztna/acme'],
      ['https://vault.example.com/ztna/acme/root///', 'https://vault.example.com/ztna/acme/root'],
      ['https://[::1]:6443', 'https://[::1]:6443'],
    ],
    bad: [
      'http://vault.example.com',
      'vault.example.com',
      '//vault.example.com',
      'ftp://vault.example.com',
      'javascript:alert(1)',
      'file:///etc/passwd',
      'https://',
      'https://user@vault.example.com',
      'https://user:pass@vault.example.com',
      'https://:pass@vault.example.com',
      'https://vault.example.com/?a=1',
      'https://vault.example.com/#x',
      'https://vault example.com',
      'https://vault.example.com/a b',
      'https:\\\\vault.example.com',
      'https:vault.example.com',
      'https://vault.\nexample.com',
    ],
  },
  'address that a key travels to': {
    schema: kind.httpUrlForKeys,
    good: [
      ['https://llm.example.com/v1/', 'https://llm.example.com/v1'],
      ['http://localhost:11434/v1', 'http://localhost:11434/v1'],
      ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
      ['http://[::1]:8080', 'http://[::1]:8080'],
    ],
    bad: [
      'http://llm.example.com/v1',
      'http://localhost.example.com',
      'http://127.0.0.1.example.com',
      'http://10.0.0.1',
      'http://localhost@example.com',
      'ws://localhost',
      'localhost:8080',
    ],
  },
  'address of a proxy': {
    schema: kind.proxyUrl,
    good: [
      ['http://proxy.example.com:3128', 'http://proxy.example.com:3128'],
      [' https://proxy.example.com/ ', 'https://proxy.example.com/'],
      ['http://user:p%40ss%3Aword@10.0.0.1:3128', 'http://user:p%40ss%3Aword@10.0.0.1:3128'],
      ['http://user@[::1]:3128', 'http://user@[::1]:3128'],
    ],
    bad: [
      'proxy.example.com:3128',
      'proxy',
      'http:proxy.example.com',
      'http:\\\\proxy.example.com',
      'socks5://proxy.example.com',
      'file:///etc/passwd',
      'http://',
      'http://proxy.example.com/path',
      'http://proxy.example.com/?a=1',
      'http://proxy.example.com/#x',
      'http://proxy example.com',
      'http://user:%ZZ@proxy.example.com',
      'http://proxy.example.com:99999',
    ],
  },
  'mail address': {
    schema: kind.email,
    good: [
      ['lead@example.com', 'lead@example.com'],
      [' a.b+c@mail.example.co.uk ', 'a.b+c@mail.example.co.uk'],
    ],
    bad: [
      'lead',
      'lead@example',
      '@example.com',
      'a b@example.com',
      'a@b@example.com',
      '<lead@example.com>',
      'Lead <lead@example.com>',
      'lead@example.com\r\nbcc:x@y.example',
      'a@x.com;b@x.com',
    ],
  },
  'mail addresses': {
    schema: kind.list(kind.email),
    good: [
      ['a@x.example', ['a@x.example']],
      [' a@x.example , b@x.example ', ['a@x.example', 'b@x.example']],
    ],
    bad: ['a@x.example,', ',', 'a@x.example;b@x.example', 'a@x.example,b'],
  },
  words: {
    schema: kind.list(kind.word),
    good: [['AssetUnlock,AssetView', ['AssetUnlock', 'AssetView']]],
    bad: ['Asset Unlock', '../x', 'a/b', '1a', 'a,,b', 'a%2fb'],
  },
  token: {
    schema: kind.jwt,
    good: [
      ['eyJh.eyJv.c2ln', 'eyJh.eyJv.c2ln'],
      ['a.b.', 'a.b.'],
      [' a-_.b.c ', 'a-_.b.c'],
    ],
    bad: ['abc', 'a.b', 'a.b.c.d', 'Bearer a.b.c', '.b.c', 'a.b.c\nx', 'a b.c.d', 'ä.b.c'],
  },
  'time zone': {
    schema: kind.timeZone,
    good: [
      ['UTC', 'UTC'],
      ['Europe/Berlin', 'Europe/Berlin'],
      ['America/Argentina/Ushuaia', 'America/Argentina/Ushuaia'],
    ],
    bad: ['Berlin', 'Europe/Atlantis', '+01:00', 'UTC+1', 'CEST?', 'local'],
  },
  schedule: {
    schema: kind.cron,
    good: [
      ['0 */4 * * *', '0 */4 * * *'],
      ['*/30 0 8 * * 1-5', '*/30 0 8 * * 1-5'],
      ['0 2 * * sun', '0 2 * * sun'],
    ],
    bad: [
      '',
      '* * * *',
      '60 * * * *',
      '0 25 * * *',
      'every day',
      '0 0 * * * * *',
      '0 0 32 * *',
      '0 0 * 13 *',
      '*/0 * * * *',
    ],
  },
  path: {
    schema: kind.path(),
    good: [['/api/request/auditor-requests', '/api/request/auditor-requests']],
    bad: [
      'api/request',
      'https://evil.example/x',
      '/a?b=1',
      '/a#b',
      '/a b',
      '/../admin',
      '/a/../../b',
      '/a\\b',
      '/%2e%2e',
      '//evil.example/x',
    ],
  },
  'path with an id': {
    schema: kind.path('{id}'),
    good: [['/api/request/approve/{id}', '/api/request/approve/{id}']],
    bad: ['/api/request/approve', '/api/request/approve/{ID}', '/api/request/approve/:id'],
  },
};

describe.each(Object.entries(KINDS))('A setting of kind %s', (_kind, { schema, good, bad }) => {
  test.each(good)('takes %j', (text, value) => {
    expect(schema.safeParse(text)).toMatchObject({ success: true, data: value });
  });
  test.each(bad)('refuses %j and says what is allowed', (text) => {
    const parsed = schema.safeParse(text);
    expect(parsed.success).toBe(false);
    for (const { message } of parsed.error?.issues ?? []) expect(message).toMatch(/^(must|may|Too small)/);
  });
});
