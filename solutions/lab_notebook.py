# %% [markdown]
# # The lab: how gradients flow
#
# Experiments (a) to (g) on **your own functions**. Each is one cell, and a question follows it.
# Guess before you run the cell; write your answer below the question. Plan an hour; the cells
# themselves take about a minute. The answers earn no points: they are for you, and for the next
# lecture.
#
# If a cell stops with `NotImplementedError`, the function that it names is still TODO. After you
# change a file in `gradflow/`, restart the kernel and run the next cell again.
#
# **In Colab** upload `assignment.zip` to the files at the left, and from the second evening on your
# own `submission.zip` beside it, then run the next cell. It unpacks what is missing, your own work
# first, and never writes over a file. To edit, open `assignment/gradflow/` at the left and click on
# a file twice; to check, run `!pytest`. Colab deletes all files soon after you leave: run
# `!python submit.py` before, and download `assignment/submission.zip`.

# %%
# %matplotlib inline
import os
import zipfile
from pathlib import Path

if not Path("gradflow").is_dir():
    newest_first = sorted(Path().glob("submission*.zip"), key=os.path.getmtime, reverse=True)
    for archive in [*newest_first, *Path().glob("assignment*.zip")]:
        with zipfile.ZipFile(archive) as files:
            for name in files.namelist():
                file = Path("assignment", name.removeprefix("assignment/"))
                if not (name.endswith("/") or file.exists()):
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(files.read(name))
    if not Path("assignment/gradflow").is_dir():
        raise FileNotFoundError(f"no gradflow/ and no assignment.zip in {Path().resolve()}")
    os.chdir("assignment")

from gradflow import diagnostics, lab

# %% [markdown]
# ## (a) Watch the sigmoid saturate
#
# Four hidden layers of sigmoids learn handwritten digits. The weights start as was usual before
# 2010: U(-1/sqrt(n), 1/sqrt(n)). This is the experiment of Glorot and Bengio's figure 2.
#
# **Guess first:** which of the four layers saturates first?

# %%
lab.saturation().figure

# %% [markdown]
# **Question 1.** The last hidden layer falls to almost 0 within a hundred steps, and the accuracy
# stays at chance until it comes back. Why does it fall? (While the layers below carry no
# information about the digit, what is the best that the output layer can do with them?)
#
# *Your answer:*

# %% [markdown]
# Now a net of ten weight layers before any training, with three kinds of first weights.
#
# **Guess first:** in which one does the gradient vanish most: the one whose units are saturated?

# %%
lab.saturation_and_gradient().figure

# %% [markdown]
# **Question 2.** More than half of the units are saturated with N(0, 1), and yet its gradient is
# the healthiest of the three. With Xavier hardly any is saturated, and the gradient loses a factor
# of more than 100,000. Which two factors does a layer multiply the gradient with, and which of them
# makes up for the other here?
#
# *Your answer:*

# %% [markdown]
# ## (b) The gradient on its way back
#
# Ten hidden layers of tanh, and digits: what lies in the layers, before training and after it? In
# the rows, from above: activations, gradients by the pre-activations (what is smaller than 1e-11
# stands at the left end), and how large one step is beside the weights. About 1e-3 is a good size.
#
# **Guess first:** where are the activations of layer 10, for each of the three first weights?

# %%
lab.layers().figure

# %% [markdown]
# **Question 3.** With Xavier the activations become narrower from layer to layer, and the gradient
# on its way back does, too; after training neither does. With N(0, 1) layer 1 makes steps larger
# than its weights, and layer 10 steps a thousand times smaller. Which layers can learn there?
#
# *Your answer:*

# %% [markdown]
# Every pairing of activation and initializer, from 2 to 50 weight layers. Each point is the first
# layer's gradient norm over the last one's. In the green band `diagnose` says healthy. The depth
# axis is linear: a straight line is one factor a layer, and its slope tells which. A cross ends a
# line where numbers overflow, or underflow to 0.

# %%
lab.gradient_flow().figure

