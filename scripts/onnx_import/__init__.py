"""Turns an ONNX model into a workload file: graph.py reads it, layers.py makes layers of nodes, fold.py decides what
rides along with a layer, workload.py writes the result."""
