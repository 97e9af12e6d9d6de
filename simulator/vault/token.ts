/** The vault's bearer tokens: JWTs which name a user, signed with a key that only this server knows. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export type Claims = { iss: string; sub: string; iat: number; exp: number; jti: string; ousr?: string };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const signature = (text: string, key: string) => createHmac('sha256', key).update(text).digest();

export function signToken(claims: Claims, key: string): string {
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${signature(text, key).toString('base64url')}`;
}

/** The claims of a token which this server signed and which has not run out; undefined for any other. */
export function readToken(authorization: string | undefined, key: string, now: number): Claims | undefined {
  const [, head, body, sign] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization ?? '') ?? [];
  if (!head || !body || !sign) return undefined;
  const expected = signature(`${head}.${body}`, key);
  const given = Buffer.from(sign, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Claims;
  return claims.exp * 1000 > now ? claims : undefined;
}
