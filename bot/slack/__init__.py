"""The wing that speaks Slack: cards, words, calls. It never sees a row or a route."""
