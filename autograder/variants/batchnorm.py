"""Odd but right batch normalisation: other algebra, other caches, other layouts."""
# Odd code is the point of this file: style rules that such code breaks are off.
# ruff: noqa: B008, B905, C408, C417, C419, E731, F841, FURB136, N806, PERF401, PLC0415
# ruff: noqa: PLC2401, PLR0124, PLR0402, PLW2901, PT018, RUF001, RUF002, RUF059, RUF100
# ruff: noqa: SIM300, T201, UP042

import numpy as np

from autograder.engine.variants import variant


@variant("batchnorm_forward", "batchnorm_backward")
def one_pass_variance():
    """Mean of squares minus square of the mean, kept from going below zero."""

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
        xh = (x - mu) / s
        return gamma * xh + beta, (xh, gamma, s, training), running_mean, running_var

    def batchnorm_backward(dout, cache):
        xh, gamma, s, training = cache
        dgamma, dbeta = (dout * xh).sum(0), dout.sum(0)
        dx = dout * gamma / s
        if training:
            dx = gamma / s * (dout - dbeta / len(dout) - xh * dgamma / len(dout))
        return dx, dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def einsum_everywhere():
    """All sums over the batch are einsum calls; the variance is centred."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        n = x.shape[0]
        if training:
            mu = np.einsum("nd->d", x) / n
            centred = x - mu
            var = np.einsum("nd,nd->d", centred, centred) / n
            new_mean = momentum * running_mean + (1 - momentum) * mu
            new_var = momentum * running_var + (1 - momentum) * var
        else:
            centred, var = x - running_mean, running_var
            new_mean, new_var = running_mean, running_var
        scale = (var + eps) ** -0.5
        out = np.einsum("nd,d,d->nd", centred, scale, gamma) + beta
        return out, [centred, scale, gamma, training], new_mean, new_var

    def batchnorm_backward(dout, cache):
        centred, scale, gamma, training = cache
        n = centred.shape[0]
        dbeta = np.einsum("ij->j", dout)
        dgamma = np.einsum("ij,ij,j->j", dout, centred, scale)
        if not training:
            return np.einsum("ij,j,j->ij", dout, gamma, scale), dgamma, dbeta
        residual = dout - dbeta / n - np.einsum("ij,j,j->ij", centred, scale, dgamma / n)
        return np.einsum("j,j,ij->ij", gamma, scale, residual), dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def centring_matrix():
    """x is centred by the matrix I - 11ᵀ/N, forward and backward."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        n = len(x)
        c = np.eye(n) - np.ones((n, n)) / n
        if training:
            y = c @ x
            var = np.diagonal(y.T @ y) / n if x.shape[1] < 50 else np.mean(y**2, axis=0)
            mean = np.ones(n) @ x / n
            rm = momentum * running_mean + (1 - momentum) * mean
            rv = momentum * running_var + (1 - momentum) * var
        else:
            y, var, c = x - running_mean, running_var, None
            rm, rv = running_mean.copy(), running_var.copy()
        d = 1 / np.sqrt(var + eps)
        cache = {"y": y, "d": d, "gamma": gamma, "c": c}
        return y * d * gamma + beta, cache, rm, rv

    def batchnorm_backward(dout, cache):
        y, d, gamma, c = cache["y"], cache["d"], cache["gamma"], cache["c"]
        dgamma = np.sum(dout * y * d, axis=0)
        dbeta = np.ones(len(y)) @ dout
        dy = dout * gamma * d
        if c is None:
            return dy, dgamma, dbeta
        dy -= y * d**3 * gamma * np.mean(dout * y, axis=0)
        return c.T @ dy, dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def affine_form():
    """out = a x + b with two numbers per unit; x itself is cached."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        mean, var = (np.mean(x, 0), np.var(x, 0)) if training else (running_mean, running_var)
        a = gamma / np.sqrt(var + eps)
        b = beta - a * mean
        if training:
            running_mean = running_mean * momentum + mean * (1 - momentum)
            running_var = running_var * momentum + var * (1 - momentum)
        return a * x + b, (x, gamma, mean, var, eps, training), running_mean, running_var

    def batchnorm_backward(dout, cache):
        x, gamma, mean, var, eps, training = cache
        inv = 1 / np.sqrt(var + eps)
        dbeta = dout.sum(axis=0)
        dgamma = inv * ((dout * x).sum(axis=0) - mean * dbeta)
        a = gamma * inv
        if not training:
            return a * dout, dgamma, dbeta
        dx = a * (dout - dout.mean(axis=0) - (x - mean) * inv * dgamma / x.shape[0])
        return dx, dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def staged_graph():
    """The computational graph in nine stages, walked back one by one."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if not training:
            xhat = (x - running_mean) / np.sqrt(running_var + eps)
            out = gamma * xhat + beta
            return out, ("eval", xhat, gamma, running_var + eps), running_mean, running_var
        N, D = x.shape
        mu = 1.0 / N * np.sum(x, axis=0)  # step 1
        xmu = x - mu  # step 2
        sq = xmu**2  # step 3
        var = 1.0 / N * np.sum(sq, axis=0)  # step 4
        sqrtvar = np.sqrt(var + eps)  # step 5
        ivar = 1.0 / sqrtvar  # step 6
        xhat = xmu * ivar  # step 7
        gammax = gamma * xhat  # step 8
        out = gammax + beta  # step 9
        cache = ("train", xhat, gamma, xmu, ivar, sqrtvar, var, eps)
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * var
        return out, cache, running_mean, running_var

    def batchnorm_backward(dout, cache):
        kind, *rest = cache
        if kind == "eval":
            xhat, gamma, shifted = rest
            return dout * gamma / np.sqrt(shifted), np.sum(dout * xhat, 0), np.sum(dout, 0)
        xhat, gamma, xmu, ivar, sqrtvar, var, eps = rest
        N, D = dout.shape
        dbeta = np.sum(dout, axis=0)
        dgamma = np.sum(dout * xhat, axis=0)
        dxhat = dout * gamma
        divar = np.sum(dxhat * xmu, axis=0)
        dxmu1 = dxhat * ivar
        dsqrtvar = -1.0 / (sqrtvar**2) * divar
        dvar = 0.5 * 1.0 / np.sqrt(var + eps) * dsqrtvar
        dsq = 1.0 / N * np.ones((N, D)) * dvar
        dxmu2 = 2 * xmu * dsq
        dx1 = dxmu1 + dxmu2
        dmu = -1 * np.sum(dxmu1 + dxmu2, axis=0)
        dx2 = 1.0 / N * np.ones((N, D)) * dmu
        return dx1 + dx2, dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def three_line_backward():
    """The compact formula with N times dxhat, and the shapes (1, D) kept in the cache."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if training:
            mean = np.mean(x, axis=0, keepdims=True)
            var = np.mean(np.square(x - mean), axis=0, keepdims=True)
            running_mean = momentum * running_mean + (1 - momentum) * mean[0]
            running_var = momentum * running_var + (1 - momentum) * var[0]
        else:
            mean, var = running_mean[np.newaxis], running_var[None, :]
        istd = np.power(var + eps, -0.5)
        normalised = (x - mean) * istd
        cache = dict(xh=normalised, istd=istd, g=gamma.reshape(1, -1), training=training)
        return gamma * normalised + beta, cache, running_mean, running_var

    def batchnorm_backward(dout, cache):
        N = dout.shape[0]
        xh = cache["xh"]
        dxh = dout * cache["g"]
        if cache["training"]:
            dx = N * dxh - np.sum(dxh, axis=0) - xh * np.sum(dxh * xh, axis=0)
            dx = 1.0 / N * cache["istd"] * dx
        else:
            dx = dxh * cache["istd"]
        return dx, np.sum(dout * xh, axis=0), np.sum(dout, axis=0)


@variant("batchnorm_forward", "batchnorm_backward")
def explicit_jacobian():
    """For every unit the N by N Jacobian of the normalisation, times dout's column."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if not training:
            scale = 1 / np.sqrt(running_var + eps)
            xhat = (x - running_mean) * scale
            return gamma * xhat + beta, (False, xhat, scale * gamma), running_mean, running_var
        mu, var = x.mean(axis=0), x.var(axis=0)
        scale = 1 / np.sqrt(var + eps)
        xhat = (x - mu) * scale
        return (
            gamma * xhat + beta,
            (True, xhat, scale * gamma),
            momentum * running_mean + (1 - momentum) * mu,
            momentum * running_var + (1 - momentum) * var,
        )

    def batchnorm_backward(dout, cache):
        training, xhat, slope = cache
        n, d = dout.shape
        dx = np.empty((n, d))
        for j in range(d):
            jacobian = np.identity(n)
            if training:
                jacobian -= 1 / n
                jacobian -= np.outer(xhat[:, j], xhat[:, j]) / n
            dx[:, j] = slope[j] * jacobian.T.dot(dout[:, j])
        return dx, np.array([dout[:, j] @ xhat[:, j] for j in range(d)]), np.add.reduce(dout)


