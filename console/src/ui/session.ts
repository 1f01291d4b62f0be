import { useSuspenseQuery } from '@tanstack/react-query';
import { sessionQuery } from '../api/queries.ts';

export type Permission =
  | 'incident.decide'
  | 'incident.acknowledge'
  | 'incident.note'
  | 'evidence.view'
  | 'evidence.redact'
  | 'evidence.release'
  | 'packet.issue'
  | 'share.approve'
  | 'incident.correct'
  | 'incident.review'
  | 'incident.reopen'
  | 'incident.appeal'
  | 'runbook.approve'
  | 'runbook.override'
  | 'drill.start'
  | 'hold.manage'
  | 'audit.read'
  | 'pos.manage'
  | 'till.review'
  | 'till.reveal';

/** Who is signed in and what they may do; pages below the shell always have one. */
export function useSession() {
  const { data } = useSuspenseQuery(sessionQuery);
  return { session: data, may: (permission: Permission) => data.permissions.includes(permission) };
}
