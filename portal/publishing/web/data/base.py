"""What the addresses under /data share: their blueprint, and how long a file may be kept by caches."""

from flask import Blueprint

from portal.publishing.files import FROM_THE_LOG, TABLES

blueprint = Blueprint("data", __name__)

# An edition's bytes change only when a text in it is withdrawn; a day later no cache gives the old ones.
EDITION_SECONDS = 86400
NO_EDITION = "There is no such edition."
TABLE = f"<any({', '.join(TABLES)}):name>"
FORM = f"<any({', '.join(FROM_THE_LOG)}):form>"
N = "<int(max=999999999):n>"
