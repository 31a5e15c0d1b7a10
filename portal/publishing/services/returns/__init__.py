"""A body at its own desk: it enters values, puts its return forward, and a second person signs it."""

from portal.publishing.services.returns.entering import add_remark, answer_query, enter_values, with_target
from portal.publishing.services.returns.own import require_own
from portal.publishing.services.returns.signing import SIGN, put_forward, sign_return, take_return_back

__all__ = [
    "SIGN",
    "add_remark",
    "answer_query",
    "enter_values",
    "put_forward",
    "require_own",
    "sign_return",
    "take_return_back",
    "with_target",
]
