"""`make bench`: the bot beside yardsticks, in one run on one machine. Only ratios count."""
