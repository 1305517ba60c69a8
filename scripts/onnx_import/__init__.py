"""Turns an ONNX model into a workload file. model_file.py reads it, dimensions.py gives its inputs sizes, and reader.py walks
through it: inference.py infers and folds each node, control.py puts bodies in place, microsoft.py rewrites operators of
another domain. operators.py makes layers of nodes, fold.py decides what rides along with a layer, losses.py says what is
missing, workload.py writes the result."""
