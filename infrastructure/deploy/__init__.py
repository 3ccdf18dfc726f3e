"""Deployment of a library to an AWS account; `deployment` lists its steps."""
