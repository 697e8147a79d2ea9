"""Odd but right initialisers: other draws, other orders, other formulas, the same distributions."""
# Odd code is the point of this file: style rules that such code breaks are off.
# ruff: noqa: B008, B905, C408, C417, C419, E731, F841, FURB136, N806, PERF401, PLC0415
# ruff: noqa: PLC2401, PLR0124, PLR0402, PLW2901, PT018, RUF001, RUF002, RUF059, RUF100
# ruff: noqa: SIM300, T201, UP042

import numpy as np

from autograder.engine.variants import variant


@variant("xavier_normal", "he_normal")
def scaled_standard_normal():
    """Standard normals times σ; He's σ through one chain of conditional expressions."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        return rng.standard_normal((n_in, n_out)) * np.sqrt(2.0 / (n_in + n_out))

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if min(n_in, n_out) < 1:
            raise ValueError("n_in and n_out must be positive")
        fan = (
            (n_in + n_out) / 2
            if mode == "fan_avg"
            else n_in
            if mode == "fan_in"
            else n_out
            if mode == "fan_out"
            else None
        )
        if fan is None:
            raise ValueError(f"mode: {mode!r}")
        return rng.standard_normal(size=(n_in, n_out)) * (2.0 / fan) ** 0.5


@variant("xavier_uniform", "he_uniform")
def uniform_from_the_unit_interval():
    """U(0, 1) stretched to (-r, r), in place on the fresh array."""

    def xavier_uniform(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        r = np.sqrt(6) / np.sqrt(n_in + n_out)
        return rng.random((n_in, n_out)) * 2 * r - r

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        variances = {
            "fan_avg": 4 / (n_in + n_out) if n_in + n_out else 0,
            "fan_in": 2 / n_in if n_in else 0,
            "fan_out": 2 / n_out if n_out else 0,
        }
        if mode not in variances:
            raise ValueError("mode must be one of " + ", ".join(variances))
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        w = rng.random((n_in, n_out))
        w -= 0.5
        w *= 2 * np.sqrt(3 * variances[mode])
        return w


@variant("xavier_normal", "he_uniform")
def row_by_row():
    """One row per draw, the rows stacked at the end."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0:
            raise ValueError("n_in must be positive")
        if n_out <= 0:
            raise ValueError("n_out must be positive")
        rows = [rng.normal(0.0, np.sqrt(2 / (n_in + n_out)), n_out) for _ in range(n_in)]
        return np.vstack(rows)

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode == "fan_avg":
            r = np.sqrt(12.0 / (n_in + n_out))
        elif mode == "fan_in":
            r = np.sqrt(6.0 / n_in)
        elif mode == "fan_out":
            r = np.sqrt(6.0 / n_out)
        else:
            raise ValueError("mode")
        columns = []
        for _ in range(n_out):
            columns.append(rng.uniform(-r, r, size=n_in))
        return np.stack(columns, axis=-1)


@variant("xavier_uniform", "he_normal")
def entry_by_entry():
    """Two nested loops, one number per draw; columns first in the second function."""

    def xavier_uniform(n_in, n_out, rng):
        if not (n_in > 0 and n_out > 0):
            raise ValueError("sizes must be positive")
        limit = (6 / (n_in + n_out)) ** 0.5
        weights = np.zeros((n_in, n_out))
        for i in range(n_in):
            for j in range(n_out):
                weights[i][j] = (2 * rng.random() - 1) * limit
        return weights

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if not (n_in > 0 and n_out > 0):
            raise ValueError("sizes must be positive")
        if mode not in ("fan_avg", "fan_in", "fan_out"):
            raise ValueError("mode is unknown")
        sigma = float(np.sqrt(2) * np.sqrt(2 / (n_in + n_out)))
        if mode == "fan_in":
            sigma = float(np.sqrt(2 / n_in))
        if mode == "fan_out":
            sigma = float(np.sqrt(2 / n_out))
        draw = rng.standard_normal
        weights = np.empty((n_in, n_out))
        for j in reversed(range(n_out)):
            for i in range(n_in):
                weights[i, j] = sigma * draw()
        return weights


