import { userInfo } from 'node:os';

/** The account that started the program: who did it, when nobody is named. */
export function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that has no name.
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
