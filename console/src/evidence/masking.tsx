import { Anchor, Button, Group, Modal, Textarea } from '@mantine/core';
import { IconDownload, IconEyeOff, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { api, expectData } from '../api/client.ts';
import { useIncidentCommand } from '../api/commands.ts';
import type { Clip } from '../incident/clip-time.ts';
import { dateTime } from '../time.ts';
import { Failure, Loading, Problem } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { reasonSentence } from '../words-reasons.ts';
import { MaskingEditor } from './editor.tsx';
import classes from './masking.module.css';
import { redactionsQuery } from './queries.ts';
import { redactionState, ruleSentence, styleLabels, targetLabels } from './words.ts';

type Camera = Schemas['CameraMasking'];

/** The masked clip of each camera: what state it is in, a look at it, boxes by hand, and whether the original may leave. */
export function Masking({ incident }: { incident: IncidentDetail }) {
  const { may } = useSession();
  const redactions = useQuery(redactionsQuery(incident.id));
  const [isEditing, setEditing] = useState(false);
  const [chosenId, setChosenId] = useState(incident.cameraId);
  const request = useIncidentCommand(incident.id, () =>
    expectData(
      api.POST('/v1/incidents/{incidentId}/redactions', {
        params: { path: { incidentId: incident.id } },
        body: { cameraId: chosenId },
      }),
    ),
  );
  if (!redactions.data)
    return redactions.error ? <Failure error={redactions.error} /> : <Loading label="Loading the masked clips" />;
  const { policy, cameras } = redactions.data;
  const camera = cameras.find(({ cameraId }) => cameraId === chosenId) ?? cameras[0]!;
  const versions = redactions.data.versions.filter(({ cameraId }) => cameraId === camera.cameraId);
  const newest = versions[0];
  const clip = clipOf(incident, camera);
  const zone = incident.storeTimeZone;
  const canAsk = may('evidence.redact') && clip !== null;
  if (isEditing && clip)
    return (
      <MaskingEditor
        {...{ incident, clip, newest }}
        cameraId={camera.cameraId}
        cameraName={cameras.length > 1 ? camera.name : null}
        onClose={() => setEditing(false)}
      />
    );
  return (
    <div className={classes.stack}>
      <p>
        {ruleSentence[policy.rule]}{' '}
        <span className={classes.dim}>
          {/* What was reported lies in the picture of the incident's own camera, so in another nobody is told apart. */}
          {policy.target === 'people' && !camera.isOwn ? 'Everybody is masked whole.' : targetLabels[policy.target]}
        </span>
      </p>
      {cameras.length > 1 && (
        <CameraChoice
          cameras={cameras}
          chosenId={camera.cameraId}
          onChoose={(cameraId) => {
            setChosenId(cameraId);
            request.reset();
          }}
        />
      )}
      <ReleaseSentence camera={camera} isOneOfSeveral={cameras.length > 1} zone={zone} />
      {newest?.state === 'ready' && newest.artifactId && clip !== null && (
        // biome-ignore lint/a11y/useMediaCaption: recordings have no sound
        <video
          key={newest.artifactId}
          className={classes.video}
          src={`/v1/incidents/${incident.id}/evidence/${newest.artifactId}`}
          controls
          playsInline
          preload="metadata"
          aria-label={`Masked clip, version ${newest.version}`}
          data-testid="masked-video"
        />
      )}
      <Group gap="sm">
        {canAsk && (!newest || newest.state === 'failed' || newest.state === 'unavailable') && (
          <Button
            size="sm"
            leftSection={<IconEyeOff size={16} />}
            loading={request.isPending}
            onClick={() => request.mutate(undefined)}
          >
            {newest ? 'Try again' : 'Mask the clip'}
          </Button>
        )}
        {canAsk && newest && newest.state !== 'requested' && (
          <Button size="sm" variant="default" leftSection={<IconPencil size={16} />} onClick={() => setEditing(true)}>
            Draw boxes
          </Button>
        )}
        {may('evidence.release') && clip !== null && (
          <UnredactedButton key={camera.cameraId} incident={incident} camera={camera} />
        )}
      </Group>
      {request.isError && <Problem error={request.error} />}
      {versions.length > 0 && (
        <ol className={classes.versions} aria-label="Versions of the masked clip">
          {versions.map((version) => (
            <li key={version.version} className={classes.version} data-state={version.state}>
              <b>Version {version.version}</b> {redactionState[version.state]}
              <span className={classes.dim}>
                {' '}
                {styleLabels[version.style]},{' '}
                {version.manual.length === 1 ? 'one box' : `${version.manual.length} boxes`} by hand, asked for at{' '}
                {dateTime(version.requestedAt, zone)}.
              </span>
              {version.reason && <span> {reasonSentence(version.reason, zone)}</span>}
              {version.mapArtifactId && (
                <Anchor
                  fz="sm"
                  download
                  className={classes.download}
                  href={`/v1/incidents/${incident.id}/evidence/${version.mapArtifactId}`}
                >
                  <IconDownload size={16} /> Map
                </Anchor>
              )}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** What can be shown and drawn on; a clip without its times cannot. */
function clipOf(incident: IncidentDetail, { clip }: Camera): Clip | null {
  if (!clip?.fromAt || !clip.toAt) return null;
  const { artifactId, fromAt, toAt } = clip;
  return { fromAt, toAt, url: `/v1/incidents/${incident.id}/evidence/${artifactId}` };
}

function CameraChoice({
  cameras,
  chosenId,
  onChoose,
}: {
  cameras: readonly Camera[];
  chosenId: string;
  onChoose: (cameraId: string) => void;
}) {
  return (
    <div className={classes.stack}>
      <fieldset className={classes.tracks}>
        <legend>Camera</legend>
        {cameras.map(({ cameraId, name, release }) => (
          <Button
            key={cameraId}
            size="xs"
            variant={cameraId === chosenId ? 'filled' : 'default'}
            aria-pressed={cameraId === chosenId}
            onClick={() => onChoose(cameraId)}
          >
            {name} · {release.allowed ? 'may leave' : 'may not leave'}
          </Button>
        ))}
      </fieldset>
      <p className={classes.dim}>
        Each clip is masked for itself. A packet leaves out those that may not leave, and names them.
      </p>
    </div>
  );
}

interface ReleaseSentenceProps {
  camera: Camera;
  isOneOfSeveral: boolean;
  zone: string;
}

function ReleaseSentence({ camera, isOneOfSeveral, zone }: ReleaseSentenceProps) {
  const { release, approval } = camera;
  const of = isOneOfSeveral ? ` of ${camera.name}` : '';
  return (
    <p className={classes.release} data-allowed={release.allowed} role="status" data-testid="release">
      {release.allowed
        ? `The ${release.as === 'redacted' ? 'masked' : 'original'} clip${of} may leave the company.`
        : `Nothing${of} may leave the company yet.`}{' '}
      {reasonSentence(release.because, zone)}
      {approval &&
        ` ${approval.by.replace(/^[a-z]+:/, '')} allowed it at ${dateTime(approval.at, zone)}: ${approval.reason}`}
    </p>
  );
}

/** A person's word that the original may leave, and taking it back. */
function UnredactedButton({ incident, camera }: { incident: IncidentDetail; camera: Camera }) {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const stands = camera.approval !== null;
  const { cameraId } = camera;
  const path = { incidentId: incident.id };
  const change = useIncidentCommand(
    incident.id,
    () =>
      stands
        ? expectData(
            api.DELETE('/v1/incidents/{incidentId}/unredacted-release', { params: { path, query: { cameraId } } }),
          )
        : expectData(
            api.PUT('/v1/incidents/{incidentId}/unredacted-release', {
              params: { path },
              body: { cameraId, reason: reason.trim() },
            }),
          ),
    {
      onSuccess: () => {
        setOpen(false);
        setReason('');
      },
    },
  );
  const title = stands ? 'No longer let the original leave' : 'Let the original leave';
  return (
    <>
      <Button size="sm" variant="default" onClick={() => setOpen(true)}>
        {title}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={title}
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate(undefined);
          }}
        >
          {stands ? (
            <p>What has left already is not called back by this.</p>
          ) : (
            <Textarea
              label="Why it has to leave unmasked"
              description="It stands under your name in the record, and counts for this clip alone."
              data-autofocus
              autosize
              minRows={3}
              minLength={3}
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          )}
          {change.isError && <Problem error={change.error} />}
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={() => setOpen(false)}>
              Cancel
            </Button>
            <Button type="submit" loading={change.isPending} disabled={!stands && reason.trim().length < 3}>
              {stands ? 'Take it back' : 'Allow it'}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
