"""One rule a file. Each says `RULE = Rule(name, check)`; the engine finds it here."""
