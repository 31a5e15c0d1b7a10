"""Templates are compiled once for each language: their words are in them, and so are the macros they call.

A page has some hundred and fifty texts and calls some hundred and thirty macros. Looked up and called while a page
is drawn, they take most of its time. So each template is worked through when Jinja compiles it: `wording` puts the
texts of one language in, `inlining` the bodies of macros (`macros` finds them), and what then stands still becomes
one piece. The page says the same, byte for byte; tests hold each kind of call against Jinja's own.
"""

from portal.web.compiling.environment import WordedEnvironment as WordedEnvironment
