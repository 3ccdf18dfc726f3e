"""The page in Chromium, over a whole library: what people do, on a desktop and on a phone."""
