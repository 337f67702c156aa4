"""The searchable side, always rebuildable from the catalog."""
