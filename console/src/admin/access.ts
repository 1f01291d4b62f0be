import { useSession } from '../ui/session.ts';

export type AdminPermission =
  | 'roster.manage'
  | 'policy.edit'
  | 'policy.activate'
  | 'webhook.manage'
  | 'usage.read'
  | 'price.manage'
  | 'recipient.manage'
  | 'rights.manage'
  | 'hold.manage';

export type AdminPage =
  | 'roster'
  | 'policies'
  | 'webhooks'
  | 'recipients'
  | 'usage'
  | 'rights'
  | 'privacy'
  | 'retention';

const opens: Record<AdminPage, readonly AdminPermission[]> = {
  roster: ['roster.manage'],
  policies: ['policy.edit', 'policy.activate'],
  webhooks: ['webhook.manage'],
  recipients: ['recipient.manage'],
  usage: ['usage.read'],
  rights: ['rights.manage'],
  privacy: ['rights.manage'],
  retention: ['hold.manage'],
};

/** What of the company's set-up the person signed in may look after. */
export function useAccess() {
  const { session } = useSession();
  const may = (permission: AdminPermission) => session.permissions.includes(permission);
  const pages = (Object.keys(opens) as AdminPage[]).filter((page) => opens[page].some(may));
  return { session, may, pages };
}
