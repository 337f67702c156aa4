"""The page for officials and its API."""
