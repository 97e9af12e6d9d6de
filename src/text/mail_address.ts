/**
 * Whether an address can stand in the header of a mail as it is: letters, digits and the signs that mean nothing there.
 * No blank, line break, comma, quote or bracket, and nothing beyond ASCII, for which old mail servers have no way.
 */
export const isPlainAddress = (address: string): boolean =>
  address.length <= 254 && /^[\w!#$%&'*+/=?^`{|}~.-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$/.test(address);