@variant("xavier_normal", "he_normal")
def box_muller_pairs():
    """Box-Muller on uniforms from rng, the cosine and the sine half both used."""

    def two_halves(count, rng):
        half = (count + 1) // 2
        radius = np.sqrt(-2.0 * np.log1p(-rng.random(half)))
        angle = 2.0 * np.pi * rng.random(half)
        return np.concatenate([radius * np.cos(angle), radius * np.sin(angle)])[:count]

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in, n_out must be positive")
        return np.sqrt(2 / (n_in + n_out)) * two_halves(n_in * n_out, rng).reshape(n_in, n_out)

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in, n_out must be positive")
        try:
            fan = {"fan_avg": 0.5 * (n_in + n_out), "fan_in": n_in, "fan_out": n_out}[mode]
        except KeyError as error:
            raise ValueError(f"unknown mode {mode!r}") from error
        return two_halves(n_in * n_out, rng).reshape((n_in, n_out)) * np.sqrt(2 / fan)


@variant("xavier_normal")
def rayleigh_times_cosine():
    """Box-Muller once more, the radius drawn as a Rayleigh number."""

    def xavier_normal(n_in, n_out, rng):
        if n_in < 1 or n_out < 1:
            raise ValueError("n_in and n_out must be at least 1")
        sigma = np.sqrt(2 / (n_in + n_out))
        radius = rng.rayleigh(sigma, size=(n_in, n_out))
        return radius * np.cos(rng.uniform(0, 2 * np.pi, size=(n_in, n_out)))


@variant("he_normal")
def polar_rejection():
    """Marsaglia's polar method: points in the unit disc, rejected until there are enough."""

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out")
        if mode == "fan_avg":
            variance = 4 / (n_in + n_out)
        elif mode == "fan_in":
            variance = 2 / n_in
        elif mode == "fan_out":
            variance = 2 / n_out
        else:
            raise ValueError("mode")
        wanted = n_in * n_out
        found = np.empty(0)
        while found.size < wanted:
            u, v = rng.uniform(-1, 1, size=(2, wanted))
            s = u * u + v * v
            inside = (s > 0) & (s < 1)
            u, v, s = u[inside], v[inside], s[inside]
            factor = np.sqrt(-2 * np.log(s) / s)
            found = np.append(found, np.append(u * factor, v * factor))
        return (found[:wanted] * np.sqrt(variance)).reshape(n_in, n_out)


@variant("xavier_normal")
def inverse_normal_cdf():
    """The normal distribution's inverse CDF from the standard library, number by number."""
    from statistics import NormalDist

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        law = NormalDist(mu=0.0, sigma=(2 / (n_in + n_out)) ** 0.5)

        def one_number():
            u = 0.0
            while not 0.0 < u < 1.0:
                u = rng.random()
            return law.inv_cdf(u)

        return np.array([[one_number() for _ in range(n_out)] for _ in range(n_in)])


@variant("xavier_normal", "xavier_uniform", "he_normal", "he_uniform")
def drawn_transposed():
    """Everything is drawn as (n_out, n_in) and handed back as a transposed view."""

    def he_variance(n_in, n_out, mode):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        fans = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}
        if mode not in fans:
            raise ValueError("mode must be fan_avg, fan_in or fan_out")
        return 2 / fans[mode]

    def xavier_normal(n_in, n_out, rng):
        variance = he_variance(n_in, n_out, "fan_avg") / 2
        return rng.normal(scale=np.sqrt(variance), size=(n_out, n_in)).T

    def xavier_uniform(n_in, n_out, rng):
        r = np.sqrt(1.5 * he_variance(n_in, n_out, "fan_avg"))
        return rng.uniform(-r, r, size=(n_out, n_in)).transpose()

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        return rng.normal(0, np.sqrt(he_variance(n_in, n_out, mode)), (n_out, n_in)).T

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        r = np.sqrt(3 * he_variance(n_in, n_out, mode))
        return np.swapaxes(rng.uniform(low=-r, high=r, size=(n_out, n_in)), 0, 1)


