import { encodeModel, type GraphConstant, type GraphNode } from '../../adapters/onnx/model-proto.ts';
import type { ZoneGrid } from './zone.ts';

/** Named in every detection; the version rises when the graph or the counter behind it changes. */
export const COUNTER_MODEL = { id: 'scan-zone-counter', version: '2' } as const;

/** How far the light may change from one frame to the next before it counts as something in the way. */
const GAIN_LIMITS = { low: 0.5, high: 2 } as const;

/** Keeps the ratio of two dark pixels from being noise. */
const DARK_OFFSET = 8;

/**
 * Builds the foreground model of one zone as an ONNX graph. Nothing is trained, so nothing is downloaded:
 *
 *   cells      = mean of the zone's pixels per cell
 *   light      = median over all cells of cells / background, per colour  (a lamp or auto exposure moves every cell)
 *   mask       = largest colour difference from the re-lit background > threshold, opened, then closed
 *   occupancy  = masked share of each column
 *   background = re-lit background, pulled towards the cells: quickly where empty, slowly where something stands
 */
export function buildForegroundModel(grid: ZoneGrid): Uint8Array {
  const { rows, columns, cell, crop, inside } = grid;
  const cells = rows * columns;
  const middle = Math.floor(cells / 2) + 1;
  const columnCells = Float32Array.from({ length: columns }, (_, column) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += inside[row * columns + column] ?? 0;
    return Math.max(1, sum);
  });

  const scalar = (name: string, value: number): GraphConstant => ({ name, dims: [], data: Float32Array.of(value) });
  const ints = (name: string, values: readonly number[]): GraphConstant => ({
    name,
    dims: [values.length],
    data: BigInt64Array.from(values, BigInt),
  });
  const constants: GraphConstant[] = [
    scalar('dark_offset', DARK_OFFSET),
    scalar('gain_low', GAIN_LIMITS.low),
    scalar('gain_high', GAIN_LIMITS.high),
    scalar('black', 0),
    scalar('white', 255),
    ints('flat_shape', [1, 3, cells]),
    ints('gain_shape', [1, 3, 1, 1]),
    ints('median_rank', [middle]),
    ints('median_start', [middle - 1]),
    ints('median_end', [middle]),
    ints('cell_axis', [2]),
    ints('row_axis', [2]),
    ints('line_shape', [columns]),
    { name: 'inside', dims: [1, 1, rows, columns], data: inside },
    { name: 'column_cells', dims: [columns], data: columnCells },
  ];

  const node = (op: string, inputs: string[], output: string, attributes?: GraphNode['attributes']): GraphNode => ({
    op,
    inputs,
    outputs: [output],
    ...(attributes ? { attributes } : {}),
  });
  const maxPool = { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] };
  /** Shrinking is growing of the negative. */
  const shrink = (input: string, output: string) => [
    node('Neg', [input], `${output}_n`),
    node('MaxPool', [`${output}_n`], `${output}_g`, maxPool),
    node('Neg', [`${output}_g`], output),
  ];

  const nodes: GraphNode[] = [
    node('Cast', ['picture'], 'pixels', { to: 1 }),
    node('Transpose', ['pixels'], 'planes', { perm: [0, 3, 1, 2] }),
    node('AveragePool', ['planes'], 'cells', { kernel_shape: [cell, cell], strides: [cell, cell] }),

    node('Add', ['cells', 'dark_offset'], 'cells_up'),
    node('Add', ['background', 'dark_offset'], 'background_up'),
    node('Div', ['cells_up', 'background_up'], 'ratio'),
    node('Reshape', ['ratio', 'flat_shape'], 'ratio_flat'),
    {
      op: 'TopK',
      inputs: ['ratio_flat', 'median_rank'],
      outputs: ['upper_half', 'upper_index'],
      attributes: { axis: -1, largest: 1, sorted: 1 },
    },
    node('Slice', ['upper_half', 'median_start', 'median_end', 'cell_axis'], 'median'),
    node('Reshape', ['median', 'gain_shape'], 'gain_raw'),
    node('Clip', ['gain_raw', 'gain_low', 'gain_high'], 'gain'),
    node('Mul', ['background', 'gain'], 'background_lit'),
    node('Clip', ['background_lit', 'black', 'white'], 'lit'),

    node('Sub', ['cells', 'lit'], 'change'),
    node('Abs', ['change'], 'distance'),
    node('ReduceMax', ['distance'], 'strength', { axes: [1], keepdims: 1 }),
    node('Greater', ['strength', 'threshold'], 'over'),
    node('Cast', ['over'], 'over_float', { to: 1 }),
    node('Mul', ['over_float', 'inside'], 'raw_mask'),
    ...shrink('raw_mask', 'opened_small'),
    node('MaxPool', ['opened_small'], 'opened', maxPool),
    node('MaxPool', ['opened'], 'grown', maxPool),
    ...shrink('grown', 'mask'),

    node('ReduceSum', ['mask', 'row_axis'], 'column_sum', { keepdims: 0 }),
    node('Reshape', ['column_sum', 'line_shape'], 'column_line'),
    node('Div', ['column_line', 'column_cells'], 'occupancy'),

    // rates = [empty, occupied]; the ring around an object (`grown`) learns slowly too, or its edge would bleed in.
    node('Sub', ['rate_occupied', 'rate_empty'], 'rate_step'),
    node('Mul', ['grown', 'rate_step'], 'rate_change'),
    node('Add', ['rate_empty', 'rate_change'], 'rate'),
    node('Mul', ['change', 'rate'], 'update'),
    node('Add', ['lit', 'update'], 'background_next'),
  ];

  return encodeModel({
    name: COUNTER_MODEL.id,
    version: Number(COUNTER_MODEL.version),
    inputs: [
      { name: 'picture', type: 'uint8', dims: [1, crop.height, crop.width, 3] },
      { name: 'background', type: 'float', dims: [1, 3, rows, columns] },
      { name: 'threshold', type: 'float', dims: [1] },
      { name: 'rate_empty', type: 'float', dims: [1] },
      { name: 'rate_occupied', type: 'float', dims: [1] },
    ],
    outputs: [
      { name: 'mask', type: 'float', dims: [1, 1, rows, columns] },
      { name: 'occupancy', type: 'float', dims: [columns] },
      { name: 'cells', type: 'float', dims: [1, 3, rows, columns] },
      { name: 'background_next', type: 'float', dims: [1, 3, rows, columns] },
    ],
    constants,
    nodes,
  });
}
