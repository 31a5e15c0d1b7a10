"""What can be done to reports and cases, one function per act."""
