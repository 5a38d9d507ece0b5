// Package onnx turns models in the ONNX format (https://onnx.ai, onnx.proto of ONNX 1.23, IR version 13) into networks of
// package workload.
//
//	model, err := onnx.Read(file)                             // the graph, without its weights
//	result, err := onnx.Import(model, onnx.Options{Batch: 1}) // a workload.Network, and what is not in it
//
// Four steps, one or two files each:
//
//   - wire.go, proto.go and proto_tensor.go read the protobuf as a stream and keep what is needed: nodes, attributes, shapes, and the values of
//     small tensors. Weights are skipped, not loaded, so memory does not grow with them, and no external data is opened.
//   - eval.go walks the nodes in order and gives every value a type, a shape and, where it is small and known, its contents:
//     targets of Reshape are often computed by Shape, Gather and Concat. rules.go is the table of operators;
//     shape_*.go, attrs.go and fold.go have their rules. repeats.go follows what Expand makes equal.
//     Shapes that the file states are compared with these; a contradiction is an error.
//   - mac_*.go turn operators that multiply and accumulate into layers. control.go runs graphs within graphs: functions are
//     inlined, branches whose condition is known are taken.
//   - import.go ties these together; report.go counts the rest. Nothing is dropped without a word: operators without multiply-accumulates are listed with
//     what they compute; what multiplies but has no form as an Einsum is listed with its multiply-accumulates; an operator
//     that is not known is listed as such.
//
// Every dimension is a number here: dimensions that the model leaves open have to be given. Where a shape depends on data
// (NonZero), it and what follows from it is unknown and reported, unless the file states it.
//
// Input is not trusted. Counts, nesting, the memory that is kept and the number of nodes walked are bounded, products are
// checked for overflow, and errors are *yamlsrc.Error: they name the node.
package onnx
