"""The local stack: real servers and the workspace's services under one supervisor."""
