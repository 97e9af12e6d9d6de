/** Run as a child under a limit on file sizes: appends until that fails, as it must, with a storage fault. */
import { StorageError } from '../../src/kit/errors.ts';
import { appendDurably } from '../../src/state/files.ts';

try {
  for (let i = 0; i < 200; i++) await appendDurably(process.argv[2] ?? '', 'a line of the journal\n');
  process.exit(1);
} catch (error) {
  process.exit(error instanceof StorageError ? 0 : 2);
}
