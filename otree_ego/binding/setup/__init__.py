"""What a session is set up with: assignments, groups, settings of an app."""
