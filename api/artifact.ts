import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { type EvidenceStore, IntegrityError, type RangedStore } from '../domain/ports.ts';
import type { ServiceContext } from '../services/context.ts';
import { openArtifact, recordIntegrityFailure } from '../services/evidence/view.ts';
import { verifiedObjects } from './verified-object.ts';

export interface VerifiedArtifact {
  /** Bytes `start` to `end`, both included, none of which is other than what was recorded. */
  read(start: number, end: number): AsyncIterable<Uint8Array>;
  sizeBytes: number;
  mediaType: string;
  sha256: string;
  fileName: string;
}

export interface ArtifactReader {
  /** Verified against the recorded hash; the view is audited, further ranges of it are not again. */
  read(ctx: ServiceContext, incidentId: string, artifactId: string): Promise<VerifiedArtifact>;
}

/** A player asks for one clip in many ranges: within this time they are one view. */
const viewMs = 60_000;
const maxViews = 2_000;

export function createArtifactReader(deps: { objects: EvidenceStore & RangedStore }): ArtifactReader {
  const views = new Map<string, number>();
  const objects = verifiedObjects(deps.objects);
  return {
    async read(ctx, incidentId, artifactId) {
      const view = `${ctx.actor.id}/${incidentId}/${artifactId}`;
      const continued = (views.get(view) ?? 0) > Date.now();
      const location = await openArtifact(ctx, { incidentId, artifactId, continued });
      if (!continued) {
        if (views.size >= maxViews) views.clear();
        views.set(view, Date.now() + viewMs);
      }
      const reported = async (error: unknown): Promise<never> => {
        if (error instanceof IntegrityError) {
          const { expectedSha256, actualSha256 } = error;
          await recordIntegrityFailure(ctx, { incidentId, artifactId, expectedSha256, actualSha256 });
        }
        throw error;
      };
      const object = await objects.open(location).catch(reported);
      const { sizeBytes, mediaType, sha256 } = location;
      return {
        ...{ sizeBytes, mediaType, sha256 },
        fileName: `${incidentId}-${location.objectKey.slice(location.objectKey.lastIndexOf('/') + 1)}`,
        async *read(start, end) {
          try {
            yield* object.read(start, end);
          } catch (error) {
            await reported(error);
          }
        },
      };
    },
  };
}

/** Sends verified bytes, whole or the one range asked for (RFC 9110, section 14). */
export async function sendArtifact(request: Request, response: Response, artifact: VerifiedArtifact): Promise<void> {
  const { sizeBytes: size } = artifact;
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
  if (range) response.setHeader('content-range', `bytes ${range.start}-${range.end}/${size}`);
  const { start, end } = range ?? { start: 0, end: size - 1 };
  response.setHeader('content-length', String(end - start + 1));
  response.status(range ? 206 : 200);
  try {
    await pipeline(Readable.from(artifact.read(start, end), { objectMode: false }), response);
  } catch (error) {
    // Somebody who has seen enough closes the connection: players do so all the time.
    if (!isClosedByReader(error)) throw error;
  }
}

const isClosedByReader = (error: unknown): boolean =>
  error instanceof Error && (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
