/** One HTML mail by Microsoft Graph, with the client credentials of an app. */
import type { Done } from './act.ts';
import type { Assessed } from './assess.ts';
import { counted } from './report.ts';

const MOST_ROWS = 15;
const { env } = process;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function content(all: readonly Assessed[], done: readonly Done[]): string {
  const list = (rows: readonly [string, number][]) =>
    `<ul>${rows.map(([value, count]) => `<li>${escaped(value)}: ${count}</li>`).join('')}</ul>`;
  const high = all.filter(
    ({ assessment }) => assessment?.risk_level === 'high' || assessment?.risk_level === 'critical',
  );
  const rows = high.slice(0, MOST_ROWS).map(({ facts, assessment }) => {
    const cells = [assessment?.risk_level, facts.requestor, facts.request.entityName, assessment?.ai_summary];
    return `<tr>${cells.map((cell) => `<td>${escaped(cell ?? '')}</td>`).join('')}</tr>`;
  });
  const more = high.length > MOST_ROWS ? `<p>and ${high.length - MOST_ROWS} more</p>` : '';
  return [
    `<h1>Access review</h1><p>${all.length} requests</p>`,
    list(counted(all.map(({ assessment }) => assessment?.risk_level ?? 'unscored'))),
    list(counted(done.map(({ what }) => what))),
    `<table>${rows.join('')}</table>${more}`,
  ].join('');
}

export async function sendMail(secret: string, all: readonly Assessed[], done: readonly Done[]): Promise<void> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: env.ALERT_CLIENT_ID ?? '',
    client_secret: secret,
    scope: `${env.GRAPH_BASE_URL}/.default`,
  });
  const tokenUrl = `${env.ALERT_AUTHORITY_HOST}/${env.ALERT_TENANT_ID}/oauth2/v2.0/token`;
  const signedIn = await fetch(tokenUrl, { method: 'POST', body: form });
  const { access_token: token } = (await signedIn.json()) as { access_token: string };
  const sent = await fetch(`${env.GRAPH_BASE_URL}/v1.0/users/${env.ALERT_SENDER_EMAIL}/sendMail`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      message: {
        subject: `Access review: ${done.length} actions`,
        body: { contentType: 'HTML', content: content(all, done) },
        toRecipients: (env.ALERT_RECIPIENT_EMAILS ?? '').split(',').map((address) => ({ emailAddress: { address } })),
      },
    }),
  });
  if (!sent.ok) throw new Error(`mail: ${sent.status} ${await sent.text()}`);
}
