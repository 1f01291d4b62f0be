import {
  IconAlertTriangle,
  IconArrowBackUp,
  IconBarcode,
  IconBell,
  IconBellOff,
  IconCheck,
  IconClockHour4,
  IconCoins,
  IconDeviceTablet,
  IconDeviceTabletX,
  IconEye,
  IconEyeCheck,
  IconEyeOff,
  IconFolderOpen,
  IconGavel,
  IconHandGrab,
  IconLifebuoy,
  IconListCheck,
  IconMessage,
  IconMessageOff,
  IconNote,
  IconPhone,
  IconPhoneCall,
  IconPhoneOff,
  IconReceipt,
  IconScale,
  IconSend,
  IconSendOff,
  IconShieldCheck,
  IconStack2,
  IconTransfer,
  IconTrash,
  IconUserCheck,
  IconVideo,
  IconVideoOff,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { IncidentDetail, TimelineEvent } from '../api/client.ts';
import { timelineQuery } from '../api/queries.ts';
import { clockTime, dateTime } from '../time.ts';
import { Failure, Loading } from '../ui/notices.tsx';
import { actorLabel, channelLabel, timelineSentence } from '../words-timeline.ts';
import classes from './timeline.module.css';

const size = 15;
const icons: Record<TimelineEvent['kind'], ReactNode> = {
  detection_received: <IconEye size={size} />,
  detection_merged: <IconStack2 size={size} />,
  sensor_joined: <IconStack2 size={size} />,
  sensor_released: <IconStack2 size={size} />,
  confidence_fused: <IconBell size={size} />,
  till_checked: <IconReceipt size={size} />,
  severity_scored: <IconBell size={size} />,
  terminal_prompted: <IconDeviceTablet size={size} />,
  terminal_prompt_failed: <IconDeviceTabletX size={size} />,
  terminal_held: <IconDeviceTablet size={size} />,
  terminal_hold_failed: <IconDeviceTabletX size={size} />,
  terminal_released: <IconDeviceTablet size={size} />,
  rescanned: <IconBarcode size={size} />,
  text_sent: <IconMessage size={size} />,
  text_delivered: <IconMessage size={size} />,
  text_undelivered: <IconMessageOff size={size} />,
  text_withheld: <IconBellOff size={size} />,
  call_placed: <IconPhone size={size} />,
  call_answered: <IconPhoneCall size={size} />,
  call_unanswered: <IconPhoneOff size={size} />,
  handed_over: <IconTransfer size={size} />,
  paging_suppressed: <IconBellOff size={size} />,
  paging_resumed: <IconBell size={size} />,
  nobody_on_shift: <IconBellOff size={size} />,
  escalation_exhausted: <IconClockHour4 size={size} />,
  evidence_requested: <IconVideo size={size} />,
  evidence_ready: <IconVideo size={size} />,
  evidence_partial: <IconVideo size={size} />,
  evidence_failed: <IconVideoOff size={size} />,
  evidence_not_kept: <IconVideoOff size={size} />,
  evidence_other_camera: <IconVideo size={size} />,
  evidence_retried: <IconVideo size={size} />,
  evidence_quarantined: <IconAlertTriangle size={size} />,
  evidence_restored: <IconShieldCheck size={size} />,
  redaction_requested: <IconEyeOff size={size} />,
  redaction_settled: <IconEyeOff size={size} />,
  unredacted_approved: <IconEyeCheck size={size} />,
  unredacted_withdrawn: <IconEyeOff size={size} />,
  share_requested: <IconSend size={size} />,
  share_delivered: <IconSend size={size} />,
  share_failed: <IconSendOff size={size} />,
  share_withdrawn: <IconArrowBackUp size={size} />,
  share_notified: <IconArrowBackUp size={size} />,
  acknowledged: <IconUserCheck size={size} />,
  verdict_given: <IconCheck size={size} />,
  help_requested: <IconLifebuoy size={size} />,
  help_ended: <IconShieldCheck size={size} />,
  claimed: <IconHandGrab size={size} />,
  claim_released: <IconHandGrab size={size} />,
  outcome_recorded: <IconCoins size={size} />,
  second_review_asked: <IconEye size={size} />,
  second_review_given: <IconEyeCheck size={size} />,
  reopened: <IconFolderOpen size={size} />,
  appeal_opened: <IconScale size={size} />,
  appeal_decided: <IconScale size={size} />,
  runbook_step: <IconListCheck size={size} />,
  note_added: <IconNote size={size} />,
  closed: <IconCheck size={size} />,
  correction_recorded: <IconAlertTriangle size={size} />,
  hold_placed: <IconGavel size={size} />,
  hold_released: <IconGavel size={size} />,
  purged: <IconTrash size={size} />,
  review_deadline_passed: <IconClockHour4 size={size} />,
};

const byPeople: ReadonlySet<TimelineEvent['kind']> = new Set([
  'acknowledged',
  'verdict_given',
  'help_requested',
  'help_ended',
  'claimed',
  'claim_released',
  'outcome_recorded',
  'second_review_given',
  'reopened',
  'appeal_opened',
  'appeal_decided',
  'call_answered',
  'note_added',
  'closed',
  'correction_recorded',
  'hold_placed',
  'hold_released',
]);

/** What happened, in order, in the store's own time. */
export function Timeline({ incident }: { incident: IncidentDetail }) {
  const timeline = useQuery(timelineQuery(incident.id));
  const zone = incident.storeTimeZone;
  return (
    <section className={classes.card} aria-labelledby="timeline-heading">
      <h2 id="timeline-heading" className={classes.title}>
        What happened
      </h2>
      <p className={classes.zone}>Times of the store ({zone.replace(/_/g, ' ')})</p>
      {timeline.isPending && <Loading label="Loading the timeline" />}
      {timeline.isError && <Failure error={timeline.error} onRetry={() => void timeline.refetch()} />}
      {timeline.data && (
        <ol className={classes.events} data-testid="timeline">
          {timeline.data.events.map((event) => {
            const sentence = timelineSentence(event);
            const actor = actorLabel(event.actor, event.params);
            const isSaid = actor === 'Floorwalker' || event.kind === 'detection_received' || sentence.startsWith(actor);
            const meta = [isSaid ? null : actor, channelLabel(event.params)].filter(Boolean).join(', ');
            return (
              <li
                key={event.id}
                className={classes.event}
                data-person={byPeople.has(event.kind) || undefined}
                data-kind={event.kind}
              >
                <span className={classes.icon} aria-hidden="true">
                  {icons[event.kind] ?? <IconEye size={size} />}
                </span>
                <div>
                  <p className={classes.sentence}>{sentence}</p>
                  <p className={classes.meta}>
                    <time dateTime={event.at} title={dateTime(event.at, zone)}>
                      {clockTime(event.at, zone)}
                    </time>
                    {meta && <span> · {meta}</span>}
                  </p>
                </div>
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}