@variant("batchnorm_forward", "batchnorm_backward")
def column_by_column_lists():
    """Plain Python lists and math.fsum, one unit after the other."""
    import math

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        columns, out, new_mean, new_var = [], [], [], []
        for j, column in enumerate(x.T.tolist()):
            old_mean, old_var = float(running_mean[j]), float(running_var[j])
            mean, var = old_mean, old_var
            if training:
                mean = math.fsum(column) / len(column)
                var = math.fsum((v - mean) ** 2 for v in column) / len(column)
                old_mean = momentum * old_mean + (1 - momentum) * mean
                old_var = momentum * old_var + (1 - momentum) * var
            new_mean.append(old_mean)
            new_var.append(old_var)
            std = math.sqrt(var + eps)
            hats = [(v - mean) / std for v in column]
            g, b = float(gamma[j]), float(beta[j])
            columns.append((hats, std, g))
            out.append([g * h + b for h in hats])
        cache = columns, bool(training)
        return np.array(out).T, cache, np.array(new_mean), np.array(new_var)

    def batchnorm_backward(dout, cache):
        columns, training = cache
        dx, dgamma, dbeta = [], [], []
        for (hats, std, g), ds in zip(columns, dout.T.tolist()):
            n = len(ds)
            dbeta.append(math.fsum(ds))
            dgamma.append(math.fsum(d * h for d, h in zip(ds, hats)))
            if training:
                a, b = dbeta[-1] / n, dgamma[-1] / n
                dx.append([g / std * (d - a - h * b) for d, h in zip(ds, hats)])
            else:
                dx.append([g / std * d for d in ds])
        return np.array(dx).T, np.array(dgamma), np.array(dbeta)


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_a_class_instance():
    """A layer class does the work; the cache is one of its instances."""

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
def cache_is_a_named_tuple():
    """A namedtuple with a default, replaced in evaluation, and unpacked by position."""
    from collections import namedtuple

    Cache = namedtuple("Cache", "x_hat inv_std gamma training", defaults=[True])

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            running_mean = momentum * running_mean + (1.0 - momentum) * mean
            running_var = momentum * running_var + (1.0 - momentum) * var
        else:
            mean, var = running_mean, running_var
        cache = Cache((x - mean) / np.sqrt(var + eps), 1 / np.sqrt(var + eps), gamma)
        if not training:
            cache = cache._replace(training=False)
        return cache.x_hat * gamma + beta, cache, running_mean, running_var

    def batchnorm_backward(dout, cache):
        x_hat, *slopes, training = cache
        dx = dout
        if training:
            dx = dout - dout.mean(0) - x_hat * (dout * x_hat).mean(0)
        return dx * np.prod(slopes, axis=0), (dout * x_hat).sum(0), dout.sum(0)


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_a_dataclass():
    """A frozen dataclass with slots and a property keeps x and recomputes x_hat."""
    from dataclasses import dataclass, field

    @dataclass(frozen=True, slots=True)
    class Memory:
        x: np.ndarray
        mean: np.ndarray
        var: np.ndarray
        gamma: np.ndarray
        eps: float
        modes: list = field(default_factory=list)

        @property
        def inv_std(self):
            return 1.0 / np.sqrt(self.var + self.eps)

        @property
        def x_hat(self):
            return (self.x - self.mean) * self.inv_std

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        mean = x.mean(axis=0) if training else running_mean
        var = x.var(axis=0) if training else running_var
        memory = Memory(x.copy(), mean.copy(), var.copy(), gamma.copy(), eps)
        if training:
            memory.modes.append("training")
        keep = momentum if training else 1.0
        new_mean = keep * running_mean + (1 - keep) * mean
        new_var = keep * running_var + (1 - keep) * var
        return gamma * memory.x_hat + beta, memory, new_mean, new_var

    def batchnorm_backward(dout, cache):
        dbeta = dout.sum(axis=0)
        dgamma = (dout * cache.x_hat).sum(axis=0)
        if "training" in cache.modes:
            dout = dout - dbeta / dout.shape[0] - cache.x_hat * dgamma / dout.shape[0]
        return cache.gamma * cache.inv_std * dout, dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_a_closure():
    """The forward pass returns the backward pass as a nested function."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if training:
            mu, v = x.mean(0), x.var(0)
        else:
            mu, v = running_mean, running_var
        std = np.sqrt(v + eps)
        x_hat = (x - mu) / std

        def backward(dout):
            def centre(a):
                return a - a.mean(0) if training else a

            dgamma = (dout * x_hat).sum(0)
            pull = x_hat * dgamma / len(x) if training else 0.0
            return gamma / std * (centre(dout) - pull), dgamma, dout.sum(0)

        if not training:
            return gamma * x_hat + beta, backward, running_mean, running_var
        blend = lambda old, new: momentum * old + (1 - momentum) * new
        return gamma * x_hat + beta, backward, blend(running_mean, mu), blend(running_var, v)

    def batchnorm_backward(dout, cache):
        return cache(dout)


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_an_object_array():
    """An object array of arrays, with np.float64 scalars for momentum and eps."""

    def batchnorm_forward(
        x,
        gamma,
        beta,
        running_mean,
        running_var,
        *,
        training,
        momentum=np.float64(0.9),
        eps=np.float64(1e-5),
    ):
        momentum, eps = np.float64(momentum), np.float64(eps)
        if training:
            mu, var = np.mean(x, axis=0), np.var(x, axis=0)
            running_mean = np.add(momentum * running_mean, (np.float64(1) - momentum) * mu)
            running_var = np.add(momentum * running_var, (np.float64(1) - momentum) * var)
        else:
            mu, var = running_mean, running_var
        cache = np.empty(4, dtype=object)
        cache[0] = (x - mu) / np.sqrt(var + eps)
        cache[1] = np.sqrt(var + eps)
        cache[2] = gamma
        cache[3] = training
        return gamma * cache[0] + beta, cache, running_mean, running_var

    def batchnorm_backward(dout, cache):
        x_hat, std, gamma, training = cache.tolist()
        dx_hat = dout * gamma
        dx = dx_hat / std
        if training:
            dx = (dx_hat - dx_hat.mean(0) - x_hat * (dx_hat * x_hat).mean(0)) / std
        return dx, np.sum(dout * x_hat, 0), np.sum(dout, 0)


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_a_number():
    """The cache is a running number that looks up a module-level dictionary once."""
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
def cache_in_a_weak_dictionary():
    """A token object is the cache; its data live in a module-level WeakKeyDictionary."""
    import weakref

    class Token:
        pass

    batch_memory = weakref.WeakKeyDictionary()

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        token = Token()
        mean, var = running_mean, running_var
        if training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            running_mean = momentum * running_mean + (1 - momentum) * mean
            running_var = momentum * running_var + (1 - momentum) * var
        inv = 1 / np.sqrt(var + eps)
        batch_memory[token] = {"h": (x - mean) * inv, "g": gamma * inv, "t": training}
        return gamma * batch_memory[token]["h"] + beta, token, running_mean, running_var

    def batchnorm_backward(dout, cache):
        memory = batch_memory[cache]
        h = memory["h"]
        dx = dout.copy()
        if memory["t"]:
            dx -= dout.mean(0)
            dx -= h * (h * dout).mean(0)
        dx *= memory["g"]
        return dx, (dout * h).sum(0), dout.sum(0)


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_a_bound_method():
    """The cache is the gradient method of an object, bound."""

    class Pass:
        def __init__(self, hat, slope, average):
            self.__dict__.update(hat=hat, slope=slope, average=average)

        def gradient(self, dout):
            removed = self.average(dout) + self.hat * self.average(dout * self.hat)
            return self.slope * (dout - removed), (dout * self.hat).sum(0), dout.sum(0)

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if training:
            m, v = x.mean(0), x.var(0)
            average = lambda a: a.mean(axis=0)
            running_mean = running_mean + (1 - momentum) * (m - running_mean)
            running_var = running_var + (1 - momentum) * (v - running_var)
        else:
            m, v = running_mean, running_var
            average = np.zeros_like
        hat = (x - m) / np.sqrt(v + eps)
        cache = Pass(hat, gamma / np.sqrt(v + eps), average).gradient
        return gamma * hat + beta, cache, running_mean, running_var

    def batchnorm_backward(dout, cache):
        return cache(dout)


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_a_coroutine():
    """The cache is a generator that stands still after the forward pass and waits for dout."""

    def whole_pass(x, gamma, beta, mean, var, eps, training):
        std = np.sqrt(var + eps)
        x_hat = (x - mean) / std
        dout = yield gamma * x_hat + beta
        dgamma, dbeta = np.sum(dout * x_hat, 0), np.sum(dout, 0)
        dx = dout - (dbeta + x_hat * dgamma) / len(x) if training else dout
        yield gamma / std * dx, dgamma, dbeta

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        mean, var = (x.mean(0), x.var(0)) if training else (running_mean, running_var)
        steps = whole_pass(x, gamma, beta, mean, var, eps, training)
        out = next(steps)
        if not training:
            return out, steps, running_mean, running_var
        new_mean = np.average([running_mean, mean], axis=0, weights=[momentum, 1 - momentum])
        new_var = np.average([running_var, var], axis=0, weights=[momentum, 1 - momentum])
        return out, steps, new_mean, new_var

    def batchnorm_backward(dout, cache):
        return cache.send(dout)


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_a_partial():
    """functools.partial objects over two backward functions, one for each mode."""
    from functools import partial

    def back_in_training(dout, xh, slope):
        n = xh.shape[0]
        weights = np.stack([np.ones_like(xh), xh])
        sums = np.sum(weights * dout, axis=1)
        return slope * (dout - np.sum(weights * sums[:, None], axis=0) / n), sums[1], sums[0]

    def back_in_evaluation(dout, xh, slope):
        return dout * slope, (xh * dout).sum(axis=0), dout.sum(axis=0)

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if training:
            mean, var = x.mean(axis=0), x.var(axis=0)
            back = back_in_training
            running_mean = momentum * running_mean + (1 - momentum) * mean
            running_var = momentum * running_var + (1 - momentum) * var
        else:
            mean, var, back = running_mean, running_var, back_in_evaluation
        inv_std = 1 / np.sqrt(var + eps)
        xh = (x - mean) * inv_std
        cache = partial(back, xh=xh, slope=gamma * inv_std)
        return xh * gamma + beta, cache, running_mean, running_var

    def batchnorm_backward(dout, cache):
        return cache(dout)


@variant("batchnorm_forward", "batchnorm_backward")
def cache_is_bytes():
    """The cache is the contents of an .npz file, made and read in memory."""
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
def cache_is_one_array():
    """x_hat, the slopes and the mode are rows of one (N + 2, D) array."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        mean = np.mean(x, axis=0) if training else running_mean
        var = np.mean((x - mean) ** 2, axis=0) if training else running_var
        x_hat = (x - mean) / np.sqrt(var + eps)
        mode = np.full_like(gamma, 1.0 if training else 0.0)
        cache = np.vstack([x_hat, gamma / np.sqrt(var + eps), mode])
        if training:
            mean = momentum * running_mean + (1 - momentum) * mean
            var = momentum * running_var + (1 - momentum) * var
        return x_hat * gamma + beta, cache, mean, var

    def batchnorm_backward(dout, cache):
        x_hat, slope, mode = cache[:-2], cache[-2], cache[-1]
        dgamma, dbeta = np.einsum("ij,ij->j", x_hat, dout), dout.sum(0)
        return slope * (dout - mode * (dbeta + x_hat * dgamma) / len(dout)), dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def tape_of_operations():
    """A small reverse-mode autodiff class with broadcasting; the cache is the graph."""

    class Node:
        def __init__(self, value, parents=()):
            self.value, self.parents = value, parents
            self.grad = np.zeros_like(value)

        def __add__(self, other):
            return Node(self.value + other.value, [(self, lambda g: g), (other, lambda g: g)])

        def __sub__(self, other):
            return Node(self.value - other.value, [(self, lambda g: g), (other, lambda g: -g)])

        def __mul__(self, other):
            a, b = self.value, other.value
            return Node(a * b, [(self, lambda g: g * b), (other, lambda g: g * a)])

        def mean(self):
            n = self.value.shape[0]
            spread = lambda g: np.broadcast_to(g / n, self.value.shape)
            return Node(self.value.mean(axis=0), [(self, spread)])

        def inverse_root(self, eps):
            r = 1 / np.sqrt(self.value + eps)
            return Node(r, [(self, lambda g: -0.5 * g * r**3)])

        def receive(self, gradient):
            extra = gradient.ndim - self.value.ndim
            self.grad = self.grad + gradient.sum(axis=tuple(range(extra)))

        def backward(self, gradient):
            order, seen = [], set()

            def visit(node):
                if id(node) not in seen:
                    seen.add(id(node))
                    for parent, _ in node.parents:
                        visit(parent)
                    order.append(node)

            visit(self)
            self.grad = gradient
            for node in reversed(order):
                for parent, pull in node.parents:
                    parent.receive(pull(node.grad))

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        leaves = Node(x), Node(gamma), Node(beta)
        if training:
            mean = leaves[0].mean()
            centred = leaves[0] - mean
            var = (centred * centred).mean()
            running_mean = momentum * running_mean + (1 - momentum) * mean.value
            running_var = momentum * running_var + (1 - momentum) * var.value
        else:
            mean, var = Node(running_mean), Node(running_var)
            centred = leaves[0] - mean
        root = centred * var.inverse_root(eps) * leaves[1] + leaves[2]
        return root.value, (root, leaves), running_mean, running_var

    def batchnorm_backward(dout, cache):
        root, leaves = cache
        root.backward(dout)
        return tuple(leaf.grad for leaf in leaves)


