/**
 * What Microsoft answers when it sends nothing, in its own words, and what a person does about it. The first row that
 * knows the code of the answer counts; without a code that any row knows, the first that knows its status.
 */
export type Refusal = {
  /** `error.code` of Graph, or `AADSTS…` of the sign-in. */
  readonly codes: readonly string[];
  readonly statuses?: readonly number[];
  /** What it means, for the table in docs/reference.md. */
  readonly means: string;
  readonly advice: string;
};

const NO_CONSENT =
  'give the app registration ALERT_CLIENT_ID the permission `Mail.Send` of Microsoft Graph, as an application permission (a delegated one does not count), and grant admin consent; if it has both, an application access policy or RBAC for Applications in Exchange Online keeps it from the mailbox ALERT_SENDER_EMAIL: Test-ApplicationAccessPolicy and Test-ServicePrincipalAuthorization tell';
const NO_MAILBOX =
  'ALERT_SENDER_EMAIL names no mailbox that Graph can send from: check the spelling, that it belongs to the tenant ALERT_TENANT_ID, and that it has an Exchange Online licence or is a shared mailbox (one on a server of your own, a group or a soft-deleted user has none)';

export const GRAPH_REFUSALS: readonly Refusal[] = [
  {
    codes: ['ErrorSendAsDenied', 'ErrorSendOnBehalfOfDenied'],
    means: 'the mailbox may not send under that address',
    advice:
      'ALERT_SENDER_EMAIL has to be the address of the mailbox itself, or one that it may send as: look at its addresses and at Send As in Exchange Online',
  },
  {
    codes: ['ErrorAccountSuspend', 'ErrorMessageSubmissionBlocked', 'ErrorAccountDisabled'],
    means: 'the sender is blocked from sending',
    advice:
      'Exchange Online has blocked the mailbox ALERT_SENDER_EMAIL: look at its account, and at the restricted entities in Microsoft Defender',
  },
  {
    codes: ['ErrorExceededMessageLimit', 'ErrorQuotaExceeded', 'ErrorSubmissionQuotaExceeded'],
    means: 'the sender has used up its quota',
    advice:
      'the mailbox ALERT_SENDER_EMAIL is full or has sent as much as it may in a day: empty it, or name a mailbox of its own',
  },
  {
    codes: [
      'ErrorInvalidUser',
      'ErrorNonExistentMailbox',
      'ErrorMailboxNotFound',
      'MailboxNotEnabledForRESTAPI',
      'MailboxNotSupportedForRESTAPI',
      'Request_ResourceNotFound',
      'ResourceNotFound',
    ],
    means: 'the sender has no mailbox there',
    advice: NO_MAILBOX,
  },
  {
    codes: ['ErrorInvalidRecipients', 'ErrorRecipientNotFound', 'ErrorInvalidSmtpAddress'],
    means: 'a recipient cannot be used',
    advice: 'look at ALERT_RECIPIENT_EMAILS',
  },
  {
    codes: ['ErrorMessageSizeExceeded', 'RequestEntityTooLarge', 'ErrorAttachmentSizeLimitExceeded'],
    statuses: [413],
    means: 'the mail is too large',
    advice:
      'Graph or the limit of the mailbox takes no mail of this size: raise the send limit of the mailbox ALERT_SENDER_EMAIL; the report tells the same',
  },
  {
    codes: ['ApplicationThrottled', 'TooManyRequests', 'activityLimitReached', 'ErrorTooManyObjectsOpened'],
    statuses: [429],
    means: 'Microsoft throttles the app or the mailbox',
    advice:
      'Microsoft throttles the app ALERT_CLIENT_ID or the mailbox ALERT_SENDER_EMAIL: find out what else sends through them, or give Portcullis a mailbox of its own; the mail is tried again',
  },
  {
    codes: ['InvalidAuthenticationToken', 'ErrorInvalidToken', 'AuthenticationError'],
    statuses: [401],
    means: 'the token does not count there',
    advice:
      'the token is not for this Graph: GRAPH_BASE_URL and ALERT_AUTHORITY_HOST have to belong to the same cloud, ALERT_TENANT_ID to the sender, and the clock of this machine has to be right',
  },
  {
    codes: ['ErrorAccessDenied', 'AccessDenied', 'Authorization_RequestDenied', 'accessDenied', 'Forbidden'],
    statuses: [403],
    means: 'the app may not send from that mailbox',
    advice: NO_CONSENT,
  },
  {
    codes: [],
    statuses: [500, 502, 503, 504],
    means: 'Microsoft has trouble of its own',
    advice:
      'Microsoft 365 or a proxy on the way has trouble: look at the service health in the admin center; the next run sends what surely did not go out',
  },
  {
    codes: [],
    statuses: [404],
    means: 'nothing is found at that address',
    advice: `either GRAPH_BASE_URL leads to something else than Graph, or the sender is wrong: ${NO_MAILBOX}`,
  },
];

