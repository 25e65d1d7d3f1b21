"""A document becomes a Definition, and a Definition the Program that the core runs.

Text -> tree (`formats`), tree -> Definition with every fault at once (`read`), Definition -> Program
(`compile`), Definition -> what a UI draws (`graph`). Nothing here does I/O or reads a clock.
"""
