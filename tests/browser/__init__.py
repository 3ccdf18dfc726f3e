"""Tests of the page in Chromium against a complete local library, on a desktop and a phone viewport."""