export const SIGN_IN_REFUSALS: readonly Refusal[] = [
  {
    codes: ['AADSTS7000215', 'AADSTS50012', 'AADSTS7000216', 'AADSTS7000218'],
    means: 'the client secret is wrong',
    advice:
      'the asset ALERT_SECRET_ASSET_ID has to hold the value of a client secret of the app ALERT_CLIENT_ID, not the id of the secret; the value is shown only once, so make a new one if in doubt',
  },
  {
    codes: ['AADSTS7000222'],
    means: 'the client secret has expired',
    advice:
      'make a new client secret for the app ALERT_CLIENT_ID in Microsoft Entra and put its value into the asset ALERT_SECRET_ASSET_ID; the next run fetches it',
  },
  {
    codes: ['AADSTS700016', 'AADSTS7000229', 'AADSTS90015'],
    means: 'the tenant does not know the app',
    advice:
      'the tenant ALERT_TENANT_ID has no app ALERT_CLIENT_ID: take the application (client) id of the registration, not its object id, and grant admin consent in this very tenant',
  },
  {
    codes: ['AADSTS90002', 'AADSTS900021', 'AADSTS900023', 'AADSTS90013', 'AADSTS50059', 'AADSTS90019'],
    means: 'there is no such tenant',
    advice:
      'ALERT_TENANT_ID is no tenant of this cloud: take the directory (tenant) id, and check ALERT_AUTHORITY_HOST',
  },
  {
    codes: ['AADSTS7000112', 'AADSTS7000113', 'AADSTS700005', 'AADSTS50057'],
    means: 'the app is disabled',
    advice: 'the enterprise application of ALERT_CLIENT_ID is disabled for sign-in: somebody has to enable it again',
  },
  {
    codes: ['AADSTS53003', 'AADSTS53000', 'AADSTS53001', 'AADSTS530034', 'AADSTS530035', 'AADSTS53011'],
    means: 'Conditional Access stops the app',
    advice:
      'a Conditional Access policy for workload identities stops the app ALERT_CLIENT_ID, mostly because of where it signs in from: allow the address of this machine; the sign-in log of the tenant names the policy',
  },
  {
    codes: ['AADSTS500011', 'AADSTS1002012', 'AADSTS70011', 'AADSTS900382', 'AADSTS900432', 'AADSTS650057'],
    means: 'sign-in and Graph do not fit each other',
    advice: 'ALERT_AUTHORITY_HOST and GRAPH_BASE_URL have to belong to the same cloud, and ALERT_TENANT_ID to it too',
  },
  {
    codes: ['AADSTS90033', 'AADSTS90025', 'AADSTS90055', 'AADSTS50196', 'AADSTS90012'],
    statuses: [429],
    means: 'the sign-in is busy',
    advice: 'the sign-in of Microsoft is busy or throttles the app ALERT_CLIENT_ID: it is tried again',
  },
];

/** What to do about an answer; null when nobody wrote it down. */
export function adviceOn(refusals: readonly Refusal[], status: number, code: string | undefined): string | null {
  const known = refusals.find(({ codes }) => code !== undefined && codes.includes(code));
  return (known ?? refusals.find(({ statuses = [] }) => statuses.includes(status)))?.advice ?? null;
}
