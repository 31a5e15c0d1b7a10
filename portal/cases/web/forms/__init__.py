"""What is asked of reporters, and of officers, by who fills it in."""