# %% [markdown]
# **Question 4.** ReLU with Xavier is inside the band at 10 layers and far outside at 50. By which
# factor does the norm change per layer, and where does that factor come from? Why does He's
# initializer not have it?
#
# *Your answer:*

# %% [markdown]
# Which number should one look at? Take one ReLU net, and multiply all its weights with the same
# factor.
#
# **Guess first:** for each of the three ratios in the next figure, does it rise, fall or stay?

# %%
lab.scale_sweep().figure

# %% [markdown]
# **Question 5.** The weights change by a factor of 100, and the weight gradients' ratio stays
# within a factor of 2. It is blind. Show on paper why: if every W is multiplied with c, by which
# power of c is the gradient of the first weights multiplied, and by which that of the last?
# (relu(c z) = c relu(z). Take the gradient at the output as given.)
#
# *Your answer:*
#
# To try other scales, activations and batch norm: `python -m gradflow.lab --page` makes a page
# for your browser.
#
# ## (c) Dying ReLUs
#
# Two hidden layers with negative biases, as after one much too large step: more than a third of the
# units of each layer are off, for every digit.
#
# **Guess first:** which of the four activations will bring them back?

# %%
lab.dying_relus().figure

# %% [markdown]
# **Question 6.** In layer 1 ReLU's units stay dead, as one reads everywhere, and leaky ReLU with
# its usual slope of 0.01 does not bring them back either, not in these 20 epochs. In layer 2 they
# come back with all four. What changes for a unit of layer 2 that does not change for one of layer
# 1? And ELU keeps a quarter of layer 1 off, yet reads almost all digits. Is a unit that is off
# dead?
#
# *Your answer:*

# %% [markdown]
# ## (d) Batch norm before the activation

# %%
lab.batch_normalisation().figure

# %% [markdown]
# **Question 7.** With batch norm the ratio is the same for all scales of the weights. Why? And is
# it exactly the same, or only almost? (Where does eps come in?)
#
# *Your answer:*

# %% [markdown]
# ## (e) An exploding net, with clipping and without
#
# A colour is a net: dashed as it is, solid clipped. Ten hidden layers, twice: ELU with He's
# weights but a large learning rate, and ReLU with weights that are much too large. Each with its
# gradient as it is, and clipped to a global norm of 1.

# %%
lab.exploding().figure

# %% [markdown]
# **Question 8.** Clipping makes the first net as good as any. The second doesn't explode any more,
# but after ten epochs it is still far behind. What does clipping not repair? Look at the middle
# panel.
#
# *Your answer:*

# %% [markdown]
# ## (f) Real digits, ten hidden layers
#
# Three sick nets, dashed, and in the same colour those that got a remedy. 1400 digits to learn
# from, 397 held out.

# %%
digits = lab.handwritten_digits()
for name, accuracy in digits.numbers.items():
    print(f"{accuracy:7.1%}  {name}")
digits.figure

# %% [markdown]
# **Question 9.** All remedies pass the dotted line of 95 %. Which would you try first on a net that
# doesn't learn, and what would you measure before?
#
# *Your answer:*

# %% [markdown]
# ## (g) Find the planted fault
#
# Seven nets of ten weight layers. Six have one fault each. The line shows the gradient's norm at
# each layer, the bars your `dead_fraction` and `saturated_fraction` of each hidden layer, the title
# the verdict of your `diagnose`.

# %%
lab.planted_faults().figure

# %% [markdown]
# Look closer where you are not sure. A patient is a net and its gradients:

# %%
net, grads = lab.patient("A")
print(diagnostics.gradient_norms(grads.pre_activations))
print([diagnostics.dead_fraction(h) for h in net.trace.activations[1:]])

# %% [markdown]
# **Question 10.** Write down for each net, A to G, what ails it. One of the verdicts says healthy
# though there is a fault: which of your three functions sees it? Your instructor has the answers.
#
# *Your answer:*
# ruff: noqa: B018, E402
