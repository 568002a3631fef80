// Package bench measures gocir and its peers side by side: the same work on the same numbers, in processes of their own
// that take turns, so that a change of the machine's pace meets all of them. The peers are PyTorch, running the
// original's mathematics the original's way, JAX and ONNX Runtime; they need a Python with what peers/requirements.txt
// lists. Each comparison also holds the results of all sides against each other.
package bench
