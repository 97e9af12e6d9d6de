import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * `npm run release`: what is handed over, in `release/`: the package as `npm install` takes it, the list of everything in
 * it (SBOM, CycloneDX) and the checksums of both. Publishes nothing and needs no network. Tests come before: `npm cit`.
 */
const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'release');

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

const { name, version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Record<string, string>;
const changed = run('git', 'status', '--porcelain').trim();
if (changed !== '') process.stdout.write(`note: this is not exactly what is committed:\n${changed}\n`);

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER);
// Said here, because .npmrc lets nothing run by itself, `prepack` included.
run('npm', 'run', 'build');
run('npm', 'pack', '--pack-destination', FOLDER);
const sbom = run('npm', 'sbom', '--omit=dev', '--sbom-format=cyclonedx', '--sbom-type=application');
writeFileSync(join(FOLDER, `${name}-${version}.cdx.json`), sbom);

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
