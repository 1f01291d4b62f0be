import { renderPdf } from '../adapters/pdf/render.ts';
import { createTimestamper } from '../adapters/timestamp/rfc3161.ts';
import { openZip } from '../adapters/zip/write.ts';
import type { PacketTools } from '../domain/packet/ports.ts';
import { createViewerPage } from './viewer-page.ts';

const timestampTimeoutMs = 15_000;

/** What packets are made with; without a time-stamping server they carry no token. */
export const packetTools = (timestampUrl: string | null): PacketTools => ({
  openZip,
  renderPdf,
  viewerPage: createViewerPage(),
  timestamp: timestampUrl === null ? null : createTimestamper({ url: timestampUrl, timeoutMs: timestampTimeoutMs }),
});
