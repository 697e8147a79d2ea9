"""Odd but right batch normalisation: other algebra, other caches, other layouts."""

import numpy as np

from autograder.engine.variants import variant


@variant("batchnorm_forward", "batchnorm_backward")
def one_pass_variance():
    """Mean of squares minus square of the mean: digits are lost, not too many. The cache holds the
    batch itself."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if training:
            mu = x.mean(0)
            var = np.maximum((x * x).mean(0) - mu**2, 0.0)
            running_mean = momentum * running_mean + (1 - momentum) * mu
            running_var = momentum * running_var + (1 - momentum) * var
        else:
            mu, var = running_mean, running_var
        s = np.sqrt(var + eps)
        out = gamma * (x - mu) / s + beta
        return out, (x, mu, gamma, s, training), running_mean, running_var

    def batchnorm_backward(dout, cache):
        x, mu, gamma, s, training = cache
        xh = (x - mu) / s
        dgamma, dbeta = (dout * xh).sum(0), dout.sum(0)
        dx = dout * gamma / s
        if training:
            dx = gamma / s * (dout - dbeta / len(dout) - xh * dgamma / len(dout))
        return dx, dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_a_class_instance():
    """The cache is an object of a class of the student's own."""

    class Normaliser:
        def __init__(self, gamma, beta, eps):
            self.gamma, self.beta, self.eps = gamma, beta, eps
            self.frozen = True

        def fit(self, x):
            self.mean, self.var = np.average(x, axis=0), np.var(x, axis=0, ddof=0)
            self.frozen = False
            return self

        def use(self, mean, var):
            self.mean, self.var = mean, var
            return self

        def apply(self, x):
            self.x_hat = (x - self.mean) / np.sqrt(self.var + self.eps)
            return self.gamma * self.x_hat + self.beta

        def gradients(self, dout):
            dgamma, dbeta = (dout * self.x_hat).sum(0), dout.sum(0)
            inner = dout
            if not self.frozen:
                inner = dout - (dbeta + self.x_hat * dgamma) / dout.shape[0]
            return self.gamma / np.sqrt(self.var + self.eps) * inner, dgamma, dbeta

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        layer = Normaliser(gamma, beta, eps)
        if not training:
            layer.use(running_mean, running_var)
            return layer.apply(x), layer, running_mean, running_var
        out = layer.fit(x).apply(x)
        running_mean = momentum * running_mean + (1 - momentum) * layer.mean
        running_var = momentum * running_var + (1 - momentum) * layer.var
        return out, layer, running_mean, running_var

    def batchnorm_backward(dout, cache):
        return cache.gradients(dout)


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_a_number():
    """The cache is a plain number; what belongs to it is kept in the module."""
    import itertools

    stored_passes = {}
    pass_numbers = itertools.count(1)

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        number = next(pass_numbers)
        if training:
            mu, var = x.mean(axis=0), x.var(axis=0)
            running_mean = (1 - momentum) * mu + momentum * running_mean
            running_var = (1 - momentum) * var + momentum * running_var
        else:
            mu, var = running_mean, running_var
        x_hat = (x - mu) / np.sqrt(var + eps)
        stored_passes[number] = x_hat, gamma / np.sqrt(var + eps), training
        return gamma * x_hat + beta, number, running_mean, running_var

    def batchnorm_backward(dout, cache):
        x_hat, slope, training = stored_passes.pop(cache)
        dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
        if training:
            dout = dout - (dbeta + x_hat * dgamma) / x_hat.shape[0]
        return slope * dout, dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_bytes():
    """The cache is bytes, which could cross to the grader."""
    import io

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        stats = np.stack([x.mean(0), x.var(0)] if training else [running_mean, running_var])
        inv = 1.0 / np.sqrt(stats[1] + eps)
        x_hat = (x - stats[0]) * inv
        file = io.BytesIO()
        np.savez(file, x_hat=x_hat, slope=gamma * inv, training=np.array(bool(training)))
        if training:
            old = np.stack([running_mean, running_var])
            running_mean, running_var = momentum * old + (1 - momentum) * stats
        return gamma * x_hat + beta, file.getvalue(), running_mean, running_var

    def batchnorm_backward(dout, cache):
        with np.load(io.BytesIO(cache)) as data:
            x_hat, slope, training = data["x_hat"], data["slope"], bool(data["training"])
        dgamma, dbeta = (dout * x_hat).sum(0), dout.sum(0)
        if training:
            return slope * (dout - dbeta / len(x_hat) - x_hat * dgamma / len(x_hat)), dgamma, dbeta
        return slope * dout, dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def transposed_work():
    """Work on (D, N) arrays; results are transposed views in Fortran order."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        xt = np.ascontiguousarray(x.T)
        g, b = gamma[:, None], beta[:, None]
        if training:
            m, v = xt.mean(axis=1, keepdims=True), xt.var(axis=1, keepdims=True)
            running_mean = momentum * running_mean + (1 - momentum) * m.ravel()
            running_var = momentum * running_var + (1 - momentum) * v.reshape(-1)
        else:
            m, v = np.expand_dims(running_mean, 1), np.expand_dims(running_var, 1)
        s = np.sqrt(v + eps)
        h = (xt - m) / s
        return (g * h + b).T, (h, s, g, training), running_mean, running_var

    def batchnorm_backward(dout, cache):
        h, s, g, training = cache
        d = dout.T
        dg, db = np.sum(d * h, axis=1), np.sum(d, axis=1)
        dx = g / s * (d - (db[:, None] + h * dg[:, None]) / d.shape[1]) if training else g / s * d
        return dx.T, dg, db


@variant("batchnorm_forward", "batchnorm_backward")
def wrapped_and_talkative():
    """Wrappers with *args and **kwargs, so without a signature, that print."""
    import functools

    def noisy(function):
        @functools.wraps(function)
        def inner(*args, **kwargs):
            print("->", function.__name__, *(np.shape(a) for a in args if hasattr(a, "shape")))
            result = function(*args, **kwargs)
            assert isinstance(result, tuple), "a tuple is expected"
            print("<-", len(result))
            return result

        return inner

    @noisy
    def batchnorm_forward(x, gamma, beta, running_mean, running_var, **options):
        momentum, eps = options.get("momentum", 0.9), options.get("eps", 1e-5)
        if options["training"]:
            (N, D), mu = x.shape, x.mean(axis=0)
            assert gamma.shape == beta.shape == mu.shape == (D,)
            var = ((x - mu) ** 2).sum(axis=0) / N
            running_mean = momentum * running_mean + (1 - momentum) * mu
            running_var = momentum * running_var + (1 - momentum) * var
        else:
            mu, var = running_mean, running_var
        x_hat = (x - mu) / (var + eps) ** 0.5
        cache = options | {"x_hat": x_hat, "slope": gamma / (var + eps) ** 0.5}
        return x_hat * gamma + beta, cache, running_mean, running_var

    @noisy
    def batchnorm_backward(dout, cache):
        x_hat, n = cache["x_hat"], len(dout)
        dgamma, dbeta = (x_hat * dout).sum(0), dout.sum(0)
        correction = (dbeta + x_hat * dgamma) / n if cache["training"] else np.zeros_like(dout)
        return cache["slope"] * (dout - correction), dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_used_up():
    """The backward pass empties its cache, as it is called once."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (running_mean, running_var)
        stack = [np.sqrt(var + eps), gamma.copy(), training]
        stack.append((x - mean) / stack[0])
        if training:
            running_mean = momentum * running_mean + (1 - momentum) * mean
            running_var = momentum * running_var + (1 - momentum) * var
        return gamma * stack[-1] + beta, stack, running_mean, running_var

    def batchnorm_backward(dout, cache):
        x_hat, training, gamma, std = (cache.pop() for _ in range(4))
        dgamma, dbeta = (dout * x_hat).sum(axis=0), dout.sum(axis=0)
        x_hat *= -training * dgamma / len(dout)
        x_hat += dout - training * dbeta / len(dout)
        gamma /= std
        return gamma * x_hat, dgamma, dbeta
