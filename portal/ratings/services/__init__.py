"""Acts on ratings: a mark and its comment, receipts, the daily fold, moderation, answers, roll-ups."""

from portal.ratings.services.answered import publish_answers
from portal.ratings.services.answering import (
    give_word,
    hand_over,
    let_through,
    look_after_answers,
    propose_reply,
    send_back,
)
from portal.ratings.services.checking import check_closed_months, find_alike_texts
from portal.ratings.services.folding import fold, forget_folded
from portal.ratings.services.importing import import_ratings
from portal.ratings.services.looking import all_closed_months, circumstances, months_to_look_at
from portal.ratings.services.marks import (
    Mark,
    add_to_mark,
    follow_up_code,
    follow_up_key,
    known_follow_up,
    mark_key,
    save_from_office,
    save_mark,
    save_open_mark,
)
from portal.ratings.services.moderation import approve_comment, hide_comment, publish_comments
from portal.ratings.services.offices import (
    find_office,
    list_office_keys,
    make_office_key,
    revoke_office_key,
    use_office_key,
)
from portal.ratings.services.paper import check_paper, enter_paper, list_paper
from portal.ratings.services.public_replies import propose_public_reply, publish_reply, return_reply
from portal.ratings.services.receipts import (
    issue_at_desk,
    issue_receipts,
    issue_to_office,
    known_receipt,
    receipt_key,
    require_own_service,
)
from portal.ratings.services.resembling import find_resembling, flag_resembling
from portal.ratings.services.rollups import roll_up, roll_up_months
from portal.ratings.services.watching import watch_folded

__all__ = [
    "Mark",
    "add_to_mark",
    "all_closed_months",
    "approve_comment",
    "check_closed_months",
    "check_paper",
    "circumstances",
    "enter_paper",
    "find_alike_texts",
    "find_office",
    "find_resembling",
    "flag_resembling",
    "fold",
    "follow_up_code",
    "follow_up_key",
    "forget_folded",
    "give_word",
    "hand_over",
    "hide_comment",
    "import_ratings",
    "issue_at_desk",
    "issue_receipts",
    "issue_to_office",
    "known_follow_up",
    "known_receipt",
    "let_through",
    "list_office_keys",
    "list_paper",
    "look_after_answers",
    "make_office_key",
    "mark_key",
    "months_to_look_at",
    "propose_public_reply",
    "propose_reply",
    "publish_answers",
    "publish_comments",
    "publish_reply",
    "receipt_key",
    "require_own_service",
    "return_reply",
    "revoke_office_key",
    "roll_up",
    "roll_up_months",
    "save_from_office",
    "save_mark",
    "save_open_mark",
    "send_back",
    "use_office_key",
    "watch_folded",
]
