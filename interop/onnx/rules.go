package onnx

import "strings"

// work says what an operator without multiply-accumulates computes.
type work int

const (
	move      work = iota // nothing: it moves or renames values
	perOutput             // one operation a value that comes out
	perInput              // one operation a value that goes in: sums, means, norms
	perWindow             // one operation a value in each window
	multiply              // multiply-accumulates, see mac
	control               // what its branches or body compute
)

// rule is what is known of an operator.
type rule struct {
	shape   func(*call) error
	work    work
	mac     func(*call) error
	least   int  // inputs that have to be there
	partial bool // shape also works where not all shapes are known
}

// Operators of one kind of shape. Those of com.microsoft are ONNX Runtime's.
const (
	unaryOps = `Relu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Gelu Mish Swish Erf Exp Log Sqrt
Reciprocal Neg Abs Sign Floor Ceil Round Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Clip Shrink
ThresholdedRelu CumSum CumProd Bernoulli RandomNormalLike RandomUniformLike
com.microsoft.Gelu com.microsoft.FastGelu com.microsoft.BiasGelu com.microsoft.QuickGelu com.microsoft.QLinearSigmoid
com.microsoft.QLinearLeakyRelu`
	normOps = `Softmax LogSoftmax Hardmax BatchNormalization InstanceNormalization GroupNormalization LpNormalization RMSNormalization
MeanVarianceNormalization LRN com.microsoft.QLinearSoftmax com.microsoft.SimplifiedLayerNormalization
com.microsoft.SkipLayerNormalization com.microsoft.SkipSimplifiedLayerNormalization SimplifiedLayerNormalization
SkipSimplifiedLayerNormalization LayerNormalization com.microsoft.GroupNorm`
	sameOps      = `Identity Dropout Trilu ReverseSequence ScatterElements ScatterND Scatter EyeLike TensorScatter`
	arithmetic   = `Add Sub Mul Div Pow Mod Max Min Mean Sum PRelu BitShift BitwiseAnd BitwiseOr BitwiseXor`
	comparisons  = `And Or Xor Equal Greater Less GreaterOrEqual LessOrEqual`
	reductions   = `ReduceMean ReduceSum ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceSumSquare`
	globalPools  = `GlobalAveragePool GlobalMaxPool GlobalLpPool`
	dataDepends  = `NonZero Unique Compress NonMaxSuppression`
	sequenceOps  = `SequenceConstruct SequenceEmpty SequenceInsert SequenceErase SequenceAt SequenceLength SplitToSequence ConcatFromSequence Optional OptionalGetElement OptionalHasElement`
	quantizedOps = `com.microsoft.QLinearAdd com.microsoft.QLinearMul`
)

// rules is the table of operators.
func rules() map[string]rule {
	out := map[string]rule{}
	add := func(names string, r rule) {
		for _, n := range strings.Fields(names) {
			out[n] = r
		}
	}
	add(unaryOps, rule{shape: (*call).same, work: perOutput, least: 1})
	add(normOps, rule{shape: (*call).same, work: perInput, least: 1})
	add(sameOps, rule{shape: (*call).same, work: move, least: 1})
	add(arithmetic, rule{shape: (*call).broadcasts, work: perOutput, least: 1})
	add(comparisons, rule{shape: (*call).compares, work: perOutput, least: 2})
	add("Not IsNaN IsInf BitwiseNot", rule{shape: (*call).tests, work: perOutput, least: 1})
	add(reductions, rule{shape: (*call).reduce, work: perInput, least: 1})
	add("ArgMax ArgMin", rule{shape: (*call).argument, work: perInput, least: 1})
	add(globalPools+" com.microsoft.QLinearGlobalAveragePool", rule{shape: (*call).globalPool, work: perInput, least: 1})
	add("MaxPool AveragePool LpPool com.microsoft.QLinearAveragePool", rule{shape: (*call).pool, work: perWindow, least: 1})
	add(dataDepends+" "+sequenceOps, rule{work: move})
	add(quantizedOps, rule{shape: (*call).quantizedBinary, work: perOutput, least: 4})
	add("Where", rule{shape: (*call).where, work: perOutput, least: 3})
	add("Cast QuantizeLinear DequantizeLinear", rule{shape: (*call).cast, work: perOutput, least: 1})
	add("CastLike", rule{shape: (*call).castLike, work: perOutput, least: 2})
	add("DynamicQuantizeLinear", rule{shape: (*call).dynamicQuantize, work: perInput, least: 1})
	out["com.microsoft.QuantizeLinear"], out["com.microsoft.DequantizeLinear"] = out["QuantizeLinear"], out["DequantizeLinear"]
	for name, shape := range map[string]func(*call) error{
		"Shape": (*call).shapeOf, "Size": (*call).size, "Transpose": (*call).transpose,
		"Flatten": (*call).flatten, "Squeeze": (*call).squeeze, "Unsqueeze": (*call).unsqueeze, "Concat": (*call).concat, "Split": (*call).split,
		"Slice": (*call).slice, "Gather": (*call).gather, "GatherElements": (*call).gatherElements, "GatherND": (*call).gatherND,
		"Expand": (*call).expand, "Tile": (*call).tile, "Pad": (*call).pad, "ConstantOfShape": (*call).constantOfShape, "OneHot": (*call).oneHot,
		"DepthToSpace": (*call).depthToSpace, "SpaceToDepth": (*call).spaceToDepth, "Range": (*call).rangeOf,
	} {
		out[name] = rule{shape: shape, work: move, least: 1}
	}
	out["Constant"] = rule{shape: (*call).constantValue, work: move}
	out["Reshape"] = rule{shape: (*call).reshape, work: move, least: 2, partial: true}
	out["Resize"] = rule{shape: (*call).resize, work: perOutput, least: 1}
	out["Upsample"] = out["Resize"]
	out["TopK"] = rule{shape: (*call).topK, work: perInput, least: 1}
	out["RandomNormal"] = rule{shape: (*call).randomShape, work: perOutput}
	out["RandomUniform"] = out["RandomNormal"]
	out["GridSample"] = rule{shape: (*call).gridSample, work: perOutput, least: 2}
	out["RoiAlign"] = rule{shape: (*call).roiAlign, work: perOutput, least: 2}
	out["com.microsoft.QLinearConcat"] = rule{shape: (*call).quantizedConcat, work: move, least: 3}
	out["RotaryEmbedding"] = rule{shape: (*call).same, work: perOutput, least: 1}
	out["com.microsoft.RotaryEmbedding"] = out["RotaryEmbedding"]
	out["com.microsoft.EmbedLayerNormalization"] = rule{shape: (*call).embedNorm, work: perOutput, least: 3}
	macRules(out)
	return out
}
