"""Services' own batch queues."""
