import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secretFrom } from '../../../src/vault/secret.ts';

test.each<[string, unknown]>([
  ['user and password', { user: 'openai', password: 's3cret' }],
  ['fields', { fields: { User: 'openai', Password: 's3cret' } }],
  [
    'a list of names and values',
    {
      data: [
        { name: 'User', value: 'x' },
        { name: 'Password', value: 's3cret' },
      ],
    },
  ],
  ['a bare list', [{ name: 'password', value: 's3cret' }]],
  ['fields as a list', { fields: [{ name: 'Password', value: 's3cret' }] }],
  ['an envelope', { data: { user: 'x', password: 's3cret' } }],
  ['an envelope around fields', { data: { fields: { Password: 's3cret' } } }],
  ['an API key', { user: 'x', apiKey: 's3cret' }],
  ['a client secret', { fields: { 'Client Secret': 's3cret', 'Client Id': 'id' } }],
  ['a password that wins over a lesser name', { token: 'no', value: 'no', Password: 's3cret' }],
])('a secret is found in %s', (_name, body) => expect(secretFrom(body)).toBe('s3cret'));

test.each([
  ['nothing', {}],
  ['an empty password', { password: '' }],
  ['no text', { password: 5 }],
  ['a user only', { user: 'x' }],
  ['null', null],
  ['a text', 's3cret'],
  ['a list of others', [{ name: 'User', value: 'x' }, null, 5]],
  ['a prototype', JSON.parse('{"__proto__":{"password":"x"}}')],
])('%s is no secret, and nothing is taken for one', (_name, body) => expect(secretFrom(body)).toBeNull());

test('an answer that is nested without end holds none', () => {
  const bomb = `${'{"data":'.repeat(200_000)}{"password":"x"}${'}'.repeat(200_000)}`;
  expect(secretFrom(JSON.parse(bomb))).toBeNull();
});

test('blanks at its ends belong to a secret', () => expect(secretFrom({ password: ' a b ' })).toBe(' a b '));

test('no answer makes the search fail, and what it finds stands in the answer', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      const secret = secretFrom(body);
      if (secret !== null) expect(JSON.stringify(body)).toContain(JSON.stringify(secret));
    }),
  );
});
