"""The Telegram front end: parses updates, asks the core in a thread, shows what it quotes."""
