"""Who came by which link, and the end of the study."""