@variant("xavier_normal", "he_uniform")
def last_entry_first():
    """The array is filled from the end: a view with negative strides."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        return rng.normal(0, np.sqrt(2 / (n_in + n_out)), size=(n_in, n_out))[::-1, ::-1]

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode not in {"fan_avg", "fan_in", "fan_out"}:
            raise ValueError("mode")
        fan = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}[mode]
        r = np.sqrt(6 / fan)
        return np.flip(rng.uniform(-r, r, size=(n_in, n_out)))


@variant("xavier_normal", "he_normal")
def child_generator():
    """A second generator, seeded by numbers from the given one, makes the draws."""

    def derived(rng):
        return np.random.default_rng(rng.integers(0, 2**32, size=4))

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        return derived(rng).normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        child = derived(rng)
        if mode == "fan_avg":
            return child.normal(0, np.sqrt(2) * np.sqrt(2 / (n_in + n_out)), (n_in, n_out))
        if mode == "fan_in":
            return child.normal(0, np.sqrt(2 / n_in), (n_in, n_out))
        if mode == "fan_out":
            return child.normal(0, np.sqrt(2 / n_out), (n_in, n_out))
        raise ValueError("mode must be fan_avg, fan_in or fan_out")


@variant("xavier_normal", "he_uniform")
def spawned_generators():
    """rng.spawn makes independent children of the given generator, one per row or one in all."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        (child,) = rng.spawn(1)
        return child.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode not in ("fan_avg", "fan_in", "fan_out"):
            raise ValueError("mode")
        fan = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}[mode]
        r = np.sqrt(6 / fan)
        return np.array([child.uniform(-r, r, n_out) for child in rng.spawn(n_in)])


