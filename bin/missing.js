// What the door says when something is missing. Each sentence names only what works in that place.
/** The oldest Node that runs the program. */
const NEEDED = 24;
const WHERE = 'https://nodejs.org, a version manager such as nvm, or the packages of your system';

/** `found` is for tests; left out, it is looked for. */
function oldNode({ root, installed, door }, found = lookAround()) {
  const { version, brought, canBeBrought } = found;
  const problem = `portcullis needs Node ${NEEDED} or newer and this is ${version}`;
  const start = `\`npm run portcullis --\` in ${root}`;
  if (installed && brought !== null) {
    return `${problem}: install one (${WHERE}), or use the one that came along: \`${command([brought, door])}\``;
  }
  if (installed || (brought === null && !canBeBrought)) return `${problem}: install one (${WHERE})`;
  if (brought !== null) return `${problem}: start it with ${start}, which uses the one that npm brought`;
  return `${problem}: \`npm ci\` brings one, then start it with ${start}`;
}

function lookAround() {
  return { version: process.version, brought: broughtNode(), canBeBrought: canBeBrought() };
}

/** The Node that npm installed with the program, if it starts on this machine. */
function broughtNode() {
  // Loaded here, because a start that lacks nothing pays for every module above.
  const { execFileSync } = require('child_process');
  try {
    const path = require.resolve(`node-${process.platform}-${process.arch}/bin/node`);
    const version = execFileSync(path, ['--version'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10000,
    });
    return Number.parseInt(version.slice(1), 10) >= NEEDED ? path : null;
  } catch (_) {
    return null;
  }
}

/** npm has it for Linux on two processors, built for the GNU C library 2.28 or newer; Alpine has another C library. */
function canBeBrought() {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch) || !process.report) return false;
  const [major, minor] = String(process.report.getReport().header.glibcVersionRuntime).split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 28);
}

function notBuilt(program) {
  return `portcullis was not built before it was packed, there is no ${program}: \`npm run release\` in a checkout makes a complete package`;
}

/** Null when the error is about something else. */
function missingPackage({ code, message }, { root, installed }) {
  const found = code === 'ERR_MODULE_NOT_FOUND' && /^Cannot find package '([^']+)'/.exec(message);
  if (!found) return null;
  const remedy = installed ? 'install portcullis again' : `run \`npm ci\` in ${root}`;
  return `portcullis cannot start without the package \`${found[1]}\`, which is not there: ${remedy}`;
}

function command(words) {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`)).join(' ');
}

module.exports = { NEEDED, missingPackage, notBuilt, oldNode };
