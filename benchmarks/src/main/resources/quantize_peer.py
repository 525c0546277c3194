"""Quantises an ONNX model as ONNX Runtime does it by default without data: weights to int8 once, activations while it runs."""
import sys

from onnxruntime.quantization import QuantType, quantize_dynamic

quantize_dynamic(sys.argv[1], sys.argv[2], weight_type=QuantType.QInt8)
