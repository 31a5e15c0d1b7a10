"""What waits for whom until when: deadlines and second signatures.

Words: a *duty* is something a person or the holders of a right must do by a time; a *proposal* is the
first half of an act that needs two people; a *second signature* is the other half, never by the proposer; a
*substitute* is the one person who takes over when nobody gave it in time.
The room that executes the act calls `countersign` in the same transaction, so that both halves and the act
are kept or lost together.

Items given to named people exist for these people only: nobody else can see, count or open them.
This room never executes anything and keeps no confidential text: give it codes and ids.
"""
