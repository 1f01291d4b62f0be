import type { IncidentDetail, Schemas } from '../api/client.ts';

/** One camera's clip on the wall, and how its clock lies to that of the incident's camera. */
export interface CameraView {
  cameraId: string;
  name: string;
  /** null: there is no clip of it. */
  clip: { url: string; fromMs: number; toMs: number } | null;
  heatmapUrl: string | null;
  gaps: readonly { fromMs: number; toMs: number }[];
  offsetMs: number;
  /** null: the incident's own camera, by which all others are set. */
  alignment: Schemas['OtherCamera']['alignment'] | null;
  failure: Schemas['Reason'] | null;
  state: Schemas['EvidenceState'] | Schemas['OtherCamera']['state'];
}

type Evidence = Schemas['Evidence'];
type Artifact = Schemas['Artifact'];

const spanOf = ({ fromAt, toAt }: { fromAt: string; toAt: string }) => ({
  fromMs: Date.parse(fromAt),
  toMs: Date.parse(toAt),
});

/** What is kept back is not shown. */
const clipOf = (artifact: Artifact | undefined): CameraView['clip'] =>
  artifact?.fromAt && artifact.toAt && artifact.quarantine === null
    ? { url: artifact.url, ...spanOf({ fromAt: artifact.fromAt, toAt: artifact.toAt }) }
    : null;

/** The incident's own camera first, then the others in their order. */
export function cameraViews(incident: IncidentDetail, evidence: Evidence): CameraView[] {
  const find = (kind: Artifact['kind'], cameraId: string | null) =>
    evidence.artifacts.find((artifact) => artifact.kind === kind && artifact.cameraId === cameraId);
  const own: CameraView = {
    ...{ cameraId: incident.cameraId, name: incident.zoneLabel, clip: clipOf(find('clip', null)) },
    ...{ heatmapUrl: find('heatmap', null)?.url ?? null, gaps: evidence.gaps.map(spanOf), offsetMs: 0 },
    ...{ alignment: null, failure: evidence.failure, state: evidence.state },
  };
  const others = evidence.otherCameras.map(
    (camera): CameraView => ({
      ...{ cameraId: camera.cameraId, name: camera.name, clip: clipOf(find('other_clip', camera.cameraId)) },
      ...{ heatmapUrl: find('heatmap', camera.cameraId)?.url ?? null, gaps: camera.gaps.map(spanOf) },
      ...{ offsetMs: camera.alignment.offsetMs, alignment: camera.alignment },
      ...{ failure: camera.failure, state: camera.state },
    }),
  );
  return [own, ...others];
}

/** What a camera shows at a moment of the incident's camera. */
export type Shown = { kind: 'picture'; atS: number } | { kind: 'gap' } | { kind: 'outside' };

/** By the incident's camera's clock: where in this camera's clip that moment lies, or why it shows nothing. */
export function shownAt(view: Pick<CameraView, 'clip' | 'gaps' | 'offsetMs'>, atMs: number): Shown {
  const ownMs = atMs + view.offsetMs;
  if (view.gaps.some(({ fromMs, toMs }) => ownMs >= fromMs && ownMs < toMs)) return { kind: 'gap' };
  if (!view.clip || ownMs < view.clip.fromMs || ownMs > view.clip.toMs) return { kind: 'outside' };
  return { kind: 'picture', atS: (ownMs - view.clip.fromMs) / 1000 };
}

/** "0.4 s ahead, give or take 0.07 s (measured)". */
export function alignmentSentence({ offsetMs, errorMs, source }: Schemas['OtherCamera']['alignment']): string {
  const seconds = (ms: number) => `${(Math.abs(ms) / 1000).toFixed(2)} s`;
  const lies = offsetMs === 0 ? 'Same clock' : `${seconds(offsetMs)} ${offsetMs > 0 ? 'ahead' : 'behind'}`;
  const how = {
    measured: 'measured at a till that both see',
    declared: 'as somebody measured it',
    assumed: 'nobody has measured it',
  }[source];
  return `${lies}, give or take ${seconds(errorMs)}: ${how}`;
}
