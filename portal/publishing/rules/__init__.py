"""Pure decisions of publishing: no session, no clock, no Flask."""
