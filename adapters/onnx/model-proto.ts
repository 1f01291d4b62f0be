import protobuf from 'protobufjs';

// The part of onnx.proto (field numbers from onnx/onnx.proto3, IR version 8) that a small hand-built graph needs.
const SCHEMA = `
syntax = "proto3";
package onnx;
message ModelProto { int64 ir_version = 1; string producer_name = 2; string producer_version = 3; int64 model_version = 5;
  GraphProto graph = 7; repeated OperatorSetIdProto opset_import = 8; }
message OperatorSetIdProto { string domain = 1; int64 version = 2; }
message GraphProto { repeated NodeProto node = 1; string name = 2; repeated TensorProto initializer = 5;
  repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12; }
message NodeProto { repeated string input = 1; repeated string output = 2; string name = 3; string op_type = 4;
  repeated AttributeProto attribute = 5; }
message AttributeProto { string name = 1; float f = 2; int64 i = 3; repeated float floats = 7; repeated int64 ints = 8;
  int32 type = 20; }
message TensorProto { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
message ValueInfoProto { string name = 1; TypeProto type = 2; }
message TypeProto { Tensor tensor_type = 1; message Tensor { int32 elem_type = 1; TensorShapeProto shape = 2; } }
message TensorShapeProto { repeated Dimension dim = 1; message Dimension { int64 dim_value = 1; } }
`;

const IR_VERSION = 8;
const OPSET_VERSION = 17;
const ELEMENT_TYPE = { float: 1, uint8: 2, int64: 7 } as const;
const ATTRIBUTE_TYPE = { int: 2, ints: 7 } as const;

/** Shape and type of a graph input or output. */
export interface GraphValue {
  name: string;
  type: keyof typeof ELEMENT_TYPE;
  dims: readonly number[];
}

export interface GraphNode {
  op: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface GraphConstant {
  name: string;
  dims: readonly number[];
  data: Float32Array | BigInt64Array;
}

export interface GraphSpec {
  name: string;
  version: number;
  inputs: readonly GraphValue[];
  outputs: readonly GraphValue[];
  constants: readonly GraphConstant[];
  nodes: readonly GraphNode[];
}

/** Serialises a graph to the bytes of an ONNX model; the same graph always gives the same bytes. */
export function encodeModel(spec: GraphSpec): Uint8Array {
  const type = protobuf.parse(SCHEMA, { keepCase: true }).root.lookupType('onnx.ModelProto');
  const model = {
    ir_version: IR_VERSION,
    producer_name: 'floorwalker',
    producer_version: String(spec.version),
    model_version: spec.version,
    opset_import: [{ domain: '', version: OPSET_VERSION }],
    graph: {
      name: spec.name,
      node: spec.nodes.map((node, index) => ({
        name: `${node.op}_${index}`,
        op_type: node.op,
        input: node.inputs,
        output: node.outputs,
        attribute: Object.entries(node.attributes ?? {}).map(([name, value]) =>
          typeof value === 'number'
            ? { name, i: value, type: ATTRIBUTE_TYPE.int }
            : { name, ints: value, type: ATTRIBUTE_TYPE.ints },
        ),
      })),
      initializer: spec.constants.map(({ name, dims, data }) => ({
        name,
        dims,
        data_type: data instanceof Float32Array ? ELEMENT_TYPE.float : ELEMENT_TYPE.int64,
        raw_data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      })),
      input: spec.inputs.map(valueInfo),
      output: spec.outputs.map(valueInfo),
    },
  };
  const problem = type.verify(model);
  if (problem) throw new Error(`The graph "${spec.name}" cannot be written as ONNX: ${problem}.`);
  return type.encode(type.fromObject(model)).finish();
}

function valueInfo({ name, type, dims }: GraphValue) {
  const shape = { dim: dims.map((size) => ({ dim_value: size })) };
  return { name, type: { tensor_type: { elem_type: ELEMENT_TYPE[type], shape } } };
}
