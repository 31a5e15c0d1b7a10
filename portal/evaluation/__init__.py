"""The internal evaluation: who evaluates what in a cycle, and scores that open into their evidence.

Words: a *cycle* evaluates bodies on one period's figures; an *element* is what is evaluated (business
processing, department performance…); a *group* is who or what speaks about it: measured results, the
ratings of service objects, or an evaluator group whose members enter *marks*; a *score* is a tree of
*parts*, each with its weight (share in the part above) and its *evidence*.

A body is compared with its own past. This room never ranks bodies, never lets a missing target count as
zero, and takes from ratings and cases only what is published.
"""
