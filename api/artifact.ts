import type { Request, Response } from 'express';
import { type EvidenceStore, IntegrityError } from '../domain/ports.ts';
import type { ServiceContext } from '../services/context.ts';
import { readLocks } from '../services/evidence/record.ts';
import { openArtifact, recordIntegrityFailure } from '../services/evidence/view.ts';

export interface VerifiedArtifact {
  bytes: Uint8Array;
  mediaType: string;
  sha256: string;
  fileName: string;
}

export interface ArtifactReader {
  /** Verified against the recorded hash on this very read; the view is audited, further ranges of it are not again. */
  read(ctx: ServiceContext, incidentId: string, artifactId: string): Promise<VerifiedArtifact>;
  setLegalHold(ctx: ServiceContext, incidentId: string, on: boolean): Promise<void>;
}

/** A player asks for one clip in many ranges: within this time they are one view. */
const viewMs = 60_000;
const maxViews = 2_000;

export function createArtifactReader(deps: { objects: EvidenceStore }): ArtifactReader {
  const views = new Map<string, number>();
  return {
    async read(ctx, incidentId, artifactId) {
      const view = `${ctx.actor.id}/${incidentId}/${artifactId}`;
      const continued = (views.get(view) ?? 0) > Date.now();
      const location = await openArtifact(ctx, { incidentId, artifactId, continued });
      if (!continued) {
        if (views.size >= maxViews) views.clear();
        views.set(view, Date.now() + viewMs);
      }
      try {
        const bytes = await deps.objects.readVerified({
          key: location.objectKey,
          version: location.objectVersion,
          sha256: location.sha256,
        });
        return {
          bytes,
          mediaType: location.mediaType,
          sha256: location.sha256,
          fileName: `${incidentId}-${location.objectKey.slice(location.objectKey.lastIndexOf('/') + 1)}`,
        };
      } catch (error) {
        if (error instanceof IntegrityError)
          await recordIntegrityFailure(ctx, {
            incidentId,
            artifactId,
            expectedSha256: error.expectedSha256,
            actualSha256: error.actualSha256,
          });
        throw error;
      }
    },
    async setLegalHold(ctx, incidentId, on) {
      for (const lock of await readLocks(ctx, incidentId))
        await deps.objects.setLegalHold({ key: lock.objectKey, version: lock.objectVersion, on });
    },
  };
}

/** Sends verified bytes, whole or the one range asked for (RFC 9110, section 14). */
export async function sendArtifact(request: Request, response: Response, artifact: VerifiedArtifact): Promise<void> {
  const { bytes } = artifact;
  const size = bytes.byteLength;
  response.setHeader('accept-ranges', 'bytes');
  response.setHeader('cache-control', 'private, no-store');
  response.setHeader('content-type', artifact.mediaType);
  response.setHeader('x-content-sha256', artifact.sha256);
  response.setHeader('content-disposition', `inline; filename="${artifact.fileName}"`);
  const ranges = request.range(size);
  if (ranges === -1) {
    response.setHeader('content-range', `bytes */${size}`);
    response.status(416).end();
    return;
  }
  const range = Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1 ? ranges[0] : undefined;
  if (!range) {
    response.setHeader('content-length', String(size));
    response.status(200).end(bytes);
    return;
  }
  response.setHeader('content-range', `bytes ${range.start}-${range.end}/${size}`);
  response.setHeader('content-length', String(range.end - range.start + 1));
  response.status(206).end(bytes.subarray(range.start, range.end + 1));
}
