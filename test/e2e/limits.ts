/** Disks that are full or read-only for one program, made with real means and without special rights where that is possible. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Place } from './place.ts';

/** For root the modes of folders count only without these two rights. */
const UNPRIVILEGED = 'setpriv --bounding-set -dac_override,-dac_read_search';

export type Limit = {
  /** Why this machine cannot do it; null when it can. */
  readonly unavailable: string | null;
  /** What to start instead of `node`: the same program, under the limit. */
  readonly node: (place: Place) => string;
};

/** The modes of files and folders count, also for root. */
export function heedingModes(): Limit {
  if (process.getuid?.() !== 0) return { unavailable: null, node: () => process.execPath };
  const works = spawnSync('sh', ['-c', `${UNPRIVILEGED} true`]).status === 0;
  return {
    unavailable: works ? null : 'for root modes do not count, and there is no `setpriv` to change that',
    node: (place) => wrapper(place, `exec ${UNPRIVILEGED} "$NODE" "$@"`),
  };
}

/**
 * A small disk of its own, mounted on a folder of the state for this program alone. `prepare` are shell commands with
 * `$DISK` as that folder; when the program has ended, what it left there is copied to `disk/` in the place's folder.
 */
export function smallDisk(
  kilobytes: number,
  { on = '.', options = '', prepare = 'true' }: { on?: string; options?: string; prepare?: string } = {},
): Limit {
  return {
    unavailable: mountsAllowed() ? null : 'nobody may mount here, not even in a namespace of their own',
    node: (place) =>
      wrapper(
        place,
        `export DISK="$STATE_DIR/${on}"
mkdir -p "$DISK" && chmod 700 "$STATE_DIR" "$DISK"
exec unshare -rm sh -c '
  mount -t tmpfs -o size=${kilobytes}k,mode=700${options} none "$DISK" || exit 99
  ${prepare}
  "$NODE" "$@"
  code=$?
  cp -r "$DISK" "${join(place.folder, 'disk')}"
  exit $code' sh "$@"`,
      ),
  };
}

/** No file may grow beyond so much, which every write notices as on a full disk. Needs nothing but a shell. */
export function smallFiles(kilobytes: number): Limit {
  return {
    unavailable: spawnSync('bash', ['-c', 'true']).status === 0 ? null : 'there is no `bash` with its `ulimit -f`',
    node: (place) => wrapper(place, `exec bash -c 'ulimit -f ${kilobytes}; exec "$NODE" "$@"' bash "$@"`),
  };
}

/** What the program writes there goes to a device that is always full. */
export const ontoFullDevice = (stream: 'stdout' | 'stderr'): Limit => ({
  unavailable: existsSync('/dev/full') ? null : 'there is no `/dev/full`',
  node: (place) => wrapper(place, `exec "$NODE" "$@" ${stream === 'stdout' ? 1 : 2}>/dev/full`),
});

/** stdout goes to a file that may not grow beyond so much: of the write that is too long the system takes a part. */
export const ontoSmallFile = (kilobytes: number, file: string): Limit => ({
  ...smallFiles(kilobytes),
  node: (place) => wrapper(place, `exec bash -c 'ulimit -f ${kilobytes}; exec "$NODE" "$@" >"${file}"' bash "$@"`),
});

function wrapper(place: Place, script: string): string {
  const file = join(place.folder, 'limited-node');
  writeFileSync(file, `#!/bin/sh\nexport NODE='${process.execPath}'\n${script}\n`, { mode: 0o700 });
  return file;
}

let allowed: boolean | undefined;
function mountsAllowed(): boolean {
  if (allowed !== undefined) return allowed;
  const folder = mkdtempSync(join(tmpdir(), 'portcullis-mount-'));
  allowed = spawnSync('sh', ['-c', 'unshare -rm mount -t tmpfs none "$0"', folder]).status === 0;
  rmSync(folder, { recursive: true });
  return allowed;
}
