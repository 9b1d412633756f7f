#!/usr/bin/env python3
"""The running instances that you may see, as Ansible's inventory: by name, in groups such as env_dev."""

import collections
import json
import re
import subprocess
import sys

# Tags that make groups. Policies should name them, so that the service control policy says who may write them.
GROUP_TAGS = ("env", "service")
# Ansible evaluates templates in variables, and people who launch instances choose tags: only plain words pass.
HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
WORD = re.compile(r"[A-Za-z0-9_]{1,64}")


def inventory(instances):
    names = collections.Counter(instance.get("name") for instance in instances)
    hosts = {}
    groups = collections.defaultdict(lambda: {"hosts": []})
    for instance in instances:
        instance_id, name = instance["instanceId"], instance.get("name") or ""
        host = name if names[name] == 1 and HOST_NAME.fullmatch(name) else instance_id
        hosts[host] = {"ansible_host": f"{instance_id}.latchkey"}
        groups["all"]["hosts"].append(host)
        for tag in GROUP_TAGS:
            value = instance["tags"].get(tag, "")
            if WORD.fullmatch(value):
                groups[f"{tag}_{value}"]["hosts"].append(host)
    return {**groups, "_meta": {"hostvars": hosts}}


if __name__ == "__main__":
    listed = subprocess.run(["latchkey", "instances", "--state", "running", "--json"], stdout=subprocess.PIPE)
    if listed.returncode != 0:  # 69: instances may be missing
        sys.exit(listed.returncode)
    print(json.dumps(inventory(json.loads(listed.stdout))))
