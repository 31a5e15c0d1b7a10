"""What waits for whom until when: deadlines and second signatures."""
