import { userInfo } from 'node:os';
import { plainLine } from '../../text/plain_text.ts';
import { ConfigError } from '../../util/errors.ts';

/**
 * Who does something: the name that was given with `option`, else the account that started the program.
 * @throws {ConfigError} when the name holds nothing that can be read
 */
export function personOf(option: `--${string}`, given: string | null): string {
  const name = plainLine(given ?? osUser(), 100);
  if (name === '') throw new ConfigError([{ setting: option, message: 'must name somebody' }]);
  return name;
}

function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that has no name.
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
