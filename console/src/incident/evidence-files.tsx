import { Anchor, CopyButton, UnstyledButton } from '@mantine/core';
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { IncidentDetail, Schemas } from '../api/client.ts';
import { fileSize } from '../format.ts';
import page from '../pages/page.module.css';
import { clockTime, dateTime } from '../time.ts';
import { Failure, Loading } from '../ui/notices.tsx';
import { useSession } from '../ui/session.ts';
import { artifactKinds, evidenceLabels } from '../words.ts';
import { reasonSentence } from '../words-reasons.ts';
import classes from './evidence-files.module.css';

interface EvidenceFilesProps {
  incident: IncidentDetail;
  evidence: Schemas['Evidence'] | undefined;
  error: Error | null;
  /** Shown on the evidence page itself, which needs no way there. */
  isOwnPage?: boolean;
}

const order: readonly Schemas['Artifact']['kind'][] = [
  ...(['clip', 'other_clip', 'redacted', 'redaction_map', 'still', 'thumbnail', 'heatmap'] as const),
  ...(['segment', 'other_segment', 'manifest'] as const),
];

/** The files that prove it, each with its hash. */
export function EvidenceFiles({ incident, evidence, error, isOwnPage = false }: EvidenceFilesProps) {
  const { may } = useSession();
  const zone = incident.storeTimeZone;
  if (!evidence) return error ? <Failure error={error} /> : <Loading label="Loading the evidence" />;
  const artifacts = [...evidence.artifacts].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  return (
    <>
      {!isOwnPage && (
        <p>
          <Link className={classes.link} to="/incidents/$incidentId/evidence" params={{ incidentId: incident.id }}>
            All cameras at one moment
          </Link>
        </p>
      )}
      <p>
        <b>{evidenceLabels[evidence.state].label}.</b>{' '}
        {evidence.failure ? reasonSentence(evidence.failure, zone) : evidenceLabels[evidence.state].hint}{' '}
        {evidence.readyAt && <span className={classes.dim}>Ready at {dateTime(evidence.readyAt, zone)}.</span>}
      </p>
      {artifacts.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls sideways must be reachable by keyboard
        <section className={`${page.scroll} ${classes.table}`} tabIndex={0} aria-label="Evidence files">
          <table className={page.table}>
            <thead>
              <tr>
                <th scope="col">File</th>
                <th scope="col">Shows</th>
                <th scope="col">Size</th>
                <th scope="col">SHA-256</th>
                <th scope="col">
                  <span className="visually-hidden">Download</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {artifacts.map((artifact) => (
                <tr key={artifact.id}>
                  <td>
                    {artifactKinds[artifact.kind]}{' '}
                    <span className={classes.dim}>
                      {artifact.cameraId ? `${artifact.cameraId}, ` : ''}
                      {artifact.mediaType}
                    </span>
                  </td>
                  <td className="tabular">
                    {artifact.fromAt
                      ? `${clockTime(artifact.fromAt, zone)}${artifact.toAt ? ` to ${clockTime(artifact.toAt, zone)}` : ''}`
                      : ''}
                  </td>
                  <td className={classes.size}>{fileSize(artifact.sizeBytes)}</td>
                  <td>
                    <Hash value={artifact.sha256} />
                  </td>
                  <td>
                    {artifact.quarantine && <b className={classes.kept}>Kept back</b>}
                    {may('evidence.view') && !artifact.quarantine && (
                      <Anchor
                        fz="sm"
                        href={artifact.url}
                        download
                        className={classes.download}
                        aria-label={`Download ${artifactKinds[artifact.kind].toLowerCase()} ${artifact.id}`}
                      >
                        <IconDownload size={16} /> Download
                      </Anchor>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {artifacts.length > 0 && (
        <p className={classes.dim}>Each file is checked against its hash on every read, and every read is on record.</p>
      )}
    </>
  );
}

function Hash({ value }: { value: string }) {
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <UnstyledButton className={`mono ${classes.hash}`} title={value} onClick={copy}>
          <span className="visually-hidden">Copy the hash </span>
          {copied ? 'Copied' : `${value.slice(0, 16)}…`} {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        </UnstyledButton>
      )}
    </CopyButton>
  );
}
