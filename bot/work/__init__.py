"""The use cases, one a file, one transaction each. They carry values between the wings."""
