"""A fully connected network of any depth, made of this package's functions. It is given: no TODOs.

With L weight layers, numbered from 1 at the input side, and h_0 = x:

    z_l = h_{l-1} @ W_l + b_l        the pre-activations, for l = 1 ... L
    y_l = batchnorm(z_l)             where batch normalisation is asked for, else y_l = z_l
    h_l = activation(y_l)            for l = 1 ... L-1: the hidden layers

The last layer is linear: z_L is the network's output, the logits of a classifier. A network of
"10 weight layers" thus has L = 10, 9 hidden layers and 11 sizes. Python's lists start at 0, so
`weights[0]` is W_1 and `activations[0]` is h_0.

    net = Network([2] + [100] * 9 + [3], activation="tanh", rng=np.random.default_rng(0))
    loss, grads = net.loss_and_gradients(x, labels)
    norms = diagnostics.gradient_norms(grads.pre_activations)
    net.step(net.clip(grads, "global_norm", 1.0), learning_rate=0.1)

The weights are kept in `net.weights`, the other parameters beside them; `net.trace` holds what the
last forward pass computed. No array is ever changed in place.
"""

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

PAIRING = {
    "sigmoid": "xavier_normal",
    "tanh": "xavier_normal",
    "relu": "he_normal",
    "leaky_relu": "he_normal",
    "prelu": "he_normal",
    "rrelu": "he_normal",
    "elu": "he_normal",
}
"""The initializer that the lecture pairs with each activation."""

INITIALIZERS = ("xavier_normal", "xavier_uniform", "he_normal", "he_uniform")

PARAMETERS = ("weights", "biases", "gamma", "beta", "alpha")
"""What is learned: the lists of a network's parameters, and those of their gradients."""

REMEDIES = ("none", "initializer", "activation", "batch_norm", "clipping")
"""What can be done to a sick net, see `treated`."""

Loss = Callable[[np.ndarray, np.ndarray], tuple[float, np.ndarray]]


class UnusableResult(ValueError):
    """A function that the network is made of returned something of the wrong type or shape."""


@dataclass(frozen=True)
class Gradients:
    """The gradients of the loss, each a list with the input side first.

    `weights`, `biases` and `pre_activations` have one array per weight layer, the output layer
    included: (n_in, n_out), (n_out,) and (N, n_out). `gamma` and `beta` have one (n_out,) per
    hidden layer with batch normalisation, `alpha` one (n_out,) per hidden layer with PReLU; else
    they are empty. `pre_activations` are the gradients with respect to z_l = h_{l-1} @ W_l + b_l,
    also where batch normalisation follows.
    """

    weights: list[np.ndarray]
    biases: list[np.ndarray]
    gamma: list[np.ndarray]
    beta: list[np.ndarray]
    alpha: list[np.ndarray]
    pre_activations: list[np.ndarray]

    def parameters(self) -> list[np.ndarray]:
        """All gradients of parameters in one list, in the order of the attributes."""
        return [grad for kind in PARAMETERS for grad in getattr(self, kind)]


@dataclass
class Trace:
    """What a forward pass leaves behind, input side first.

    `activations`: h_0 = x to h_{L-1}, the L arrays that the weight layers get.
    `activation_inputs`: y_1 to y_{L-1}, which are z where there is no batch normalisation.
    `slopes`: the derivatives dh_l / dy_l, L-1 arrays. They are filled in by the backward pass, for
    randomised ReLU by the forward pass.
    """

    activations: list[np.ndarray] = field(default_factory=list)
    activation_inputs: list[np.ndarray] = field(default_factory=list)
    slopes: list[Any] = field(default_factory=list)
    caches: list[Any] = field(default_factory=list)


