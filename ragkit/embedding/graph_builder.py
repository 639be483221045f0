"""Builds an ONNX graph node by node, straight from a model's weights: no torch, no exporter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ragkit.embedding.weights import Tensors

TypedShape = tuple[Literal["FLOAT", "INT64"], Sequence[str | int | None]]
"""The type of a tensor's elements and its shape."""

_OPSET = 20
_IR_VERSION = 10
_LARGE = 256  # bytes; from this size a constant is handed over instead of being written into the graph


class GraphBuilder:
    """Collects nodes and constants; each method appends an operation and returns the name of its output.

    Attributes:
        tensors: the weights that the graph is built from.
        weights: the large arrays that are handed to the session beside the graph, by name; empty where they are
            written into it.
    """

    def __init__(self, tensors: Tensors, *, embedded: bool = False) -> None:
        """Begins an empty graph.

        Args:
            tensors: the weights by name.
            embedded: write every weight into the graph, so that it is whole without ``weights``.
        """
        self.tensors = tensors
        self._embedded = embedded
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self.weights: dict[str, npt.NDArray[np.float32]] = {}

    def op(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """An operation of the ONNX standard."""
        from onnx import helper

        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def constant(self, name: str, value: Any) -> str:
        """A constant that is no weight."""
        from onnx import numpy_helper

        self._constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def weight(self, name: str, *, transposed: bool = False, rows: int | None = None) -> str:
        """A weight by its name in the tensors; of a long one only the first rows, if ``rows`` says so."""
        from onnx import TensorProto

        array = np.asarray(self.tensors[name][:rows], dtype=np.float32)
        array = np.ascontiguousarray(array.T if transposed else array)
        if self._embedded or array.nbytes < _LARGE:
            return self.constant(name, array)
        proto = TensorProto(
            name=name, data_type=TensorProto.FLOAT, dims=array.shape, data_location=TensorProto.EXTERNAL
        )
        proto.external_data.add(key="location", value="weights")
        self._constants.append(proto)
        self.weights[name] = array
        return name

    def linear(self, value: str, prefix: str, output: str) -> str:
        """A linear layer with bias."""
        product = self.op("MatMul", [value, self.weight(f"{prefix}.weight", transposed=True)], f"{output}.product")
        return self.op("Add", [product, self.weight(f"{prefix}.bias")], output)

    def layer_norm(self, value: str, prefix: str, output: str, epsilon: float) -> str:
        """LayerNorm over the last axis."""
        inputs = [value, self.weight(f"{prefix}.weight"), self.weight(f"{prefix}.bias")]
        return self.op("LayerNormalization", inputs, output, axis=-1, epsilon=epsilon)

    def serialised(self, name: str, inputs: Mapping[str, TypedShape], outputs: Mapping[str, TypedShape]) -> bytes:
        """The graph as the bytes of an ONNX model.

        Args:
            name: of the graph.
            inputs: the type and shape of each input by name; a dimension by name may be of any size.
            outputs: the same for each output.
        """
        from onnx import TensorProto, helper

        def infos(values: Mapping[str, TypedShape]) -> list[Any]:
            return [
                helper.make_tensor_value_info(each, TensorProto.DataType.Value(kind), shape)
                for each, (kind, shape) in values.items()
            ]

        graph = helper.make_graph(self._nodes, name, infos(inputs), infos(outputs), self._constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
        serialised: bytes = model.SerializeToString()
        return serialised
