import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { aboutPinnedNode } from './pinned_node.ts';

/**
 * `npm run release`: what is handed over, in `release/`: the package as `npm install` takes it, the list of everything in
 * it (SBOM, CycloneDX) and the checksums of both. Publishes nothing, and needs the network for one line only: whether npm
 * has a newer Node. Tests come before: `npm cit`.
 */
const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'release');

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, string>;
const changed = run('git', 'status', '--porcelain').trim();
if (changed !== '') process.stdout.write(`note: this is not exactly what is committed:\n${changed}\n`);
process.stdout.write(`${await aboutPinnedNode(ROOT)}\n`);

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
// Said here, because .npmrc lets nothing run by itself, `prepack` included.
run('npm', 'run', 'build');
// A package carries its lock file under this name alone; without it, whoever installs it would get what is newest that day.
const pins = join(ROOT, 'npm-shrinkwrap.json');
copyFileSync(join(ROOT, 'package-lock.json'), pins);
try {
  run('npm', 'pack', '--pack-destination', FOLDER);
} finally {
  rmSync(pins);
}
// From the lock file: what `npm ci` installs with it, whatever lies in node_modules here.
const sbom = JSON.parse(
  run('npm', 'sbom', '--package-lock-only', '--omit=dev', '--sbom-format=cyclonedx', '--sbom-type=application'),
);
// npm calls it by the name of the folder.
sbom.metadata.component.name = name;
writeFileSync(join(FOLDER, `${name}-${version}.cdx.json`), `${JSON.stringify(sbom, null, 2)}\n`);

const sums = readdirSync(FOLDER)
  .sort()
  .map(
    (file) =>
      `${createHash('sha256')
        .update(readFileSync(join(FOLDER, file)))
        .digest('hex')}  ${file}`,
  );
writeFileSync(join(FOLDER, 'SHA256SUMS'), `${sums.join('\n')}\n`);
process.stdout.write(`release/\n${sums.map((line) => `  ${line}`).join('\n')}\n`);
