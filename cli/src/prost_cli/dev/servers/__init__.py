"""The servers of the stack: each module declares one as units of the supervisor."""
