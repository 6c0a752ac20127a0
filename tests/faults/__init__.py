"""The faults that Tocsin survives; `faults.toml` is their list, with the test of each."""