@variant("batchnorm_forward", "batchnorm_backward")
def welford_updates():
    """Mean and variance by Welford's update, one example after the other."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        mean, var = running_mean, running_var
        if training:
            mean, moment = np.zeros_like(gamma), np.zeros_like(gamma)
            for count, example in enumerate(x, start=1):
                delta = example - mean
                mean = mean + delta / count
                moment = moment + delta * (example - mean)
            var = moment / count
            running_mean = momentum * running_mean + (1 - momentum) * mean
            running_var = momentum * running_var + (1 - momentum) * var
        inv_std = np.reciprocal(np.sqrt(var + eps))
        rows = np.array([(example - mean) * inv_std for example in x])
        cache = {"rows": rows, "inv_std": inv_std, "gamma": gamma, "n": len(x) * training}
        return np.array([gamma * row + beta for row in rows]), cache, running_mean, running_var

    def batchnorm_backward(dout, cache):
        dgamma, dbeta = np.zeros_like(cache["gamma"]), np.zeros_like(cache["gamma"])
        for row, d in zip(cache["rows"], dout):
            dgamma += row * d
            dbeta += d
        slope = cache["gamma"] * cache["inv_std"]
        if cache["n"] == 0:
            return dout * slope, dgamma, dbeta
        a, b = dbeta / cache["n"], dgamma / cache["n"]
        dx = [slope * (d - a - r * b) for r, d in zip(cache["rows"], dout)]
        return np.array(dx), dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def fourier_moments():
    """The mean is the zeroth Fourier coefficient, the variance the power of all the others."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        n = x.shape[0]
        if training:
            spectrum = np.fft.fft(x, axis=0) / n
            mu = spectrum[0].real
            var = np.sum(np.abs(spectrum[1:]) ** 2, axis=0)
            running_mean = momentum * running_mean + (1 - momentum) * mu
            running_var = momentum * running_var + (1 - momentum) * var
        else:
            mu, var = running_mean, running_var
        inv = 1 / np.sqrt(var + eps)
        hat = (x - mu) * inv
        return hat * gamma + beta, (hat, inv, gamma, training), running_mean, running_var

    def batchnorm_backward(dout, cache):
        hat, inv, gamma, training = cache
        dgamma, dbeta = (dout * hat).sum(0), dout.sum(0)
        if training:
            spectrum = np.fft.fft(dout, axis=0)
            spectrum[0] = 0
            dout = np.fft.ifft(spectrum, axis=0).real - hat * dgamma / dout.shape[0]
        return dout * (gamma * inv), dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def transposed_work():
    """All work is on (D, N) arrays; results are transposed views in Fortran order."""

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
def buffers_and_out_arguments():
    """Every step writes with out= into a few buffers; views of a larger buffer come back."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        n, d = x.shape
        buffer = np.zeros((n + 4, 2 * d))
        x_hat, out = buffer[:n, :d], buffer[:n, d:]
        mean, var = buffer[n, :d], buffer[n, d:]
        if training:
            np.mean(x, axis=0, out=mean)
            np.subtract(x, mean, out=x_hat)
            np.multiply(x_hat, x_hat, out=out)
            np.mean(out, axis=0, out=var)
        else:
            mean[:], var[...] = running_mean, running_var
            np.subtract(x, mean, out=x_hat)
        std = buffer[n + 1, :d]
        np.add(var, eps, out=std)
        np.sqrt(std, out=std)
        np.divide(x_hat, std, out=x_hat)
        np.multiply(x_hat, gamma, out=out)
        np.add(out, beta, out=out)
        new_mean, new_var = buffer[n + 2, :d], buffer[n + 2, d:]
        rate = (1 - momentum) if training else 0
        np.multiply(running_mean, 1 - rate, out=new_mean)
        np.multiply(running_var, 1 - rate, out=new_var)
        new_mean += rate * mean
        new_var += rate * var
        buffer[n + 3, :d] = gamma
        return out, (buffer, n, d, training), new_mean, new_var

    def batchnorm_backward(dout, cache):
        buffer, n, d, training = cache
        x_hat, std, gamma = buffer[:n, :d], buffer[n + 1, :d], buffer[n + 3, :d]
        dx = np.array(dout)
        dgamma, dbeta = np.empty(d), np.empty(d)
        np.sum(dout, axis=0, out=dbeta)
        np.einsum("ij,ij->j", dout, x_hat, out=dgamma)
        if training:
            dx -= dbeta / n
            dx -= x_hat * (dgamma / n)
        dx *= gamma
        dx /= std
        return dx, dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def shifted_data():
    """One-pass variance of the data minus its first example; the cache is an iterator."""

    def moments(x):
        first = x[0]
        shifted = x - first
        s1, s2 = shifted.sum(axis=0), (shifted**2).sum(axis=0)
        return first + s1 / len(x), np.clip((s2 - s1 * s1 / len(x)) / len(x), 0, None)

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if training:
            mean, var = moments(x)
            pairs = ((running_mean, mean), (running_var, var))
            new = [momentum * old + (1 - momentum) * batch for old, batch in pairs]
        else:
            mean, var = new = [running_mean, running_var]
        denominator = np.sqrt(eps + var)
        z = (x - mean) / denominator
        return z * gamma + beta, iter([z, denominator, gamma, training]), *new

    def batchnorm_backward(dout, cache):
        z, denominator, gamma, training = cache
        n = z.shape[0] if training else np.inf
        dgamma, dbeta = (dout * z).sum(axis=0), dout.sum(axis=0)
        return gamma * (dout - dbeta / n - z * (dgamma / n)) / denominator, dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def all_pairs_variance():
    """The variance is half the mean squared difference of all pairs; locals() is the cache."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if training:
            mean = x.mean(axis=0)
            var = np.array([np.square(np.subtract.outer(c, c)).mean() / 2 for c in x.T])
            running_mean = momentum * running_mean + (1 - momentum) * mean
            running_var = momentum * running_var + (1 - momentum) * var
        else:
            mean, var = running_mean, running_var
        std = np.sqrt(var + eps)
        out = np.divide(x - mean, std) * gamma + beta
        names = "x", "mean", "std", "gamma", "training"
        cache = {name: value for name, value in locals().items() if name in names}
        return out, cache, running_mean, running_var

    def batchnorm_backward(dout, cache):
        std, gamma = cache["std"], cache["gamma"]
        xh = (cache["x"] - cache["mean"]) / std
        dgamma = np.array([np.dot(a, b) for a, b in zip(dout.T, xh.T)])
        if cache["training"]:
            differences = dout - np.mean(dout, axis=0, keepdims=True)
            return gamma / std * (differences - xh * dgamma / len(xh)), dgamma, dout.sum(0)
        return gamma / std * dout, dgamma, dout.sum(0)


