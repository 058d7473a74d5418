"""The OpenID provider: Authlib's grants and endpoints on our tables. Each call is one transaction."""
