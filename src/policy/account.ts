import { type AccessRequest, sameUser } from '../domain/access_request.ts';

/**
 * Whether an account of the policy's files is the one that the vault names. Like `sameUser`, but two domains that are both
 * given and differ are two accounts: roles, exceptions and approvals loosen something, so here a doubt means "no".
 */
export function sameAccount(a: string, b: string): boolean {
  const [one, other] = [domainOf(a), domainOf(b)];
  return sameUser(a, b) && (one === null || other === null || one === other);
}

/** `CORP` for `CORP\anna`, `corp` for `anna@corp.example`: both spellings of one domain begin alike. */
function domainOf(account: string): string | null {
  const plain = account.normalize('NFKC').trim().toLowerCase();
  const backslash = plain.lastIndexOf('\\');
  const domain = backslash > 0 ? plain.slice(0, backslash) : plain.slice(backslash + 1).split('@')[1];
  return domain?.split('.')[0] || null;
}

/** The account that asked: the display name stands in only when the vault gives no other. */
export const accountOf = ({ requestor }: AccessRequest): string | null =>
  [requestor.name, requestor.displayName].find((name) => name !== null && name.trim() !== '') ?? null;

/**
 * Whether `account` may be the one who asked. A doubt means "yes": the answer is used to keep people from approving
 * themselves.
 */
export function isRequestor({ requestor }: AccessRequest, account: string): boolean {
  return [requestor.id, requestor.name, requestor.displayName].some((name) => name !== null && sameUser(name, account));
}
