/** The policy of the company whose window it is: the shipped rules with a mapping of its own (`access.yml`). */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../stage/machine.ts';

export type PolicyFolder = Disposable & { readonly path: string };

export function policyFolder(): PolicyFolder {
  const path = mkdtempSync(join(tmpdir(), 'portcullis-bench-policy-'));
  for (const name of readdirSync(join(ROOT, 'policy'))) {
    if (name.includes('.cedar')) cpSync(join(ROOT, 'policy', name), join(path, name));
  }
  cpSync(join(import.meta.dirname, 'access.yml'), join(path, 'access.yml'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
