"""The colours and markers of the lab's lines. It is given: no TODOs."""

# Okabe and Ito's colours, which colour-blind readers can tell apart. Lines differ in style as well.
BLACK, ORANGE, SKY, GREEN, BLUE, RED, PINK = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
COLOURS = (BLUE, ORANGE, GREEN, RED, PINK, SKY, BLACK)
MARKERS = "osD^vPX"