class Network:
    """A fully connected network with one activation for all hidden layers.

    Args:
        sizes: units of every layer, input first, output last: L + 1 numbers for L weight layers.
        rng: draws the initial weights and the slopes of randomised ReLU.
        activation: a key of PAIRING.
        activation_options: keyword arguments for the activation, such as {"alpha": 0.1} for leaky
            ReLU. PReLU's alpha is the number that its slopes, one per unit, start from.
        initializer: one of INITIALIZERS, or "normal" for `init_normal`, or a function
            (n_in, n_out, rng) -> W; None takes the activation's in PAIRING.
        init_options: keyword arguments for the initializer, such as {"mode": "fan_in"} for He's, or
            {"std": 0.01} for "normal".
        batch_norm: whether each hidden layer is normalised just before its activation.
        package: an object whose attributes `activations`, `initializers`, `batchnorm` and
            `clipping` hold the functions to use; None takes the modules beside this one. Only those
            that are needed are ever touched: an unfinished module doesn't stand in the way.

    Raises:
        ValueError: an argument is not one of those named above.
        UnusableResult: an initializer didn't return a (n_in, n_out) array.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        rng: np.random.Generator,
        activation: str = "relu",
        activation_options: dict[str, Any] | None = None,
        initializer: str | Callable[..., np.ndarray] | None = None,
        init_options: dict[str, Any] | None = None,
        batch_norm: bool = False,
        package: Any = None,
    ) -> None:
        if len(sizes) < 2:
            raise ValueError("sizes must hold at least an input and an output size")
        if activation not in PAIRING:
            raise ValueError(f"activation must be one of {', '.join(PAIRING)}, got {activation!r}")
        self.sizes = tuple(sizes)
        self.activation = activation
        self.batch_norm = batch_norm
        self.trace = Trace()
        self._awaiting_backward: Trace | None = None
        self._package = _Siblings() if package is None else package
        self._rng = rng
        self._options = dict(activation_options or {})

        hidden = self.sizes[1:-1]
        self.weights = self._draw_weights(initializer, dict(init_options or {}))
        self.biases = [np.zeros(n) for n in self.sizes[1:]]
        self.gamma = [np.ones(n) for n in hidden] if batch_norm else []
        self.beta = [np.zeros(n) for n in hidden] if batch_norm else []
        self.running_mean = [np.zeros(n) for n in hidden] if batch_norm else []
        self.running_var = [np.ones(n) for n in hidden] if batch_norm else []
        self.alpha: list[np.ndarray] = []
        if activation == "prelu":
            start = self._options.pop("alpha", 0.25)  # as He et al. 2015 do
            self.alpha = [np.full(n, float(start)) for n in hidden]

    def forward(self, x: np.ndarray, training: bool = True) -> np.ndarray:
        """The network's output z_L (N, sizes[-1]) for a batch x (N, sizes[0]).

        Training and evaluation differ for batch normalisation, whose running values change in
        training only, and for randomised ReLU.
        """
        if x.ndim != 2 or x.shape[1] != self.sizes[0]:
            raise ValueError(f"x must have shape (N, {self.sizes[0]}), got {x.shape}")
        # Kept only once it is whole: a backward pass never sees half a trace, or an old one.
        trace = Trace(activations=[x])
        self.trace, self._awaiting_backward = Trace(), None
        for layer in range(len(self.weights) - 1):
            z = trace.activations[layer] @ self.weights[layer] + self.biases[layer]
            y = self._normalise(layer, z, training, trace) if self.batch_norm else z
            trace.activation_inputs.append(y)
            trace.activations.append(self._activate(layer, y, training, trace))
        output: np.ndarray = trace.activations[-1] @ self.weights[-1] + self.biases[-1]
        self.trace = self._awaiting_backward = trace
        return output

    def backward(self, doutput: np.ndarray) -> Gradients:
        """All gradients, from that of the loss with respect to the output (N, sizes[-1]).

        It belongs to the last forward pass, and is called at most once for each.
        """
        trace, self._awaiting_backward = self._awaiting_backward, None
        if trace is None:
            raise RuntimeError("backward needs a forward pass of its own")
        grads = Gradients([], [], [], [], [], [])
        dz = doutput
        for layer in reversed(range(len(self.weights))):
            grads.pre_activations.append(dz)
            grads.weights.append(trace.activations[layer].T @ dz)
            grads.biases.append(dz.sum(axis=0))
            if layer > 0:
                dh = dz @ self.weights[layer].T
                dz = self._activate_backward(layer - 1, dh, trace, grads)
                if self.batch_norm:
                    dz = self._normalise_backward(layer - 1, dz, trace, grads)
        for gradients in vars(grads).values():
            gradients.reverse()
        return grads

    def loss_and_gradients(
        self, x: np.ndarray, target: np.ndarray, *, loss: Loss | None = None, training: bool = True
    ) -> tuple[float, Gradients]:
        """A forward pass, the loss (cross-entropy, unless another is given), a backward pass."""
        value, doutput = (loss or cross_entropy)(self.forward(x, training), target)
        return value, self.backward(doutput)

    def clip(self, grads: Gradients, by: str, limit: float) -> Gradients:
        """New gradients, clipped by "value", "norm" (of each array) or "global_norm".

        All parameters' gradients are clipped in one call; those of the pre-activations stay.
        """
        if by not in ("value", "norm", "global_norm"):
            raise ValueError(f"by must be value, norm or global_norm, got {by!r}")
        given = grads.parameters()
        name = f"clipping.clip_by_{by}"
        clipped = getattr(self._package.clipping, f"clip_by_{by}")(given, limit)
        if by == "global_norm":
            clipped, _ = _several(clipped, 2, name)
        rest = iter(_several(clipped, len(given), name))
        new = {
            kind: [_array(next(rest), old.shape, name) for old in getattr(grads, kind)]
            for kind in PARAMETERS
        }
        return replace(grads, **new)

    def step(self, grads: Gradients, learning_rate: float) -> None:
        """One step of plain gradient descent on all parameters."""
        for kind in PARAMETERS:
            old = getattr(self, kind)
            new = [p - learning_rate * g for p, g in zip(old, getattr(grads, kind), strict=True)]
            setattr(self, kind, new)

    def _draw_weights(
        self, initializer: str | Callable[..., np.ndarray] | None, options: dict[str, Any]
    ) -> list[np.ndarray]:
        name = PAIRING[self.activation] if initializer is None else initializer
        if callable(name):
            draw, name = name, "the initializer"
        elif name == "normal":
            draw = init_normal
        elif name in INITIALIZERS:
            draw, name = getattr(self._package.initializers, name), f"initializers.{name}"
        else:
            known = ", ".join((*INITIALIZERS, "normal"))
            raise ValueError(f"initializer must be one of {known} or a function, got {name!r}")
        return [
            _array(draw(n_in, n_out, self._rng, **options), (n_in, n_out), name)
            for n_in, n_out in zip(self.sizes[:-1], self.sizes[1:], strict=True)
        ]

    def _normalise(self, layer: int, z: np.ndarray, training: bool, trace: Trace) -> np.ndarray:
        name = "batchnorm.batchnorm_forward"
        lists = (self.gamma, self.beta, self.running_mean, self.running_var)
        given = [values[layer] for values in lists]
        result = self._package.batchnorm.batchnorm_forward(z, *given, training=training)
        y, cache, running_mean, running_var = _several(result, 4, name)
        trace.caches.append(cache)
        if training:
            units = self.gamma[layer].shape
            self.running_mean[layer] = _array(running_mean, units, name)
            self.running_var[layer] = _array(running_var, units, name)
        return _array(y, z.shape, name)

    def _normalise_backward(
        self, layer: int, dy: np.ndarray, trace: Trace, grads: Gradients
    ) -> np.ndarray:
        name = "batchnorm.batchnorm_backward"
        result = self._package.batchnorm.batchnorm_backward(dy, trace.caches[layer])
        dz, dgamma, dbeta = _several(result, 3, name)
        grads.gamma.append(_array(dgamma, self.gamma[layer].shape, name))
        grads.beta.append(_array(dbeta, self.beta[layer].shape, name))
        return _array(dz, dy.shape, name)

    def _activate(self, layer: int, y: np.ndarray, training: bool, trace: Trace) -> np.ndarray:
        name = f"activations.{self.activation}"
        function = getattr(self._package.activations, self.activation)
        slope = None
        if self.activation == "rrelu":
            result = function(y, self._rng, training=training, **self._options)
            h, slope = _several(result, 2, name)
            slope = _array(slope, y.shape, name)
        elif self.activation == "prelu":
            h = function(y, self.alpha[layer])
        else:
            h = function(y, **self._options)
        trace.slopes.append(slope)
        return _array(h, y.shape, name)

    def _activate_backward(
        self, layer: int, dh: np.ndarray, trace: Trace, grads: Gradients
    ) -> np.ndarray:
        y = trace.activation_inputs[layer]
        name = f"activations.{self.activation}_grad"
        if self.activation == "prelu":
            result = self._package.activations.prelu_grad(y, self.alpha[layer])
            slope, dalpha = _several(result, 2, name)
            grads.alpha.append((dh * _array(dalpha, y.shape, name)).sum(axis=0))
            trace.slopes[layer] = slope
        elif trace.slopes[layer] is None:  # the forward pass gave none
            function = getattr(self._package.activations, f"{self.activation}_grad")
            trace.slopes[layer] = function(y, **self._options)
        return dh * _array(trace.slopes[layer], y.shape, name)


def init_normal(n_in: int, n_out: int, rng: np.random.Generator, std: float = 1.0) -> np.ndarray:
    """W (n_in, n_out) with entries from N(0, std^2), whatever the layer's size: the naive way."""
    return rng.normal(0.0, std, size=(n_in, n_out))


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean cross-entropy of softmax(logits), and its gradient with respect to the logits.

    logits and gradient: (N, K); labels: the right classes (N,), integers from 0 to K-1. Softmax is
    computed from differences to the largest logit, so any size works.
    """
    rows = np.arange(len(logits))
    shifted = logits - logits.max(axis=1, keepdims=True)
    exps = np.exp(shifted)
    sums = exps.sum(axis=1, keepdims=True)
    loss = float(np.mean(np.log(sums[:, 0]) - shifted[rows, labels]))
    dlogits = exps / sums
    dlogits[rows, labels] -= 1.0
    return loss, dlogits / len(logits)


def mean_squared_error(outputs: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean of (outputs - targets)^2 over all N * K entries, and its gradient, both (N, K)."""
    difference = outputs - targets
    return float(np.mean(difference**2)), 2.0 * difference / difference.size