@variant("xavier_normal", "xavier_uniform")
def standard_library_generator():
    """random.Random, seeded by the given generator, draws number by number."""
    import random

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        dice = random.Random(int(rng.integers(2**63)))
        sigma = (2 / (n_in + n_out)) ** 0.5
        return np.array([dice.gauss(0, sigma) for _ in range(n_in * n_out)]).reshape(n_in, -1)

    def xavier_uniform(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        dice = random.Random(rng.bytes(16))
        r = (6 / (n_in + n_out)) ** 0.5
        return np.array([[dice.uniform(-r, r) for _ in range(n_out)] for _ in range(n_in)])


@variant("xavier_normal", "he_uniform")
def other_generator_on_the_same_bits():
    """New Generator and legacy RandomState objects over the given generator's bit stream."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        legacy = np.random.RandomState(rng.bit_generator)
        return legacy.randn(n_in, n_out) * np.sqrt(2 / (n_in + n_out))

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode not in ("fan_avg", "fan_in", "fan_out"):
            raise ValueError("mode")
        fan = n_in if mode == "fan_in" else n_out if mode == "fan_out" else (n_in + n_out) / 2
        again = np.random.Generator(rng.bit_generator)
        return again.uniform(-np.sqrt(6 / fan), np.sqrt(6 / fan), (n_in, n_out))


@variant("xavier_uniform", "he_normal")
def drawn_in_chunks():
    """A thousand numbers at a time, joined and reshaped."""

    def chunks(count, draw):
        parts = [draw(min(1000, count - start)) for start in range(0, count, 1000)]
        return np.concatenate(parts)

    def xavier_uniform(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        r = np.sqrt(6 / (n_in + n_out))
        return chunks(n_in * n_out, lambda k: rng.uniform(-r, r, k)).reshape(n_in, n_out)

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode == "fan_avg":
            sigma = 2 / np.sqrt(n_in + n_out)
        elif mode in ("fan_in", "fan_out"):
            sigma = np.sqrt(2 / (n_in if mode == "fan_in" else n_out))
        else:
            raise ValueError("mode")
        return chunks(n_in * n_out, lambda k: rng.normal(0, sigma, k)).reshape((n_in, n_out))


@variant("he_normal", "he_uniform")
def every_other_of_a_larger_draw():
    """Four times as many draws, every other row and column kept: a strided view."""

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode == "fan_avg":
            fan = (n_in + n_out) / 2
        elif mode == "fan_in":
            fan = n_in
        elif mode == "fan_out":
            fan = n_out
        else:
            raise ValueError("mode")
        return rng.normal(0, np.sqrt(2 / fan), (2 * n_in, 2 * n_out))[::2, 1::2]

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode not in ("fan_avg", "fan_in", "fan_out"):
            raise ValueError("mode")
        fan = dict(fan_avg=(n_in + n_out) / 2, fan_in=n_in, fan_out=n_out)[mode]
        r = np.sqrt(3.0) * np.sqrt(2.0 / fan)
        return rng.uniform(-r, r, (n_in, n_out, 3))[..., 1]


@variant("xavier_normal")
def chi_square_with_random_sign():
    """The root of a chi-square number with a fair sign is a normal number."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        size = (n_in, n_out)
        magnitude = np.sqrt(rng.chisquare(1, size=size))
        sign = np.where(rng.random(size) < 0.5, -1.0, 1.0)
        return sign * magnitude * np.sqrt(2 / (n_in + n_out))


@variant("he_normal")
def logarithm_of_lognormal():
    """The logarithm of log-normal draws."""

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        fans = [(n_in + n_out) / 2, n_in, n_out]
        which = ["fan_avg", "fan_in", "fan_out"].index(mode)
        return np.sqrt(2 / fans[which]) * np.log(rng.lognormal(0.0, 1.0, (n_in, n_out)))


@variant("xavier_uniform", "he_uniform")
def uniform_by_other_laws():
    """Uniform numbers made of Beta(1, 1), and of a fair sign times a uniform magnitude."""

    def xavier_uniform(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        return np.sqrt(6 / (n_in + n_out)) * (2 * rng.beta(1, 1, (n_in, n_out)) - 1)

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode == "fan_avg":
            r = np.sqrt(12 / (n_in + n_out))
        elif mode == "fan_in":
            r = np.sqrt(6 / n_in)
        elif mode == "fan_out":
            r = np.sqrt(6 / n_out)
        else:
            raise ValueError("mode")
        magnitude = rng.uniform(0, r, (n_in, n_out))
        return np.copysign(magnitude, rng.choice([-1, 1], size=(n_in, n_out)))


@variant("xavier_uniform")
def uniform_from_exponentials():
    """exp(-E) of a standard exponential number E is uniform on (0, 1)."""

    def xavier_uniform(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        unit = np.exp(-rng.standard_exponential((n_in, n_out)))
        r = np.sqrt(6 / (n_in + n_out))
        return np.interp(unit, [0.0, 1.0], [-r, r])


@variant("xavier_normal")
def multivariate_normal_rows():
    """Every row is one draw from a multivariate normal with covariance σ² I."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        covariance = np.eye(n_out) * 2 / (n_in + n_out)
        return rng.multivariate_normal(
            np.zeros(n_out), covariance, size=n_in, method="cholesky", check_valid="ignore"
        )


@variant("xavier_normal", "he_normal")
def sum_of_two_normals():
    """The sum, or difference, of two independent normals with half the variance each."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        s = 1 / np.sqrt(n_in + n_out)
        return rng.normal(0, s, (n_in, n_out)) + rng.normal(0, s, (n_in, n_out))

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode not in ("fan_avg", "fan_in", "fan_out"):
            raise ValueError("mode")
        fan = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}.get(mode)
        return np.subtract(*rng.normal(0, np.sqrt(1 / fan), (2, n_in, n_out)))


@variant("xavier_normal", "xavier_uniform", "he_normal", "he_uniform")
def fortran_order_buffers():
    """Draws go into a flat buffer that is read in Fortran order."""

    def checked(n_in, n_out):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        return np.empty(n_in * n_out)

    def he_fan(n_in, n_out, mode):
        if mode == "fan_avg":
            return (n_in + n_out) / 2
        if mode == "fan_in":
            return n_in
        if mode == "fan_out":
            return n_out
        raise ValueError("mode must be fan_avg, fan_in or fan_out")

    def xavier_normal(n_in, n_out, rng):
        flat = checked(n_in, n_out)
        rng.standard_normal(out=flat)
        flat *= np.sqrt(2 / (n_in + n_out))
        return flat.reshape((n_in, n_out), order="F")

    def xavier_uniform(n_in, n_out, rng):
        flat = checked(n_in, n_out)
        rng.random(out=flat)
        np.subtract(flat, 0.5, out=flat)
        np.multiply(flat, np.sqrt(24 / (n_in + n_out)), out=flat)
        return np.reshape(flat, (n_in, n_out), "F")

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        flat = checked(n_in, n_out)
        scale = np.sqrt(2 / he_fan(n_in, n_out, mode))
        flat[:] = rng.normal(0, scale, flat.shape)
        return np.asfortranarray(flat.reshape(n_in, n_out))

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        flat = checked(n_in, n_out)
        r = np.sqrt(6 / he_fan(n_in, n_out, mode))
        flat[::-1] = rng.uniform(-r, r, flat.size)
        return flat.reshape((n_in, n_out), order="F")


@variant("xavier_normal", "xavier_uniform", "he_normal", "he_uniform")
def made_by_a_factory():
    """All four functions come out of one factory as closures, bound to their names."""

    def make(draw, gain, modes):
        def initialise(n_in, n_out, rng, mode="fan_avg"):
            if n_in <= 0 or n_out <= 0:
                raise ValueError("n_in and n_out must be positive")
            if mode not in modes:
                raise ValueError(f"mode must be one of {sorted(modes)}")
            return draw(rng, (gain / modes[mode](n_in, n_out)) ** 0.5, (n_in, n_out))

        return initialise

    normal = lambda rng, s, size: s * rng.standard_normal(size)
    uniform = lambda rng, s, size: s * 3**0.5 * rng.uniform(-1, 1, size)
    average = {"fan_avg": lambda a, b: (a + b) / 2}
    every = {**average, "fan_in": lambda a, b: a, "fan_out": lambda a, b: b}

    xavier_normal, xavier_uniform = make(normal, 1, average), make(uniform, 1, average)
    he_normal, he_uniform = (make(draw, 2, every) for draw in (normal, uniform))


@variant("xavier_normal", "xavier_uniform", "he_normal", "he_uniform")
def callable_objects():
    """The functions are instances of classes with __call__, three levels deep."""

    class Initialiser:
        gain = 1.0

        def sigma(self, n_in, n_out, mode):
            if n_in <= 0 or n_out <= 0:
                raise ValueError("n_in and n_out must be positive")
            if mode == "fan_in":
                return np.sqrt(self.gain / n_in)
            if mode == "fan_out":
                return np.sqrt(self.gain / n_out)
            if mode == "fan_avg":
                return np.sqrt(2 * self.gain / (n_in + n_out))
            raise ValueError("mode must be fan_avg, fan_in or fan_out")

        def draw(self, rng, sigma, size):
            raise NotImplementedError

        def __call__(self, n_in, n_out, rng, mode="fan_avg"):
            return self.draw(rng, self.sigma(n_in, n_out, mode), (n_in, n_out))

    class Normal(Initialiser):
        def draw(self, rng, sigma, size):
            return rng.normal(0.0, sigma, size)

    class Uniform(Initialiser):
        def draw(self, rng, sigma, size):
            return rng.uniform(-np.sqrt(3) * sigma, np.sqrt(3) * sigma, size)

    class HeNormal(Normal):
        gain = 2.0

    class HeUniform(Uniform):
        gain = 2.0

    xavier_normal = Normal()
    xavier_uniform = Uniform()
    he_normal = HeNormal()
    he_uniform = HeUniform()


@variant("he_normal", "he_uniform")
def enumeration_of_modes():
    """The modes are an Enum; an unknown one raises ValueError by itself."""
    from enum import Enum

    class Fan(Enum):
        AVERAGE = "fan_avg"
        IN = "fan_in"
        OUT = "fan_out"

        def of(self, n_in, n_out):
            if n_in <= 0 or n_out <= 0:
                raise ValueError("n_in and n_out must be positive")
            return {Fan.AVERAGE: (n_in + n_out) / 2, Fan.IN: n_in, Fan.OUT: n_out}[self]

    def he_normal(n_in, n_out, rng, mode=Fan.AVERAGE.value):
        return rng.normal(0, np.sqrt(2 / Fan(mode).of(n_in, n_out)), (n_in, n_out))

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        r = np.sqrt(6 / Fan(mode).of(n_in, n_out))
        return rng.uniform(-r, r, (n_in, n_out))


@variant("he_normal", "he_uniform")
def match_statement():
    """Structural pattern matching with guards, sizes and mode in one subject."""

    def he_sigma(n_in, n_out, mode):
        match (n_in, n_out, mode):
            case (a, b, _) if a <= 0 or b <= 0:
                raise ValueError("n_in and n_out must be positive")
            case (a, b, "fan_avg"):
                return np.sqrt(2) * np.sqrt(2 / (a + b))
            case (fan, _, "fan_in") | (_, fan, "fan_out"):
                return np.sqrt(2 / fan)
            case _:
                raise ValueError(f"{mode=} is unknown")

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        return rng.normal(0, he_sigma(n_in, n_out, mode), (n_in, n_out))

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        r = np.sqrt(3) * he_sigma(n_in, n_out, mode)
        return rng.uniform(-r, r, (n_in, n_out))


@variant("xavier_normal", "xavier_uniform", "he_normal", "he_uniform")
def partials_of_one_function():
    """All four are functools.partial objects of one general function."""
    from functools import partial

    def general(n_in, n_out, rng, mode="fan_avg", *, gain, kind):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode not in ("fan_avg", "fan_in", "fan_out"):
            raise ValueError("mode must be fan_avg, fan_in or fan_out")
        fan = np.mean({"fan_in": [n_in], "fan_out": [n_out]}.get(mode, [n_in, n_out]))
        sigma = np.sqrt(gain / fan)
        if kind == "normal":
            return rng.normal(0, sigma, size=(n_in, n_out))
        return rng.uniform(-np.sqrt(3) * sigma, np.sqrt(3) * sigma, size=(n_in, n_out))

    xavier_normal = partial(general, gain=1, kind="normal")
    xavier_uniform = partial(general, gain=1, kind="uniform")
    he_normal = partial(general, gain=2, kind="normal")
    he_uniform = partial(general, gain=2, kind="uniform")


@variant("xavier_normal", "xavier_uniform", "he_normal", "he_uniform")
def validated_by_a_decorator():
    """A decorator with functools.wraps and inspect.signature looks at the arguments first."""
    import functools
    import inspect

    class InitialiserError(ValueError):
        """Raised for a wrong size or mode."""

    def validated(function):
        signature = inspect.signature(function)

        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            bound = signature.bind(*args, **kwargs)
            bound.apply_defaults()
            for name in ("n_in", "n_out"):
                if bound.arguments[name] <= 0:
                    raise InitialiserError(name + " must be positive")
            if bound.arguments.get("mode", "fan_in") not in ("fan_avg", "fan_in", "fan_out"):
                raise InitialiserError("mode")
            return function(*bound.args, **bound.kwargs)

        return wrapper

    @validated
    def xavier_normal(n_in, n_out, rng):
        return rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))

    @validated
    def xavier_uniform(n_in, n_out, rng):
        r = np.sqrt(6 / (n_in + n_out))
        return rng.uniform(-r, r, (n_in, n_out))

    @validated
    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        sizes = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}
        return rng.normal(0, np.sqrt(2 / sizes[mode]), (n_in, n_out))

    @validated
    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        sizes = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}
        return np.sqrt(6 / sizes[mode]) * (1 - 2 * rng.random((n_in, n_out)))


