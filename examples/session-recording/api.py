"""Reads Latchkey's API, signed with Signature Version 4 as the instance's role."""

import hashlib
import hmac
import json
import urllib.request
from datetime import datetime, timezone
from urllib.parse import quote, urlencode, urlsplit

SETTINGS = "/etc/latchkey/session-recording.json"
METADATA = "http://169.254.169.254"

# Seconds.
TIMEOUT = 20

# Neither the metadata nor the credentials go through a proxy of the environment.
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(url, headers, method="GET"):
    with opener.open(urllib.request.Request(url, headers=headers, method=method), timeout=TIMEOUT) as response:
        return response.read().decode()


def metadata(path):
    token = fetch(f"{METADATA}/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"}, "PUT")
    return fetch(f"{METADATA}/latest/meta-data/{path}", {"X-aws-ec2-metadata-token": token})


def instance_id():
    return metadata("instance-id/")


def credentials():
    roles = "iam/security-credentials/"
    return json.loads(metadata(roles + metadata(roles).split()[0]))


def quoted(text):
    return quote(text, safe="")


def get(path, query):
    """The parsed response. Raises OSError if there is none, or none that is a success."""
    with open(SETTINGS) as file:
        settings = json.load(file)
    base = urlsplit(settings["api"])
    target = base._replace(path=base.path.rstrip("/") + path, query=urlencode(sorted(query.items()), quote_via=quote))
    headers = signed(target, settings["region"], credentials(), datetime.now(timezone.utc))
    return json.loads(fetch(target.geturl(), headers))


def pages(path, query):
    """The items of all pages of a list."""
    cursor = {}
    while cursor is not None:
        page = get(path, {**query, **cursor})
        yield from page["items"]
        cursor = {"cursor": page["nextCursor"]} if page.get("nextCursor") else None


def signed(url, region, keys, now):
    """The headers of a signed GET without a body."""
    time = now.strftime("%Y%m%dT%H%M%SZ")
    empty = hashlib.sha256(b"").hexdigest()
    headers = {"host": url.netloc, "x-amz-content-sha256": empty, "x-amz-date": time}
    if "Token" in keys:
        headers["x-amz-security-token"] = keys["Token"]
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    # A path that is encoded once more, as every service but S3 wants it.
    canonical = "\n".join(["GET", quote(url.path), url.query, lines, names, empty])
    scope = f"{time[:8]}/{region}/execute-api/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", time, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4" + keys["SecretAccessKey"].encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    credential = f"{keys['AccessKeyId']}/{scope}"
    authorization = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": authorization}
