import { describe, expect, test } from "@jest/globals";
import { readApiUrl } from "../../../client/settings/api-url.ts";

describe("no URL of the API is", () => {
  test.each([
    ["what is no URL", "latchkey", "is not a URL"],
    [
      "http to another machine",
      "http://latchkey.example.com",
      "must begin with https://, or the way to it is open to all",
    ],
    [
      "http to what only begins like this machine",
      "http://127.0.0.1.example.com",
      "must begin with https://, or the way to it is open to all",
    ],
    [
      "http to a name that ends like it",
      "http://notlocalhost",
      "must begin with https://, or the way to it is open to all",
    ],
    ["another protocol", "ftp://127.0.0.1", "must begin with https://"],
    ["a file", "file:///etc/passwd", "must begin with https://"],
    ["one with a user", "https://alice@latchkey.example.com", "must not hold credentials"],
    ["one with a password", "https://:secret@latchkey.example.com", "must not hold credentials"],
    ["one with a query", "https://latchkey.example.com/live?x=1", "must end with its path: no ? and no #"],
    ["one with an empty query", "https://latchkey.example.com/live?", "must end with its path: no ? and no #"],
    ["one with a fragment", "https://latchkey.example.com/live#x", "must end with its path: no ? and no #"],
  ])("%s", (_, text, fault) => {
    expect(readApiUrl(text)).toEqual({ fault });
  });
});

test.each([
  ["https", "https://latchkey.example.com", "https://latchkey.example.com"],
  [
    "a stage",
    "https://abc.execute-api.eu-west-1.amazonaws.com/live",
    "https://abc.execute-api.eu-west-1.amazonaws.com/live",
  ],
  ["slashes at its end", "https://latchkey.example.com/live//", "https://latchkey.example.com/live"],
  ["http on this machine", "http://127.0.0.1:8080", "http://127.0.0.1:8080"],
  ["http on this machine by name", "http://localhost:8080/", "http://localhost:8080"],
  ["http on this machine by IPv6", "http://[::1]:8080", "http://[::1]:8080"],
  ["the whole net of this machine", "http://127.8.9.1", "http://127.8.9.1"],
])("taken is %s", (_, text, url) => {
  expect(readApiUrl(text)).toEqual({ url });
});
