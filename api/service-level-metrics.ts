import { Gauge, type Registry } from 'prom-client';
import type { OverdueLevels, ServiceLevels } from '../services/system/service-levels.ts';

/**
 * Registers the gauges and returns what fills them, to be called before each scrape: so they are true whichever process
 * died. Without a database there are no figures, and `floorwalker_service_levels_up` says so.
 */
export function registerServiceLevels(
  registry: Registry,
  read: { overdueLevels: () => Promise<OverdueLevels>; serviceLevels: () => Promise<ServiceLevels> },
): () => Promise<void> {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `floorwalker_${name}`, help, labelNames, registers: [registry] });
  const up = gauge('service_levels_up', 'Whether the figures below could be read');
  const overdue = gauge('escalations_overdue', 'Escalations that should have fired more than 2 s ago');
  const overdueAge = gauge('escalations_overdue_oldest_seconds', 'How late the latest of them is');
  const byWatch = gauge(
    'escalations_by_watch',
    'First texts and escalations the watchdog began as the engine was late, last 5 minutes',
  );
  const outbox = gauge('outbox_waiting', 'Facts that the workflow engine has not heard of for more than 5 s');
  const outboxAge = gauge('outbox_waiting_oldest_seconds', 'How long the oldest of them waits');
  const contact = gauge(
    'detection_to_carrier_seconds',
    'From an accepted detection to the first message at the carrier, last 5 minutes',
    ['quantile'],
  );
  const lateness = gauge('escalation_lateness_seconds', 'How late escalations fired, last 5 minutes', ['quantile']);
  const answer = gauge('detection_to_answer_seconds', 'From an accepted detection to its verdict by phone', [
    'quantile',
  ]);
  const clip = gauge('clip_ready_seconds', 'From the end of the post-roll to the clip on record', ['quantile']);
  const tillLag = gauge('till_feed_lag_seconds', 'How late the lines of the slowest till come in that speaks');
  const silentTills = gauge('silent_tills', 'Tills not heard for 5 minutes while their shop goes on');
  const silentSensors = gauge('silent_sensors', 'Sensors that are offline or have not been heard for too long');
  const quarantined = gauge('evidence_quarantined_files', 'Stored files that are no longer what was stored');
  const failedRecordings = gauge('evidence_failed_recordings', 'Recordings of the last day that could not be secured');
  const lateRequests = gauge('subject_requests_overdue', 'Requests of people whose time to be answered is over');
  const openRequests = gauge('subject_requests_open', 'Requests of people that wait for an answer');
  const lateHistories = gauge('workflow_histories_overdue', 'Histories that should have been kept hours ago');
  const lostHistories = gauge('workflow_histories_lost', 'Histories that the engine forgot before they were kept');
  const rights = [lateRequests, openRequests, lateHistories, lostHistories];
  const counted = gauge('recent', 'Cases of the last 5 minutes behind the figures', ['what']);
  const plain = [
    overdue,
    overdueAge,
    byWatch,
    outbox,
    outboxAge,
    tillLag,
    silentTills,
    silentSensors,
    quarantined,
    failedRecordings,
    ...rights,
  ];
  const labelled = [contact, lateness, answer, clip, counted];
  return async () => {
    const both = await Promise.all([read.overdueLevels(), read.serviceLevels()]).catch(() => null);
    up.set(both === null ? 0 : 1);
    if (both === null) {
      for (const one of plain) one.remove();
      for (const one of labelled) one.reset();
      return;
    }
    const [late, levels] = both;
    overdue.set(late.overdue_escalations);
    overdueAge.set(late.oldest_overdue_seconds);
    byWatch.set(levels.escalations_by_watch);
    outbox.set(late.outbox_waiting);
    outboxAge.set(late.oldest_outbox_seconds);
    silentTills.set(levels.silent_tills);
    silentSensors.set(levels.silent_sensors);
    quarantined.set(levels.quarantined_files);
    failedRecordings.set(levels.failed_recordings);
    lateRequests.set(levels.overdue_subject_requests);
    openRequests.set(levels.open_subject_requests);
    lateHistories.set(levels.overdue_histories);
    lostHistories.set(levels.lost_histories);
    if (levels.till_lag_seconds === null) tillLag.remove();
    else tillLag.set(levels.till_lag_seconds);
    setQuantiles(contact, { '0.5': levels.contact_p50, '0.95': levels.contact_p95, '0.99': levels.contact_p99 });
    setQuantiles(lateness, { '0.5': levels.lateness_p50, '0.99': levels.lateness_p99 });
    setQuantiles(answer, { '0.5': levels.answer_p50, '0.95': levels.answer_p95 });
    setQuantiles(clip, { '0.5': levels.clip_p50, '0.95': levels.clip_p95 });
    for (const what of ['contacts', 'escalations', 'answers', 'clips', 'undelivered', 'withheld'] as const)
      counted.set({ what }, levels[what]);
  };
}

/** No case, no figure: a gauge that still shows the last good time would hide a standstill. */
function setQuantiles(gauge: Gauge, values: Record<string, number | null>): void {
  gauge.reset();
  for (const [quantile, value] of Object.entries(values)) if (value !== null) gauge.set({ quantile }, value);
}
