import * as ort from 'onnxruntime-node';

export type OnnxSession = ort.InferenceSession;
export type TensorMap = Record<string, ort.Tensor>;

/** Opens a model from bytes on the CPU. `threads` is per inference; one is best for small graphs beside an encoder. */
export async function openSession(model: Uint8Array, threads = 1): Promise<OnnxSession> {
  return await ort.InferenceSession.create(model, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    // Level 3 is errors only: the runtime's warnings about unused initialisers are not for operators.
    logSeverityLevel: 3,
  });
}

export const floatTensor = (data: Float32Array, dims: readonly number[]): ort.Tensor =>
  new ort.Tensor('float32', data, dims);

export const byteTensor = (data: Uint8Array, dims: readonly number[]): ort.Tensor =>
  new ort.Tensor('uint8', data, dims);

/** The floats of a named output; a missing one means that the model is not the one we pinned. */
export function floatOutput(outputs: ort.InferenceSession.OnnxValueMapType, name: string): Float32Array {
  const data = outputs[name]?.data;
  if (!(data instanceof Float32Array)) throw new Error(`The model has no float output called "${name}".`);
  return data;
}
