/** Run as a child under a limit on file sizes: appends until that fails, as it must, with a storage fault. */

import { appendDurably } from '../../../src/store/files.ts';
import { StorageError } from '../../../src/util/errors.ts';

try {
  for (let i = 0; i < 200; i++) await appendDurably(process.argv[2] ?? '', 'a line of the ledger\n');
  process.exit(1);
} catch (error) {
  process.exit(error instanceof StorageError ? 0 : 2);
}
