"""What happens when participants leave or too few come: who is gone, models that play on, groups that fill up."""
