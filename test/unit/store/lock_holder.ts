/** Run as a child: holds the lock on the folder in its argument until it is killed, or ends when told to. */

import { takeLock } from '../../../src/store/lock.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { LockedError } from '../../../src/util/errors.ts';

try {
  const lock = await takeLock(process.argv[2] ?? '', systemClock);
  process.stdout.write('held\n');
  process.stdin.once('data', async () => {
    await lock.release();
    process.exit(0);
  });
} catch (error) {
  process.stdout.write(error instanceof LockedError ? `refused: ${error.message}\n` : `failed: ${error}\n`);
  process.exit(3);
}
