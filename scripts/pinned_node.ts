import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

type Version = readonly [number, number, number];

/** Whether the Node that npm brings is the newest of its major version, in one line, by the registry that npm is set to. */
export async function aboutPinnedNode(root: string): Promise<string> {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const pins = Object.entries(optionalDependencies).filter(([name]) => /^node-(linux|darwin|win)-/.test(name));
  const pinned = [...new Set(pins.map(([, version]) => version))];
  const [first = ''] = pinned;
  if (pinned.length !== 1) return `note: one Node must be pinned for all processors, not ${pinned.join(' and ')}`;
  try {
    const newest = newestOfAll(
      await Promise.all(pins.map(([name]) => versionsOf(root, name))),
      Number.parseInt(first, 10),
    );
    return newest === first
      ? `Node ${first} is pinned: the newest ${Number.parseInt(first, 10)} that npm has for every processor`
      : `note: Node ${first} is pinned, and npm has ${newest ?? 'it no longer'} for every processor`;
  } catch (error) {
    return `note: npm could not be asked whether Node ${first} is the newest: ${reasonOf(error)}`;
  }
}

/** The newest version of this major that is in every list; null when there is none. What is no plain version is passed over. */
function newestOfAll([some = [], ...others]: readonly (readonly string[])[], major: number): string | null {
  const common = some.filter((version) => others.every((list) => list.includes(version)));
  const plain = common.filter((version) => /^\d+\.\d+\.\d+$/.test(version) && Number.parseInt(version, 10) === major);
  const numbers = (version: string) => version.split('.').map(Number) as unknown as Version;
  const older = (one: Version, other: Version) => one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
  return plain.sort((one, other) => older(numbers(one), numbers(other))).at(-1) ?? null;
}

async function versionsOf(root: string, name: string): Promise<string[]> {
  const patience = ['--fetch-retries=0', '--fetch-timeout=20000'];
  const { stdout } = await promisify(execFile)('npm', ['view', name, 'versions', '--json', ...patience], { cwd: root });
  // npm writes a list of one as the one.
  return [JSON.parse(stdout) as string | string[]].flat();
}

function reasonOf(error: unknown): string {
  const { stderr = '', message } = error as Error & { readonly stderr?: string };
  return /^npm error code (\w+)/m.exec(stderr)?.[1] ?? message.split('\n')[0] ?? '';
}
