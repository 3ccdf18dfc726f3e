"""Where photos come from: each module reads one kind of library or export."""
