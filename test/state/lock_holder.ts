/** Run as a child: holds the lock on the folder in its argument until it is killed, or ends when told to. */
import { systemClock } from '../../src/kit/clock.ts';
import { LockedError } from '../../src/kit/errors.ts';
import { takeLock } from '../../src/state/lock.ts';

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
