"""What must hold on any machine, however busy it is: peaks of memory, layers that need not be opened, instructions.

Time is not among it: BENCHMARKS.md tells how it compares.
"""

# MiB that `reprove diff` may take.
MEMORY = {"large": 128, "million": 256, "jar": 200}
# Layer blobs that may be opened, both sides together.
# One of python's is the base that both share: its history has the time of SOURCE_DATE_EPOCH alone, so that it may hold a
# module of any time, and a link of it may lead to the stamp that the image has.
OPENED = {"identical": 0, "python": 9}
# Instructions of `reprove diff` for each that the floor needs, which reads no base.
INSTRUCTIONS = {"python": 14}
INSTRUCTIONS_OF_OTHERS = 1.4


# MiB that any of the hostile pairs may take.
HOSTILE = 256


def missed(result):
    """One sentence for each goal that was measured and missed."""
    for (pair, name), (cost, opened) in result.measured.items():
        most = MEMORY.get(pair)
        if name == "reprove diff" and most and cost.memory > most:
            yield f"{pair}: {cost.memory:.0f} MiB, at most {most} are meant"
        if name == "reprove diff" and pair in OPENED and opened != str(OPENED[pair]):
            yield f"{pair}: {opened} layers were opened, {OPENED[pair]} are meant"
    for name, cost in result.hostile.items():
        if cost is None or cost.memory > HOSTILE:
            took = f"{cost.memory:.0f} MiB" if cost else "too long"
            yield f"hostile {name}: it took {took}, at most {HOSTILE} MiB are meant"
    for pair, millions, floor, _ in result.counts:
        most = INSTRUCTIONS.get(pair, INSTRUCTIONS_OF_OTHERS)
        if floor and millions / floor > most:
            yield f"{pair}: {millions / floor:.2f} times the instructions of the floor, at most {most} are meant"