def examine(net: Network, x: np.ndarray, targets: np.ndarray) -> dict[str, Any]:
    """What a forward and a backward pass of mean squared error tell of a net of L weight layers.

    Args:
        net: it is not stepped; x: the batch (N, sizes[0]); targets: (N, sizes[-1]).

    Returns:
        The measurements that `diagnostics.choose_remedy` gets, input side first:
        "activation": its name; "gradient_norms" (L,): norms of the gradient with respect to
        the pre-activations; "spreads", "saturated", "dead", each (L-1,): per hidden layer the
        standard deviation of its activations, the share of its slopes that are almost zero, the
        share of its units that are 0 for the whole batch; "parameter_norm": the joint norm of all
        parameters' gradients.
    """
    _, grads = net.loss_and_gradients(x, targets, loss=mean_squared_error)
    return _measurements(net, grads)


def treated(net: Network, remedy: str, rng: np.random.Generator) -> Network:
    """A new net: the given one, of equal weights and biases, with a remedy.

    "initializer" draws all weights anew, by the lecture's pairing; "activation" puts ELU in place
    of the activation; "batch_norm" normalises just before each activation. "none" and "clipping"
    leave the net as it is: clipping treats the step, see `recovers`.

    Raises:
        ValueError: remedy is not one of REMEDIES.
    """
    if remedy not in REMEDIES:
        raise ValueError(f"remedy must be one of {', '.join(REMEDIES)}, got {remedy!r}")
    weights = iter(net.weights)
    replaced = remedy == "activation"
    new = Network(
        net.sizes,
        rng=rng,
        activation="elu" if replaced else net.activation,
        activation_options=None if replaced else net._options,
        initializer=None if remedy == "initializer" else lambda *_: next(weights),
        batch_norm=net.batch_norm or remedy == "batch_norm",
        package=net._package,
    )
    new.biases = list(net.biases)
    new.alpha = [] if replaced else list(net.alpha)
    return new