@variant("batchnorm_forward", "batchnorm_backward")
def statistics_module():
    """statistics.fmean and math.dist per unit; norms instead of sums of squares."""
    import math
    import statistics

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if training:
            mean = np.array([statistics.fmean(column) for column in x.T])
            spread = [math.dist(column, [m] * len(column)) for column, m in zip(x.T, mean)]
            var = np.array(spread) ** 2 / len(x)
            running_mean = momentum * running_mean + (1 - momentum) * mean
            running_var = momentum * running_var + (1 - momentum) * var
        else:
            mean, var = running_mean, running_var
        inv = 1 / np.hypot(np.sqrt(var), math.sqrt(eps))
        x_hat = (x - mean) * inv
        return gamma * x_hat + beta, (x_hat, gamma * inv, training), running_mean, running_var

    def batchnorm_backward(dout, cache):
        x_hat, slope, training = cache
        dgamma, dbeta = (x_hat * dout).sum(0), dout.sum(0)
        if training:
            mean_d, mean_dx = dbeta / len(dout), dgamma / len(dout)
            return slope * (dout - mean_d - x_hat * mean_dx), dgamma, dbeta
        return slope * dout, dgamma, dbeta


@variant("batchnorm_forward", "batchnorm_backward")
def covariance_matrix():
    """Variances from np.cov's diagonal; the backward pass by an einsum over examples."""

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if training:
            var = np.diag(np.atleast_2d(np.cov(x, rowvar=False, bias=True))).copy()
            mean = np.atleast_1d(x.sum(0) / x.shape[0])
            running_mean = momentum * running_mean + (1 - momentum) * mean
            running_var = momentum * running_var + (1 - momentum) * var
            mode = "training"
        else:
            mean, var, mode = running_mean, running_var, "evaluation"
        x_hat = (x - mean) @ np.diag(1 / np.sqrt(var + eps))
        out = x_hat @ np.diag(gamma) + beta
        return out, (mode, x_hat, np.sqrt(var + eps), gamma), running_mean, running_var

    def batchnorm_backward(dout, cache):
        match cache:
            case ("training", x_hat, std, gamma):
                n = len(x_hat)
                dx_hat = dout @ np.diag(gamma)
                pairs = np.diagonal(x_hat.T @ dx_hat)
                dx = (dx_hat - dx_hat.mean(0) - x_hat * pairs / n) @ np.diag(1 / std)
            case (_, x_hat, std, gamma):
                dx = dout @ np.diag(gamma / std)
        return dx, np.diagonal(x_hat.T @ dout), np.ones(len(dout)) @ dout


