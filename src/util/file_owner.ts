import { readFile, stat } from 'node:fs/promises';

/** Who owns a file and when it was last written to, as far as the system tells; null for what cannot be asked. */
export type Touched = { readonly owner: string | null; readonly modified: number };

export async function touchedBy(file: string): Promise<Touched | null> {
  try {
    const { uid, mtimeMs } = await stat(file);
    return { owner: await nameOf(uid), modified: Math.floor(mtimeMs) };
  } catch {
    return null;
  }
}

/** Windows knows no numbers of users, and says 0 for everybody. */
async function nameOf(uid: number): Promise<string | null> {
  if (process.platform === 'win32') return null;
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  const line = accounts.split('\n').find((one) => one.split(':')[2] === `${uid}`);
  return line?.split(':')[0] || `uid ${uid}`;
}
