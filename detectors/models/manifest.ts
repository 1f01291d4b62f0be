import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A model file that Floorwalker may use: pinned to the byte. Weights are never part of the repository. */
export interface PinnedModel {
  id: string;
  version: string;
  file: string;
  licence: string;
  sha256: string;
  /** Where its makers publish it. */
  source: string;
}

export const MODELS = {
  yoloxNano: {
    id: 'yolox-nano',
    version: '0.1.1rc0',
    file: 'yolox_nano.onnx',
    licence: 'Apache-2.0 (Megvii)',
    sha256: '695e750a5d5754bb5a8d5325643b59282191a7e7a564e435a415fd3c578eab14',
    source: 'https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_nano.onnx',
  },
  rfb320Face: {
    id: 'ultra-light-rfb-320',
    version: '1.0',
    file: 'rfb320_face.onnx',
    licence: 'MIT (Linzaer)',
    sha256: 'faf6740b495e8b9508e6fda11e8c0368bbdde01143e8f0a3e511d0892c4d794e',
    source:
      'https://github.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB/raw/master/models/onnx/version-RFB-320.onnx',
  },
} as const satisfies Record<string, PinnedModel>;

export interface ModelPlaces {
  /** Looked into first: what the operator provides. */
  modelsDir?: string;
  /** Looked into next; downloads are kept here. */
  cacheDir?: string;
  /** Fetches from the source when the file is in neither place; absent: the network is never asked. */
  download?: (source: string, signal: AbortSignal) => Promise<Uint8Array>;
}

const DOWNLOAD_TIMEOUT_MS = 60_000;

/** Downloads over HTTP; for `ModelPlaces.download`. The hash is checked by whoever asked. */
export async function downloadModel(source: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(source, { signal });
  if (!response.ok)
    throw new Error(`${source} answered ${response.status}; put the file into the models folder by hand.`);
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Finds a pinned model: models folder, cache, download. Returns undefined when it is nowhere, and throws when a file
 * of that name is not the pinned one: wrong weights must never decide anything.
 */
export async function loadModel(model: PinnedModel, places: ModelPlaces): Promise<Uint8Array | undefined> {
  for (const folder of [places.modelsDir, places.cacheDir]) {
    if (!folder) continue;
    const path = join(folder, model.file);
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw error;
    });
    if (bytes) return checked(model, bytes, path);
  }
  if (!places.download || !places.cacheDir) return undefined;
  const bytes = checked(
    model,
    await places.download(model.source, AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS)),
    model.source,
  );
  await mkdir(places.cacheDir, { recursive: true });
  const draftPath = join(places.cacheDir, `${model.file}.${randomUUID()}.part`);
  await writeFile(draftPath, bytes);
  await rename(draftPath, join(places.cacheDir, model.file));
  return bytes;
}

function checked(model: PinnedModel, bytes: Uint8Array, from: string): Uint8Array {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found === model.sha256) return bytes;
  throw new Error(
    `${from} is not ${model.id} ${model.version}: SHA-256 ${found}, expected ${model.sha256}. Remove the file or replace it with the pinned one.`,
  );
}
