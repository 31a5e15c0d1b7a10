"""The line of those who rate: they wait there, and readers wait for none of them.

In the hour of a great crowd two thousand marks come in a second, and each costs ten times what a page from the
cache does. Were both answered by the same threads, whoever reads would stand behind everybody who rates. So under
`python -m portal serve` a web worker reads the form, sends it on, and turns to the next request at once:

    reader  ->  web worker: the page, from its memory
    rater   ->  web worker  ->  (the line)  ->  the process that takes marks, of lower priority
                    the answer  <-----------------  a few at a time, in the order in which they came

Who waits takes up no thread and no processor time, only a place in the line. A line that is full refuses at once,
with a page that keeps what was sent and says when to press the button again (`full`).

The two sides speak over a socket of the machine (`messages`); `standing` is the worker's side of it, `taking` that
of the process that takes marks. Any other form, reports above all, stays with the worker that received it. Where
no such process is (another server, another system than Linux), each worker takes marks by itself.
"""

from portal.web.line.full import LineFull as LineFull
from portal.web.line.standing import Line as Line
from portal.web.line.taking import opened as opened
from portal.web.line.taking import take as take
