"""What tests of several packages share: servers, processes, the whole product as a stack, Chromium, leak checks."""