@variant("batchnorm_forward", "batchnorm_backward")
def chain_rule_by_hand():
    """The paper's equations term by term; the mode is a factor of 0 or 1."""

    def paper_forward(x, gamma, beta, mean, var, eps):
        return gamma * (x - mean) / np.sqrt(var + eps) + beta

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        if not training:
            out = paper_forward(x, gamma, beta, running_mean, running_var, eps)
            return out, (x, gamma, running_mean, running_var, eps, 0), running_mean, running_var
        mean = x.mean(axis=0)
        var = np.mean((x - mean) ** 2, axis=0)
        out = paper_forward(x, gamma, beta, mean, var, eps)
        new_mean = momentum * running_mean + (1 - momentum) * mean
        new_var = momentum * running_var + (1 - momentum) * var
        return out, (x, gamma, mean, var, eps, 1), new_mean, new_var

    def batchnorm_backward(dout, cache):
        x, gamma, mean, var, eps, training = cache
        m = x.shape[0]
        dx_hat = dout * gamma
        dvar = training * np.sum(dx_hat * (x - mean) * -0.5 * (var + eps) ** -1.5, axis=0)
        dmean = training * np.sum(-dx_hat / np.sqrt(var + eps), axis=0)
        dmean = dmean + dvar * np.sum(-2 * (x - mean), axis=0) / m
        dx = dx_hat / np.sqrt(var + eps) + dvar * 2 * (x - mean) / m + dmean / m
        dgamma = np.sum(dout * (x - mean) / np.sqrt(var + eps), axis=0)
        return dx, dgamma, np.sum(dout, axis=0)


