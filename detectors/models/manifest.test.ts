import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { sha256 } from '../recorder/ledger.ts';
import { loadModel, type PinnedModel } from './manifest.ts';

const weights = Buffer.from('weights');
const model: PinnedModel = {
  id: 'm',
  version: '1',
  file: 'm.onnx',
  licence: 'MIT',
  sha256: sha256(weights),
  source: 'https://models.example/m.onnx',
};

let modelsDir: string;
let cacheDir: string;
beforeEach(async () => {
  modelsDir = await mkdtemp(join(tmpdir(), 'models-'));
  cacheDir = await mkdtemp(join(tmpdir(), 'cache-'));
});
afterEach(async () => {
  await rm(modelsDir, { recursive: true });
  await rm(cacheDir, { recursive: true });
});

it('looks into the models folder, then the cache, and asks the network only when told to', async () => {
  expect(await loadModel(model, { modelsDir, cacheDir })).toBeUndefined();
  expect(await loadModel(model, { modelsDir: '/nowhere/at/all' })).toBeUndefined();
  await writeFile(join(cacheDir, 'm.onnx'), weights);
  expect(await loadModel(model, { modelsDir, cacheDir })).toEqual(weights);
});

it('keeps a download in the cache', async () => {
  const asked: string[] = [];
  const download = async (source: string) => {
    asked.push(source);
    return weights;
  };
  await loadModel(model, { modelsDir, cacheDir, download });
  await loadModel(model, { modelsDir, cacheDir, download });
  expect(asked).toEqual([model.source]);
  expect(await readFile(join(cacheDir, 'm.onnx'))).toEqual(weights);
});

it('refuses wrong weights wherever they come from', async () => {
  const wrong = Buffer.from('other weights');
  await expect(loadModel(model, { cacheDir, download: async () => wrong })).rejects.toThrow('is not m 1');
  expect(await loadModel(model, { cacheDir })).toBeUndefined();
  await writeFile(join(modelsDir, 'm.onnx'), wrong);
  await writeFile(join(cacheDir, 'm.onnx'), weights);
  await expect(loadModel(model, { modelsDir, cacheDir })).rejects.toThrow(`expected ${model.sha256}`);
});
