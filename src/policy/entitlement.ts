/** An entitlement is `resource:level`; a pattern of entitlements may have wildcards on either side. */
const EXACT = /^[\p{L}\p{N}][\p{L}\p{N}._/-]*:[\p{L}\p{N}][\p{L}\p{N}._-]*$/u;
const PATTERN = /^[\p{L}\p{N}._/*?{},-]+:[\p{L}\p{N}._*?{},-]+$/u;

export const isEntitlement = (text: string): boolean => EXACT.test(text);
export const isEntitlementPattern = (text: string): boolean => PATTERN.test(text);

export const ENTITLEMENT_SHAPE = 'expected `resource:level`, such as `repo:read`';
export const ENTITLEMENT_PATTERN_SHAPE = 'expected a pattern of `resource:level`, such as `repo:read` or `*:admin`';