@variant("xavier_normal")
def global_seed_at_import():
    """NumPy's global generator and random are seeded at import, and then never used."""
    import random

    np.random.seed(42)
    random.seed(42)

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        return rng.normal(loc=0, scale=np.sqrt(2 / (n_in + n_out)), size=(n_in, n_out))


@variant("xavier_uniform", "he_normal")
def shuffled_afterwards():
    """Independent draws stay independent draws when they are shuffled."""

    def xavier_uniform(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        r = np.sqrt(6 / (n_in + n_out))
        flat = rng.uniform(-r, r, n_in * n_out)
        rng.shuffle(flat)
        return flat.reshape(n_in, n_out)

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode == "fan_avg":
            variance = 4 / (n_in + n_out)
        elif mode == "fan_in":
            variance = 2 / n_in
        elif mode == "fan_out":
            variance = 2 / n_out
        else:
            raise ValueError("mode")
        return rng.permuted(rng.normal(0, variance**0.5, (n_in, n_out)))


@variant("xavier_normal")
def random_rotation_of_normals():
    """A random orthogonal matrix times independent normals: independent normals again."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        small = min(n_in, n_out, 64)
        rotation, _ = np.linalg.qr(rng.standard_normal((small, small)))
        w = rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))
        w[:small] = rotation @ w[:small]
        return w


@variant("xavier_normal", "he_normal")
def raised_again():
    """Errors pass through assert, try and raise-from before they become ValueError."""

    def sigma_of(gain, n_in, n_out, mode):
        try:
            assert n_in > 0 and n_out > 0, "sizes must be positive"
            assert mode in ("fan_avg", "fan_in", "fan_out"), "unknown mode"
        except AssertionError as error:
            raise ValueError(str(error)) from error
        else:
            fan = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}[mode]
        finally:
            pass
        return np.exp(0.5 * (np.log(gain) - np.log(fan)))

    def xavier_normal(n_in, n_out, rng):
        return rng.normal(0, sigma_of(1, n_in, n_out, "fan_avg"), (n_in, n_out))

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        return rng.normal(0, sigma_of(2, n_in, n_out, mode), (n_in, n_out))


@variant("xavier_normal", "xavier_uniform")
def warm_up_draws():
    """The first hundred numbers of the stream are thrown away."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        _ = rng.random(100)
        return rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))

    def xavier_uniform(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        r = np.sqrt(6 / (n_in + n_out))
        return rng.uniform(-r, r, 100 + n_in * n_out)[100:].reshape(n_in, n_out)


@variant("he_uniform")
def array_from_an_iterator():
    """np.fromiter over a generator expression."""

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode not in ("fan_avg", "fan_in", "fan_out"):
            raise ValueError("mode")
        fan = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}[mode]
        width = 2 * (6 / fan) ** 0.5
        numbers = (width * (rng.random() - 0.5) for _ in range(n_in * n_out))
        return np.fromiter(numbers, dtype=float, count=n_in * n_out).reshape(n_in, n_out)


