import { Button } from '@mantine/core';
import { IconArrowsSplit } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { IncidentDetail } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import { clockTime } from '../time.ts';
import { Confirm } from '../ui/confirm.tsx';
import { useSession } from '../ui/session.ts';
import { reasonSentence } from '../words-reasons.ts';
import classes from './detections.module.css';

type Detection = IncidentDetail['detections'][number];

/** What the incident is made of, why it was put together, and how to take something out again. */
export function Detections({ incident }: { incident: IncidentDetail }) {
  const [splitOff, setSplitOff] = useState<string | null>(null);
  return (
    <div data-testid="detections">
      {splitOff && (
        <p role="status" className={classes.done}>
          It has{' '}
          <Link to="/incidents/$incidentId" params={{ incidentId: splitOff }}>
            an incident of its own
          </Link>{' '}
          now.
        </p>
      )}
      <ol className={classes.list}>
        {incident.detections.map((detection) => (
          <Row key={detection.eventId} incident={incident} detection={detection} onSplit={setSplitOff} />
        ))}
      </ol>
    </div>
  );
}

interface RowProps {
  incident: IncidentDetail;
  detection: Detection;
  onSplit: (incidentId: string | null) => void;
}

function Row({ incident, detection, onSplit }: RowProps) {
  const { may } = useSession();
  const [isAsking, setAsking] = useState(false);
  const split = useIncidentCommand(
    incident.id,
    () =>
      expectData(
        api.POST('/v1/incidents/{incidentId}/unmerge', {
          params: { path: { incidentId: incident.id } },
          body: { eventId: detection.eventId },
        }),
      ),
    { onSuccess: ({ newIncidentId }) => onSplit(newIncidentId) },
  );
  const zone = incident.storeTimeZone;
  const { mergeReason } = detection;
  return (
    <li className={classes.detection}>
      <div className={classes.line}>
        <div className={classes.words}>
          <p>
            <b className="tabular">{clockTime(detection.detectedAt, zone)}</b>{' '}
            <span className={classes.dim}>
              {Math.round(detection.confidence * 100)} % sure · {detection.modelId} {detection.modelVersion}
            </span>
          </p>
          <p className={classes.dim}>
            {mergeReason ? `Why merged: ${reasonSentence(mergeReason, zone)}` : 'This one opened the incident.'}
          </p>
        </div>
        {mergeReason && may('incident.decide') && !isAsking && (
          <Button
            size="sm"
            variant="default"
            leftSection={<IconArrowsSplit size={16} />}
            onClick={() => setAsking(true)}
            data-testid="unmerge"
          >
            Take it out
          </Button>
        )}
      </div>
      {isAsking && (
        <Confirm
          title="Take this detection out?"
          confirmLabel="Take it out"
          error={split.error}
          isSending={split.isPending}
          onConfirm={() => split.mutate(undefined)}
          onCancel={() => setAsking(false)}
        >
          <p>
            It gets an incident of its own, which starts like any other: the till is asked, and people may be told about
            it.
          </p>
        </Confirm>
      )}
    </li>
  );
}
