"""A configuration as large as that of a busy site, for what must not depend on its size."""

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHxjmAzh2angZr7S7R90TZV6B7/aqGRwZ6ZteRmWQehR user@example"


def many_policies(count):
    """Tables of policies p0, p1, ... for Server(policies=...)."""
    return {f"p{i}": {"preset": "exchange", "names": ["*.csv", "*.xml"], "hours": "Mon-Sun 00:00-24:00",
                      "from": ["127.0.0.0/8"],
                      "rule": [{"path": f"/in{j}/**", "allow": ["upload"]} for j in range(5)]}
            for i in range(count)}


def many_users(count, policies):
    """Tables of users user0, user1, ... with password and key, spread over so many policies, for Server(users=...)."""
    return {f"user{i}": {"password": "a secret", "ssh_keys": [KEY], "policy": f"p{i % policies}"} for i in range(count)}