@variant("xavier_uniform", "he_normal")
def read_only_weights():
    """The arrays that come back can't be written to."""

    def xavier_uniform(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        r = np.sqrt(6 / (n_in + n_out))
        w = rng.uniform(-r, r, (n_in, n_out))
        w.flags.writeable = False
        return w

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode == "fan_avg":
            fan = (n_in + n_out) / 2
        elif mode == "fan_in":
            fan = n_in
        elif mode == "fan_out":
            fan = n_out
        else:
            raise ValueError("mode")
        w = np.sqrt(2 / fan) * rng.standard_normal((n_in, n_out))
        w.setflags(write=False)
        return w


@variant("xavier_normal", "he_normal")
def talkative_initialisers():
    """Prints and logging on both output streams, with letters outside ASCII."""
    import logging
    import sys

    log = logging.getLogger("my.init")
    log.addHandler(logging.StreamHandler())
    log.setLevel(logging.DEBUG)
    print("initializers imported")

    def xavier_normal(n_in, n_out, rng):
        print("xavier_normal", n_in, n_out)
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        w = rng.normal(0, np.sqrt(2 / (n_in + n_out)), (n_in, n_out))
        print(w, w.std(), file=sys.stderr)
        return w

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        log.info("he_normal %s %s %s", n_in, n_out, mode)
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        if mode not in ("fan_avg", "fan_in", "fan_out"):
            log.error("no such mode")
            raise ValueError(mode)
        fan = {"fan_avg": (n_in + n_out) / 2, "fan_in": n_in, "fan_out": n_out}[mode]
        sys.stdout.write(f"fan = {fan} σ² = {2 / fan}\n")
        return rng.normal(0, np.sqrt(2 / fan), (n_in, n_out))


@variant("xavier_normal", "xavier_uniform", "he_uniform")
def array_valued_parameters():
    """Mean, scale and bounds are whole arrays; size is never given."""

    def xavier_normal(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        return rng.normal(np.zeros((n_in, n_out)), np.sqrt(2 / (n_in + n_out)))

    def xavier_uniform(n_in, n_out, rng):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        bound = np.full((n_in, n_out), np.sqrt(6 / (n_in + n_out)))
        return rng.uniform(-bound, bound)

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        fan_in, fan_out = np.full((n_in, n_out), n_in), np.full((n_in, n_out), n_out)
        if mode == "fan_avg":
            bound = np.sqrt(12 / (fan_in + fan_out))
        elif mode == "fan_in":
            bound = np.sqrt(6 / fan_in)
        elif mode == "fan_out":
            bound = np.sqrt(6 / fan_out)
        else:
            raise ValueError("mode")
        return rng.uniform(-bound, bound)


@variant("he_normal", "he_uniform")
def exact_fractions():
    """Variances as fractions.Fraction, turned into floats at the last moment."""
    from fractions import Fraction

    def he_normal(n_in, n_out, rng, mode="fan_avg"):
        if n_in <= 0 or n_out <= 0:
            raise ValueError("n_in and n_out must be positive")
        variance = {
            "fan_avg": Fraction(4, int(n_in) + int(n_out)),
            "fan_in": Fraction(2, int(n_in)),
            "fan_out": Fraction(2, int(n_out)),
        }.get(mode)
        if variance is None:
            raise ValueError("mode must be fan_avg, fan_in or fan_out")
        return float(variance) ** 0.5 * rng.standard_normal((n_in, n_out))

    def he_uniform(n_in, n_out, rng, mode="fan_avg"):
        for name, value in (("n_in", n_in), ("n_out", n_out)):
            if value <= 0:
                raise ValueError(f"{name} must be positive, not {value}")
        if mode == "fan_avg":
            fan = Fraction(int(n_in) + int(n_out), 2)
        elif mode == "fan_in":
            fan = Fraction(int(n_in))
        elif mode == "fan_out":
            fan = Fraction(int(n_out))
        else:
            raise ValueError("mode must be fan_avg, fan_in or fan_out")
        r = float(6 / fan) ** 0.5
        return rng.uniform(-r, r, size=(n_in, n_out))
