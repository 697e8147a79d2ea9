"""gradflow: the parts that keep a deep network's gradients alive, in plain NumPy.

The modules, in the order in which the assignment takes them:

- `initializers`: Xavier and He initialisation
- `activations`: sigmoid, tanh and the ReLU family, each with its derivative
- `batchnorm`: batch normalisation, forward and backward
- `clipping`: gradient clipping by value, by norm and by global norm
- `diagnostics`: numbers that tell how gradients flow
- `network` (given): a fully connected network made of all of these

Import the module that you need, `from gradflow import activations`. Nothing is imported here, so a
mistake in one module never hides another.
"""
