"""The internal evaluation: elements, evaluator groups, scores and what they are made of."""