def recovers(
    net: Network, remedy: str, x: np.ndarray, targets: np.ndarray, rng: np.random.Generator
) -> bool:
    """Whether the net is well once it is treated.

    A net is well when its gradients are healthy by `diagnose`, no hidden layer has more than half
    of its units dead or, with sigmoid and tanh, more than half of its slopes saturated, and one
    step of gradient descent on the same batch, with a learning rate of 0.01, leaves every parameter
    finite and lowers the mean squared error.
    """
    net = treated(net, remedy, rng)
    loss, grads = net.loss_and_gradients(x, targets, loss=mean_squared_error)
    seen = _measurements(net, grads)
    saturates = net.activation in {"sigmoid", "tanh"}
    stuck = [*seen["dead"], *(seen["saturated"] if saturates else ())]
    verdict = net._package.diagnostics.diagnose(seen["gradient_norms"])
    if verdict != "healthy" or any(share > 0.5 for share in stuck):
        return False
    if remedy == "clipping":
        grads = net.clip(grads, "global_norm", 1.0)
    net.step(grads, 0.01)
    after, _ = mean_squared_error(net.forward(x), targets)
    parameters = [p for kind in PARAMETERS for p in getattr(net, kind)]
    return after < loss and all(np.all(np.isfinite(p)) for p in parameters)