@variant("batchnorm_forward", "batchnorm_backward")
def everything_read_only():
    """All returned arrays are read-only copies, the same in evaluation."""

    def frozen(array):
        array = np.array(array, dtype=np.float64)
        array.flags.writeable = False
        return array

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        stats = {"mean": running_mean, "var": running_var}
        if training:
            stats = {"mean": x.mean(axis=0), "var": x.var(axis=0)}
            running_mean = momentum * running_mean + (1 - momentum) * stats["mean"]
            running_var = momentum * running_var + (1 - momentum) * stats["var"]
        std = np.sqrt(stats["var"] + eps)
        x_hat = frozen((x - stats["mean"]) / std)
        cache = (x_hat, frozen(gamma / std), training)
        return frozen(gamma * x_hat + beta), cache, frozen(running_mean), frozen(running_var)

    def batchnorm_backward(dout, cache):
        x_hat, slope, training = cache
        dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
        if training:
            dout = dout - dbeta / len(dout) - x_hat * dgamma / len(dout)
        return frozen(slope * dout), frozen(dgamma), frozen(dbeta)


@variant("batchnorm_forward", "batchnorm_backward")
def wrapped_and_talkative():
    """Pass-through wrappers with *args and **kwargs that print and assert."""
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
    """The cache is a stack; the backward pass pops it empty and writes into its own x_hat."""

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


