import type { RequestListener } from 'node:http';
import type { Window } from './window.ts';

/** A vault of the fewest lines that serves a run which only lists, looks up and acts: no tokens, no faults, no journal. */
export function leanVault(window: Window, base: string): RequestListener {
  return (request, response) => {
    request.resume();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'https://localhost');
    const path = pathname.startsWith(base) ? pathname.slice(base.length) : '';
    const answer = (text: string | null) => {
      response.writeHead(text === null ? 404 : 200, { 'content-type': 'application/json' });
      response.end(text ?? '');
    };
    if (path === '/api/request/auditor-requests') return answer(page(window, searchParams));
    const [, what, id = ''] = /^\/api\/(?:asset\/(asset)|request\/(?:approve|reject|complete))\/(.+)$/.exec(path) ?? [];
    if (what === 'asset') return answer(window.asset(id));
    const status = WRITES[path.split('/')[3] ?? ''];
    request.on('end', () => answer(status !== undefined && window.move(id, status) ? '' : null));
  };
}

const WRITES: Readonly<Record<string, 'Approved' | 'Rejected' | 'Completed'>> = {
  approve: 'Approved',
  reject: 'Rejected',
  complete: 'Completed',
};

const LARGEST_PAGE = 1000;

function page(window: Window, query: URLSearchParams): string {
  const total = window.count(Number(query.get('from') ?? 0));
  const size = Math.min(LARGEST_PAGE, Number(query.get('pgs') ?? 50));
  const offset = Number(query.get('pgp') ?? 0);
  const newestFirst = query.get('s') === 'created,desc';
  const records: string[] = [];
  for (let at = offset; at < Math.min(total, offset + size); at += 1) {
    records.push(window.record(newestFirst ? at : total - 1 - at));
  }
  return `{"data":[${records.join(',')}],"total":${total}}`;
}