def _measurements(net: Network, grads: Gradients) -> dict[str, Any]:
    diagnostics = net._package.diagnostics
    hidden = net.trace.activations[1:]
    norms = diagnostics.gradient_norms(grads.parameters())
    return {
        "activation": net.activation,
        "gradient_norms": diagnostics.gradient_norms(grads.pre_activations),
        "spreads": np.array([h.std() for h in hidden]),
        "saturated": np.array([diagnostics.saturated_fraction(s) for s in net.trace.slopes]),
        "dead": np.array([diagnostics.dead_fraction(h) for h in hidden]),
        "parameter_norm": float(diagnostics.gradient_norms([norms])[0]),
    }


class _Siblings:
    """The modules beside this one, each imported when it is first needed."""

    def __getattr__(self, name: str) -> Any:
        return importlib.import_module(f".{name}", __package__)


def _array(value: Any, shape: tuple[int, ...], name: str) -> np.ndarray:
    """The value, which must be a real array of this shape."""
    if type(value) is not np.ndarray:  # a matrix computes otherwise
        raise UnusableResult(f"{name}: an array is needed, not {type(value).__name__}")
    if value.shape != shape or value.dtype.kind not in "biuf":
        got = f"{value.dtype} of shape {value.shape}"
        raise UnusableResult(f"{name}: an array of shape {shape} is needed, not {got}")
    return value


def _several(value: Any, count: int, name: str) -> tuple[Any, ...]:
    """The value, which must be a tuple (or a list) of so many things."""
    if not isinstance(value, (tuple, list)) or len(value) != count:
        got = f"a {type(value).__name__}"
        got += f" of {len(value)}" if isinstance(value, (tuple, list)) else ""
        raise UnusableResult(f"{name}: a tuple of {count} is needed, not {got}")
    return tuple(value)