@variant("batchnorm_forward", "batchnorm_backward")
def results_are_named_tuples():
    """Both functions return a NamedTuple, which is a tuple; the cache is its second entry."""
    from typing import NamedTuple

    class Forward(NamedTuple):
        out: np.ndarray
        cache: dict
        running_mean: np.ndarray
        running_var: np.ndarray

    class Backward(NamedTuple):
        dx: np.ndarray
        dgamma: np.ndarray
        dbeta: np.ndarray

    def batchnorm_forward(
        x, gamma, beta, running_mean, running_var, *, training, momentum=0.9, eps=1e-5
    ):
        mean, var = (x.mean(axis=0), x.var(axis=0)) if training else (running_mean, running_var)
        inv = (var + eps) ** -0.5
        x_hat = (x - mean) * inv
        kept = momentum if training else 1.0
        return Forward(
            out=gamma * x_hat + beta,
            cache={"x_hat": x_hat, "slope": gamma * inv, "training": training},
            running_mean=kept * running_mean + (1 - kept) * mean,
            running_var=kept * running_var + (1 - kept) * var,
        )

    def batchnorm_backward(dout, cache):
        x_hat, slope, training = cache["x_hat"], cache["slope"], cache["training"]
        dgamma, dbeta = np.sum(dout * x_hat, axis=0), np.sum(dout, axis=0)
        through = (dbeta + x_hat * dgamma) / len(dout) if training else 0.0
        return Backward(slope * (dout - through), dgamma, dbeta)
