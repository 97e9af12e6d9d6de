import { agent, type Entry, entry, onTheWire } from './records.ts';
import { type Call, coded, type Reply, secrets, type World } from './world.ts';

/** Listing, acting on and looking up requests and assets. `undefined`: not an address of this part. */
export function answerRequests(world: World, call: Call): Reply | undefined {
  if (call.method === 'GET' && call.path === '/api/request/auditor-requests') return list(world, call.query);
  const action = /^\/api\/request\/(approve|reject|complete)\/([^/]+)$/.exec(call.path);
  if (call.method === 'PUT' && action) {
    return act(world, action[1] ?? '', decodeURIComponent(action[2] ?? ''), call.body.toString());
  }
  const asset = /^\/api\/asset\/asset\/([^/]+)$/.exec(call.path);
  if (call.method === 'GET' && asset) return readAsset(world, decodeURIComponent(asset[1] ?? ''));
  return undefined;
}

function list(world: World, query: URLSearchParams): Reply {
  const { variant, requests } = world;
  if (variant.listing === 'unauthorised') return { status: 401, body: 'Not permitted' };
  if (variant.listing === 'html') {
    const body = '<!doctype html><html><body>Please sign in</body></html>';
    return { status: 200, body, headers: { 'content-type': 'text/html' } };
  }
  const pagesBefore = world.journal.reads.filter((path) => path.startsWith('/api/request/auditor-requests')).length - 1;
  if (variant.listing === 'busy at first' && pagesBefore < 2) {
    return { status: pagesBefore === 0 ? 429 : 503, body: 'busy', headers: { 'retry-after': '1' } };
  }
  const from = Number(query.get('from') ?? 0);
  const window = requests.filter((one) => one.created > from);
  if (query.get('s') === 'created,desc') window.sort((a, b) => b.created - a.created);
  const start = variant.listing === 'same page forever' ? 0 : Number(query.get('pgp') ?? 0);
  const size = Math.min(Number(query.get('pgs') ?? 20), variant.pageCap);
  const data = window.slice(start, start + size).map((one) => onTheWire(one, variant, requests.indexOf(one)));
  const total = query.get('rqt') === '1' && variant.total !== 'absent' ? { [variant.total]: window.length } : {};
  churn(world, window);
  const text = JSON.stringify({ ...total, data });
  const cut = variant.listing === 'truncated' ? text.slice(0, Math.floor(text.length / 2)) : text;
  return { status: 200, body: cut, headers: { 'content-type': 'application/json' } };
}

/** After the first pages of the first run something arrives on top, or the newest record vanishes. */
function churn(world: World, window: Entry[]): void {
  const arrived = world.requests.filter((one) => one.title === 'an arrival').length;
  if (world.variant.churn === 'arrivals' && arrived < 3) {
    world.requests.push(entry('an arrival', 'nothing', { created: Date.now() }));
  }
  const newest = window[0];
  if (world.variant.churn === 'removal' && newest?.status === 'Completed') {
    world.requests.splice(world.requests.indexOf(newest), 1);
  }
}

function act(world: World, verb: string, id: string, comment: string): Reply {
  const one = world.requests.find((request) => request.id === id);
  if (!one) return coded(world, 404, 'MSG-00404', 'No such request');
  const fate = one.fate;
  delete one.fate;
  world.onAct(fate);
  if (fate === 'neither done nor answered') return 'silence';
  if (fate === 'not permitted') return { status: 401, body: 'Not permitted' };
  if (fate === 'refused once with a 503') return { status: 503, body: 'busy' };
  if (fate === 'overtaken when the call arrives') one.status = one.status === 'Active' ? 'Rejected' : 'Completed';

  if (one.status !== (verb === 'complete' ? 'Approved' : 'Active')) {
    const status = [400, 409, 500][world.requests.indexOf(one) % 3] ?? 400;
    return coded(world, status, `MSG-0${1200 + world.requests.indexOf(one)}`, 'The request is in another state');
  }
  if (verb === 'reject' && comment.trim() === '') return coded(world, 400, 'MSG-00777', 'A reason is required');

  if (verb === 'reject') one.status = 'Rejected';
  if (verb === 'complete') one.status = 'Completed';
  if (verb === 'approve') approveOneLevel(one, comment);
  if (fate === 'done but the answer is a 503') return { status: 503, body: 'too slow' };
  if (fate === 'done but the line drops') return 'hang up';
  if (fate === 'done but never answered') return 'silence';
  const bodies = { empty: undefined, text: 'OK', json: { result: 'done' } };
  return { status: 200, body: bodies[world.variant.success] };
}

function approveOneLevel(one: Entry, message: string): void {
  one.approvals.push({ level: one.level, user: agent, decision: 'Approved', message, created: Date.now() });
  if (one.level < one.levels) {
    one.level += 1;
    return;
  }
  one.status = 'Approved';
  one.approved = Date.now();
}

/** Where assets lie that are not among the printers of the test floor, and what they are. */
const places: Record<string, { path: string; type: string; tags: string[] }> = {
  'asset-of-tier-0': { path: '/Tier 0/Domain Controllers', type: 'Server', tags: ['Component :: Server'] },
  'asset-of-production': { path: '/Office/Printers', type: 'Printer', tags: ['Environment :: Production'] },
  'asset-nobody-knows': { path: '/Attic', type: 'Box', tags: [] },
};
const printers = { path: '/Test/Printers', type: 'Printer', tags: ['Component :: Printer'] };

/** Assets hold secret fields. One asset cannot be read, which is a gap and not an error. */
function readAsset(world: World, id: string): Reply {
  if (id === 'asset-2') return coded(world, 403, 'MSG-00403', 'Not permitted');
  const hidden = { password: secrets.assetPassword, fields: { Password: secrets.assetPassword } };
  const inside = /^container of (.+)$/.exec(id)?.[1];
  const { path, type, tags } = places[inside ?? id] ?? printers;
  const name = path.split('/').at(-1);
  if (inside !== undefined) return { status: 200, body: { id, name, path, tags: [], ...hidden } };
  const container = { id: `container of ${id}`, name, path };
  return { status: 200, body: { id, name: `${id}-name`, type: { name: type }, tags, container, ...hidden } };
}
